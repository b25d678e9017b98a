"""Scenes of the wallet: the list in all its states, and a certificate whole."""

from dataclasses import replace

from support.gallery import Scenes, Stage
from support.log_keys import SIGNER, receipt_for
from support.scenario import INGRID, TODAY, competency, medical
from support.simulator import DAY, seeded_signer
from support.stored import one_more
from support.sync_office import ISSUER, SyncOffice, a_pass, an_answer
from support.wallet import fill

from keys.encoding import Json, json_object
from verifier.credential import sd_jwt, vc
from verifier.credential.model import (
    Acceptance,
    Certificate,
    CertificateType,
    Holder,
)
from wallet_app import texts, texts_showing
from wallet_app.core.keystore import MemoryKeyStore
from wallet_app.core.records import Item, PickUp, StoredCredential
from wallet_app.core.standing import Group
from wallet_app.core.transport import Response
from wallet_app.core.vault import Vault

scene = Scenes()
LONG_AUTHORITY = "Finnish Transport and Communications Agency, Maritime Department"
TANKER = competency(
    type=CertificateType.TANKER,
    document_number="NO-TAN-0007",
    stcw_code=("V/1-1-1", "V/1-2-1"),
    functions=(),
    capacities=(),
)
SAFETY = competency(
    type=CertificateType.PROFICIENCY,
    document_number="NO-COP-0021",
    stcw_code=("VI/1",),
    functions=(),
    capacities=(),
)
HELD = (competency(), medical(TODAY + 27 * DAY), replace(TANKER, expiry_date=TODAY - DAY), SAFETY)


@scene
def list_empty(stage: Stage) -> None:
    stage.wallet()


@scene
def list_mixed(stage: Stage) -> None:
    stage.wallet(*HELD)


@scene
def list_of_one(stage: Stage) -> None:
    stage.wallet(competency())


@scene
def list_reminds(stage: Stage) -> None:
    stage.wallet(competency(expiry_date=TODAY + 100 * DAY), SAFETY, medical())


@scene
def list_searched(stage: Stage) -> None:
    stage.wallet(*HELD).tap(texts.SEARCH).eyes.type("NO-COC")


@scene
def list_search_without_hits(stage: Stage) -> None:
    stage.wallet(*HELD).tap(texts.SEARCH).eyes.type("kokk")


@scene
def list_filtered(stage: Stage) -> None:
    stage.wallet(*HELD)
    stage.phone.app.screen_of("list").group = Group.INVALID
    stage.eyes.wait(0.4)


@scene
def list_filter_without_hits(stage: Stage) -> None:
    stage.wallet(competency())
    stage.phone.app.screen_of("list").group = Group.EXPIRING
    stage.eyes.wait(0.4)


@scene
def list_offline(stage: Stage) -> None:
    stage.wallet(*HELD).tap(texts.SYNC).eyes.wait(0.5)


@scene
def list_after_sync(stage: Stage) -> None:
    synced(stage, ("valid", "suspended", "revoked", "replaced"))


@scene
def list_new_ones_ready(stage: Stage) -> None:
    ready: Json = {"offer": f"{ISSUER}/o/1", "tx_code": "493536", "document_number": "NO-COC-0001"}
    synced(stage, ("valid",) * 4, offers=[ready])


@scene
def list_sync_failed(stage: Stage) -> None:
    office = synced(stage, ("valid",) * 4)
    office.answer = Response(503, "text/html", b"")
    stage.tap(texts.SYNC).eyes.wait(0.5)


@scene
def list_code_for_all_ran_out(stage: Stage) -> None:
    office = synced(stage, ("valid",) * 4)
    office.answer = Response(503, "text/html", b"")
    stage.eyes.wait(31 * 86_400)
    stage.phone.app.refresh_list()
    stage.eyes.wait(0.4)


@scene
def list_syncing(stage: Stage) -> None:
    stage.wallet(*HELD)
    stage.eyes.wait(0.5)
    stage.freeze().tap(texts.SYNC)


@scene
def list_unfinished_pick_up(stage: Stage) -> None:
    stage.wallet(*HELD)
    begun = PickUp(
        issuer=ISSUER,
        issuer_name="Sjøfartsdirektoratet",
        nonce_endpoint=f"{ISSUER}/nonce",
        credential_endpoint=f"{ISSUER}/credential",
        notification_endpoint=None,
        access_token="",
        expires_at=int(stage.eyes.now().timestamp()) + 600,
        items=(Item("a", "competency"), Item("b", "medical")),
        received=("a",),
    )
    stage.phone.app.wallet.vault.update(lambda contents: replace(contents, pick_up=begun))
    stage.phone.app.refresh_list()
    stage.eyes.wait(0.4)


@scene
def list_one_copy_damaged(stage: Stage) -> None:
    fill(stage.phone.home / "vault", stage.phone.keys, HELD)
    (stage.phone.home / "vault" / "vault-0").write_bytes(b"half a fi")
    stage.wallet()


@scene
def list_one_unreadable(stage: Stage) -> None:
    fill(stage.phone.home / "vault", stage.phone.keys, HELD)
    vault = Vault(stage.phone.home / "vault", stage.phone.keys.vault_key())
    vault.update(one_more(StoredCredential("of-the-future~", 1)))
    vault.close()
    stage.wallet()


@scene
def list_of_another_phone(stage: Stage) -> None:
    restored(stage)


@scene
def list_of_500(stage: Stage) -> None:
    many = [
        replace(SAFETY, document_number=f"NO-{n:03}", expiry_date=TODAY + (200 + n) * DAY) for n in range(499)
    ]
    stage.wallet(competency(), *many)


@scene
def list_name_of_120_letters(stage: Stage) -> None:
    stage.wallet(*named("Wolfeschlegelsteinhausenbergerdorff" + "ø" * 85))


@scene
def list_name_from_right_to_left(stage: Stage) -> None:
    stage.wallet(*named("محمد الأمين"))


@scene
def list_name_of_one_letter(stage: Stage) -> None:
    stage.wallet(*named("E"))


@scene
def more(stage: Stage) -> None:
    stage.wallet(*HELD).tap(texts_showing.MORE)


# A certificate


@scene
def certificate_competency(stage: Stage) -> None:
    stage.wallet(competency(expiry_date=TODAY + 100 * DAY))
    open_first(stage)


@scene
def certificate_actions(stage: Stage) -> None:
    stage.wallet(competency())
    open_first(stage)
    stage.eyes.scroll_to(stage.say(texts_showing.DELETE_DETAIL))


@scene
def certificate_medical(stage: Stage) -> None:
    stage.wallet(medical(TODAY + 27 * DAY))
    open_first(stage)


@scene
def certificate_medical_fitness(stage: Stage) -> None:
    stage.wallet(medical(TODAY + 27 * DAY))
    open_first(stage)
    stage.eyes.scroll_to(stage.say(texts.LOOKOUT))


@scene
def certificate_endorsement(stage: Stage) -> None:
    stage.wallet(
        competency(
            type=CertificateType.TANKER,
            document_number="FI-TANKER-ENDORSEMENT-2026-000001",
            stcw_code=("V/1-1-1", "V/1-2-1"),
            capacities=(),
            issuing_authority=LONG_AUTHORITY,
            acceptance=Acceptance(flags=("NO", "DK", "SE")),
        )
    )
    open_first(stage)


@scene
def certificate_expired(stage: Stage) -> None:
    stage.wallet(competency(expiry_date=TODAY - 40 * DAY))
    open_first(stage)


@scene
def certificate_revoked(stage: Stage) -> None:
    synced(stage, ("revoked", "valid", "valid", "valid"))
    open_first(stage)


@scene
def certificate_in_the_public_log(stage: Stage) -> None:
    logged(stage, fits=True)
    stage.eyes.scroll_to(stage.say(texts_showing.PUBLIC_LOG))


@scene
def certificate_whose_receipt_does_not_fit(stage: Stage) -> None:
    logged(stage, fits=False)


@scene
def certificate_of_another_phone(stage: Stage) -> None:
    restored(stage)
    open_first(stage)


@scene
def certificate_names_of_all_kinds(stage: Stage) -> None:
    stage.wallet(*named("Wolfeschlegelsteinhausenbergerdorff-Østergård", native_name="محمد الأمين 李小龍"))
    open_first(stage)
    stage.eyes.scroll_to(stage.say(texts.NATIVE_NAME))


def open_first(stage: Stage) -> None:
    """The certificate that is on top."""
    stage.phone.app.open_certificate(stage.phone.app.wallet.held[0].key)
    stage.eyes.wait(0.5)


def logged(stage: Stage, *, fits: bool) -> None:
    """The first certificate, with a receipt of the log whose key the directory names."""
    office = synced(stage, ("valid",) * 4)
    told = office.answer["credentials"]
    first = stage.phone.app.wallet.held[0]
    receipt = receipt_for(first.text if fits else "another.one.~")
    for one in told:
        if one["idx"] == first.credential.status.idx:
            one["log_receipt"] = json_object(receipt.to_json())
    stage.phone.app.wallet.syncs.run(lambda _: None)
    stage.phone.app.wallet.trust.log_keys = lambda _issuer: (SIGNER.public_key,)
    open_first(stage)


def named(name: str, **more: str) -> tuple[Certificate, ...]:
    """Certificates of somebody of that name."""
    holder: Holder = replace(INGRID, family_name=name, **more)  # type: ignore[arg-type] # names
    return competency(holder=holder, issuing_authority=LONG_AUTHORITY), replace(medical(), holder=holder)


def restored(stage: Stage) -> None:
    """From a backup of a phone that was lost."""
    fill(stage.phone.home / "vault", MemoryKeyStore(), [])
    lost = seeded_signer("lost phone")
    from support.simulator import Authority

    norway = Authority("NO")
    texts_of = [norway.issue(one, lost.public_key) for one in HELD]
    fill(stage.phone.home / "vault", stage.phone.keys, [], others=texts_of)
    stage.wallet()


def synced(stage: Stage, statuses: tuple[str, ...], *, with_pass: bool = True, **answer: Json) -> SyncOffice:
    """After a sync that said this of each certificate."""
    key = stage.phone.keys.holder().public_key
    signed = fill(stage.phone.home / "vault", stage.phone.keys, HELD)
    told: list[Json] = []
    for text, status in zip(signed, statuses, strict=True):
        place = vc.from_claims(json_object(sd_jwt.parse(text).jws.payload)).status
        told.append({"uri": place.uri, "idx": place.idx, "status": status})
    good = [one for one, status in zip(HELD, statuses, strict=True) if status == "valid"]
    a_code = a_pass(key, *good) if with_pass and good else None
    office = SyncOffice(an_answer(**{"pass": a_code, "credentials": told, **answer}))
    stage.wallet(transport=office).eyes.wait(1)
    return office
