"""Sync: the pass, the status of one's own credentials and what is ready, for the phone that proves a key."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
import structlog
from sqlalchemy import func, select, update
from support.issuer_app import KEYS, Office, register
from support.scenario import TODAY, competency, medical
from support.sync_wallet import SyncWallet

from issuer.adapters import tables
from issuer.domain.errors import (
    EvidenceRefused,
    QuotaReached,
    SelfVerificationFailed,
    SigningDeferred,
    SigningRefused,
)
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.paper import renewing
from issuer.services.register.lifecycle import Lifecycle
from keys import jws
from keys.custody.signer_client import SignerGone
from keys.encoding import json_object
from verifier.credential import sd_jwt, sea_pass_claims, vc
from verifier.credential.model import CertificateType, Holder
from verifier.credential.sea_pass import MAX_MEMBERS, Pass

COC, FIT = "NO-COC-0001", "NO-MED-0001"
Break = Callable[[SyncWallet], str]


@pytest.fixture
def ingrid(office: Office) -> SyncWallet:
    """Our one seafarer's phone, with both certificates on it."""
    return SyncWallet(office).hold(COC, FIT)


def lifecycle(office: Office) -> Lifecycle:
    return Lifecycle(office.database, office.clock, office.settings)


def read(text: str) -> Pass:
    """A pass whose signature is the pass key's."""
    parsed = sd_jwt.parse(text)
    assert parsed.jws.kid == KEYS.pass_kid == "NO-2026p"
    payload = jws.verify(parsed.jws, KEYS.public("NO-2026p"), typ=vc.TYP)
    return sea_pass_claims.from_claims(sd_jwt.claims(parsed, payload))


def numbers(text: str) -> list[str]:
    return [member.certificate.document_number for member in read(text).members]


def enter(office: Office, *certificates: object) -> None:
    register(office.database, office.clock, office.settings, *certificates)  # type: ignore[arg-type]


def on_paper(office: Office, number: str) -> None:
    CredentialIssuer(office.database, office.clock, KEYS, office.settings).issue(
        number, None, f"paper {number}"
    )


def on_phone(office: Office, number: str, phone: SyncWallet) -> None:
    issuer = CredentialIssuer(office.database, office.clock, KEYS, office.settings)
    issuer.issue(number, phone.signer.public_key, f"phone {number}")


def nowhere_but_good(office: Office, number: str = "NO-COP-1") -> None:
    """One more certificate in force, which no phone and no paper has."""
    enter(
        office,
        competency(
            type=CertificateType.PROFICIENCY,
            document_number=number,
            stcw_code=("VI/1",),
            functions=(),
            capacities=(),
        ),
    )


# The pass


def test_pass_sums_up_what_is_good_today_for_this_phone(office: Office, ingrid: SyncWallet) -> None:
    answer = ingrid.sync()
    sea_pass = read(answer["pass"])
    assert numbers(answer["pass"]) == [COC, FIT]
    assert sea_pass.holder_key == ingrid.signer.public_key
    assert sea_pass.issuer == office.settings.issuer
    assert sea_pass.issued_at == office.clock() == sea_pass.not_before
    assert sea_pass.expires - sea_pass.issued_at == timedelta(days=30)
    assert answer["as_of"] == int(office.clock().timestamp())
    assert (answer["left_out"], answer["offers"]) == ([], [])


def test_pass_points_at_the_entries_of_this_phones_credentials(ingrid: SyncWallet) -> None:
    answer = ingrid.sync()
    entries = {(member.status.uri, member.status.idx) for member in read(answer["pass"]).members}
    assert entries == {(one["uri"], one["idx"]) for one in answer["credentials"]}


def test_certificate_on_paper_alone_is_left_out_of_the_pass_and_offered(
    office: Office, ingrid: SyncWallet
) -> None:
    nowhere_but_good(office)
    on_paper(office, "NO-COP-1")
    answer = ingrid.sync()
    assert numbers(answer["pass"]) == [COC, FIT]
    assert answer["left_out"] == ["NO-COP-1"]
    [offer] = answer["offers"]
    assert ingrid.redeem(offer).request("NO-COP-1").is_success
    after = ingrid.sync()
    assert numbers(after["pass"]) == [COC, FIT, "NO-COP-1"]
    own = {one["idx"] for one in after["credentials"]}
    assert {member.status.idx for member in read(after["pass"]).members} == own


def test_phones_entry_is_preferred_to_the_papers(office: Office, ingrid: SyncWallet) -> None:
    on_paper(office, COC)
    answer = ingrid.sync()
    assert {m.status.idx for m in read(answer["pass"]).members} == {c["idx"] for c in answer["credentials"]}


def test_certificate_without_any_credential_is_left_out_and_named(office: Office, ingrid: SyncWallet) -> None:
    nowhere_but_good(office)
    answer = ingrid.sync()
    assert numbers(answer["pass"]) == [COC, FIT]
    assert answer["left_out"] == ["NO-COP-1"]


@pytest.mark.parametrize(
    ("end", "left"),
    [
        (lambda office: office.suspend(COC), [FIT]),
        (lambda office: lifecycle(office).revoke(COC, reason="test", actor="test"), [FIT]),
        (lambda office: office.clock.forward(days=367), [COC]),
    ],
    ids=["suspended", "revoked", "expired"],
)
def test_what_is_not_good_today_is_not_in_the_pass(
    office: Office, ingrid: SyncWallet, end: Callable[[Office], None], left: list[str]
) -> None:
    end(office)
    assert numbers(ingrid.sync()["pass"]) == left


def test_nothing_good_is_no_pass_and_still_an_answer(office: Office) -> None:
    phone = SyncWallet(office).pick_up(COC)
    office.suspend(COC)
    office.suspend(FIT)
    answer = phone.sync()
    assert answer["pass"] is None
    assert [one["status"] for one in answer["credentials"]] == ["suspended"]


def test_pass_of_more_certificates_than_it_holds_keeps_what_decides_and_names_the_rest(
    office: Office, ingrid: SyncWallet
) -> None:
    for number in range(MAX_MEMBERS):
        nowhere_but_good(office, f"NO-COP-{number:02}")
        on_phone(office, f"NO-COP-{number:02}", ingrid)
    answer = ingrid.sync()
    assert len(numbers(answer["pass"])) == MAX_MEMBERS
    assert numbers(answer["pass"])[:2] == [COC, FIT]
    assert answer["left_out"] == ["NO-COP-30", "NO-COP-31"]


def test_record_that_our_own_rules_refuse_is_left_out_of_the_pass_and_stops_nothing(
    office: Office, ingrid: SyncWallet
) -> None:
    with office.database.write() as connection:
        broken = update(tables.certificate).where(tables.certificate.c.document_number == FIT)
        connection.execute(broken.values(claims='{"document_number":"NO-MED-0001"}'))
    answer = ingrid.sync()
    assert numbers(answer["pass"]) == [COC]
    assert answer["left_out"] == [FIT]


@pytest.mark.parametrize(
    "error",
    [
        EvidenceRefused("this may not be signed (S13 evidence): its status list does not call it good"),
        SigningDeferred("the signer cannot sign now (S10 stopped): a flood"),
        QuotaReached("quota: pass has signed 1 (S9 quota)", retry_after=60),
        SigningRefused("this may not be signed (S3 type): NO-2026p signs no pass"),
        SignerGone("no signer there"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_pass_that_cannot_be_signed_now_is_not_spoken_of_and_the_rest_is_answered(
    office: Office, ingrid: SyncWallet, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    nowhere_but_good(office)

    def refuse(_: bytes) -> bytes:
        raise error

    monkeypatch.setitem(KEYS.signers, "NO-2026p", SimpleNamespace(sign=refuse, **_public("NO-2026p")))  # type: ignore[arg-type]
    answer = ingrid.sync()
    assert {"pass", "left_out"}.isdisjoint(answer)
    assert [one["status"] for one in answer["credentials"]] == ["valid", "valid"]
    assert [one["document_number"] for one in answer["offers"]] == ["NO-COP-1"]
    monkeypatch.undo()
    assert numbers(ingrid.sync()["pass"]) == [COC, FIT]


def _public(kid: str) -> dict[str, object]:
    signer = KEYS.signers[kid]
    return {"algorithm": signer.algorithm, "public_key": signer.public_key}


def test_authority_without_a_key_for_it_gives_no_pass_and_all_the_rest(
    office_without_pass: Office,
) -> None:
    answer = SyncWallet(office_without_pass).pick_up(COC, FIT).sync()
    assert answer["pass"] is None
    assert len(answer["credentials"]) == 2


def test_pass_leaves_no_trace_in_the_database(office: Office, ingrid: SyncWallet) -> None:
    before = office.audit_trail()
    assert ingrid.sync()["pass"] not in office.everything_stored()
    assert office.audit_trail() == before


# The status of one's own


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda office: None, "valid"),
        (lambda office: office.suspend(COC), "suspended"),
        (lambda office: lifecycle(office).revoke(COC, reason="test", actor="test"), "revoked"),
        (lambda office: lifecycle(office).replace(COC, reason="test", actor="test"), "replaced"),
        (lambda office: lifecycle(office).revoke(COC, ending="lost", reason="t", actor="test"), "replaced"),
    ],
    ids=["good", "suspended", "revoked", "replaced", "lost"],
)
def test_status_of_each_own_credential_is_told(
    office: Office, ingrid: SyncWallet, change: Callable[[Office], None], status: str
) -> None:
    change(office)
    assert sorted(one["status"] for one in ingrid.sync()["credentials"]) == sorted([status, "valid"])


def test_superseded_credential_of_this_phone_says_replaced(office: Office, ingrid: SyncWallet) -> None:
    office.rename("Østergård-Li")
    ingrid.pick_up(COC)
    told = [one["status"] for one in ingrid.sync()["credentials"]]
    assert sorted(told) == ["replaced", "valid", "valid"]


def test_phone_all_of_whose_certificates_were_revoked_still_hears_it(office: Office) -> None:
    phone = SyncWallet(office).pick_up(COC)
    lifecycle(office).revoke(COC, reason="test", actor="test")
    assert [one["status"] for one in phone.sync()["credentials"]] == ["revoked"]


# What is ready


def test_new_certificate_is_offered_and_picked_up_with_the_same_key(
    office: Office, ingrid: SyncWallet
) -> None:
    nowhere_but_good(office)
    [offer] = ingrid.sync()["offers"]
    assert (offer["document_number"], offer["reason"]) == ("NO-COP-1", "issued")
    assert ingrid.redeem(offer).request("NO-COP-1").is_success
    after = ingrid.sync()
    assert (after["offers"], after["left_out"]) == ([], [])
    assert len(after["credentials"]) == 3


def test_replacement_is_offered_as_such(office: Office, ingrid: SyncWallet) -> None:
    lifecycle(office).replace(COC, by="NO-COC-0002", reason="test", actor="test")
    [offer] = ingrid.sync()["offers"]
    assert (offer["document_number"], offer["reason"]) == ("NO-COC-0002", "replaced")


def test_replacement_that_the_register_already_had_is_offered_as_such(
    office: Office, ingrid: SyncWallet
) -> None:
    nowhere_but_good(office, "NO-COC-0003")
    enter(office, replace(competency(), document_number="NO-COC-0004"))
    lifecycle(office).replace(COC, by="NO-COC-0004", reason="test", actor="test")
    reasons = {one["document_number"]: one["reason"] for one in ingrid.sync()["offers"]}
    assert reasons == {"NO-COC-0003": "issued", "NO-COC-0004": "replaced"}


def test_next_certificate_of_the_same_kind_is_offered_as_renewed(office: Office, ingrid: SyncWallet) -> None:
    enter(office, replace(medical(TODAY + timedelta(days=700)), document_number="NO-MED-0002"))
    [offer] = ingrid.sync()["offers"]
    assert (offer["document_number"], offer["reason"]) == ("NO-MED-0002", "renewed")


def test_certificates_under_a_corrected_name_are_offered_as_renewed(
    office: Office, ingrid: SyncWallet
) -> None:
    office.rename("Østergård-Li")
    offers = ingrid.sync()["offers"]
    assert {(one["document_number"], one["reason"]) for one in offers} == {(COC, "renewed"), (FIT, "renewed")}
    assert ingrid.redeem(offers[0]).request(COC).is_success
    assert [one["document_number"] for one in ingrid.sync()["offers"]] == [FIT]
    assert office.statuses(COC) == ["replaced", "valid"]


def test_several_that_are_ready_come_with_one_offer(office: Office, ingrid: SyncWallet) -> None:
    for number in ("NO-COP-1", "NO-COP-2"):
        nowhere_but_good(office, number)
    first, second = ingrid.sync()["offers"]
    assert (first["offer"], first["tx_code"]) == (second["offer"], second["tx_code"])
    wallet = ingrid.redeem(first)
    assert all(wallet.request(number).is_success for number in ("NO-COP-1", "NO-COP-2"))


def test_offer_of_a_sync_serves_no_other_key(office: Office, ingrid: SyncWallet) -> None:
    nowhere_but_good(office)
    [offer] = ingrid.sync()["offers"]
    thief = ingrid.redeem(offer, phone="thief")
    answer = thief.request("NO-COP-1")
    assert (answer.status_code, answer.json()["error"]) == (400, "credential_request_denied")
    assert office.statuses("NO-COP-1") == []


def test_certificate_on_another_phone_is_not_offered_to_this_one(office: Office) -> None:
    SyncWallet(office).pick_up(COC)
    other = SyncWallet(office, "new phone").pick_up(FIT)
    assert other.sync()["offers"] == []
    assert other.sync()["left_out"] == [COC]


def test_lost_answer_is_asked_again_and_leaves_one_offer_open(office: Office, ingrid: SyncWallet) -> None:
    nowhere_but_good(office)
    [first], [again] = ingrid.sync()["offers"], ingrid.sync()["offers"]
    assert first["document_number"] == again["document_number"]
    gone = office.client.get(first["offer"])
    assert gone.status_code == 404
    assert ingrid.redeem(again).request("NO-COP-1").is_success


def test_phone_that_syncs_every_day_leaves_one_offer_and_one_line_of_the_audit_trail(
    office: Office, ingrid: SyncWallet
) -> None:
    nowhere_but_good(office)
    before = office.audit_trail().count("offer-created")
    for _ in range(3):
        [offer] = ingrid.sync()["offers"]
        office.clock.forward(days=1)
    assert office.audit_trail().count("offer-created") == before + 1
    with office.database.read() as connection:
        bound = tables.offer.c.holder_thumbprint.is_not(None)
        assert len(connection.execute(select(tables.offer).where(bound)).all()) == 1
    nowhere_but_good(office, "NO-COP-2")
    assert len(ingrid.sync()["offers"]) == 2
    assert office.audit_trail().count("offer-created") == before + 2
    assert office.client.get(offer["offer"]).status_code == 404


def test_log_names_nobody_whose_pass_our_own_rules_refuse(
    office: Office, ingrid: SyncWallet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise SelfVerificationFailed(f"it could not be read: {COC} of Ingrid")

    monkeypatch.setattr("issuer.services.phone.passes._signed", refuse)
    with structlog.testing.capture_logs() as lines:
        assert ingrid.sync()["pass"] is None
    assert [one for one in lines if one["event"] != "request"] == [
        {
            "event": "a pass was refused by our own rules",
            "log_level": "error",
            "kid": "NO-2026p",
            "certificates": 2,
        }
    ]
    said = capsys.readouterr()
    assert COC not in said.out + said.err


def test_offer_that_an_operator_made_stays_open_beside_a_syncs(office: Office, ingrid: SyncWallet) -> None:
    made = office.offer()
    nowhere_but_good(office)
    assert ingrid.sync()["offers"]
    assert office.client.get(made.uri).is_success


# Who is answered


def test_stranger_is_told_nothing(office: Office, ingrid: SyncWallet) -> None:
    answer = SyncWallet(office, "stranger").ask()
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.json()["type"] == "urn:ombord:problem:not-recognised"
    assert "WWW-Authenticate" in answer.headers
    for secret in (COC, FIT, "7K3M9QXA", "Ingrid"):
        assert secret not in answer.text


def test_another_seafarer_sees_nothing_of_the_first(office: Office, ingrid: SyncWallet) -> None:
    astrid = Holder(
        seafarer_id="9ZZZZZZZ",
        family_name="Li",
        given_name="Astrid",
        birth_date=TODAY - timedelta(days=9_000),
    )
    enter(office, replace(competency(), document_number="NO-COC-0009", holder=astrid))
    CredentialIssuer(office.database, office.clock, KEYS, office.settings).issue(
        "NO-COC-0009", SyncWallet(office, "astrid").signer.public_key, "astrid's own"
    )
    answer = SyncWallet(office, "astrid").sync()
    assert numbers(answer["pass"]) == ["NO-COC-0009"]
    assert len(answer["credentials"]) == 1
    assert read(answer["pass"]).holder.family_name == "Li"


def test_phone_after_rebind_is_told_that_it_is_no_longer_bound_and_nothing_else(
    office: Office, ingrid: SyncWallet
) -> None:
    office.rebind()
    answer = ingrid.ask()
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:ombord:problem:no-longer-bound")
    assert answer.json()["title"] == "This phone is no longer bound"
    assert COC not in answer.text


def test_offer_of_a_sync_is_closed_by_rebind(office: Office, ingrid: SyncWallet) -> None:
    nowhere_but_good(office)
    [offer] = ingrid.sync()["offers"]
    office.rebind()
    assert office.client.get(offer["offer"]).status_code == 404


def test_rebind_that_comes_while_a_sync_looks_is_not_answered_with_an_offer(
    office: Office, ingrid: SyncWallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from issuer.services.phone.syncing import Syncing

    nowhere_but_good(office)
    offer = Syncing._offer

    def rebound_just_before(*words: object) -> object:
        office.rebind()
        return offer(*words)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(Syncing, "_offer", rebound_just_before)
    assert ingrid.ask().status_code == 403
    assert office.audit_trail().count("offer-created") == 0


def test_phone_of_two_seafarers_is_refused_and_pick_up_makes_none(office: Office, ingrid: SyncWallet) -> None:
    other = Holder(seafarer_id="9ZZZZZZZ", family_name="Li", birth_date=TODAY - timedelta(days=9_000))
    enter(office, replace(competency(), document_number="NO-COC-0009", holder=other))
    issuer = CredentialIssuer(office.database, office.clock, KEYS, office.settings)
    stray = issuer.issue("NO-COC-0009", SyncWallet(office, "other").signer.public_key, "by a mistake")
    with office.database.write() as connection:  # as only an earlier version could have left it
        moved = update(tables.credential).where(tables.credential.c.serial == stray.serial)
        connection.execute(moved.values(holder_thumbprint=ingrid.signer.public_key.thumbprint()))
    answer = ingrid.ask()
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:ombord:problem:shared-phone")
    denied = office.admitted_wallet().request(FIT)
    assert denied.json()["error"] == "credential_request_denied"


# Proofs


def test_nonce_is_used_once(ingrid: SyncWallet) -> None:
    proof = ingrid.proof()
    assert ingrid.ask(proof).is_success
    replayed = ingrid.ask(proof)
    assert (replayed.status_code, replayed.json()["type"]) == (400, "urn:ombord:problem:invalid-nonce")


def test_nonce_of_a_sync_and_of_a_pick_up_is_the_same_one(office: Office, ingrid: SyncWallet) -> None:
    wallet = office.admitted_wallet()
    nonce = ingrid.nonce()
    assert ingrid.ask(ingrid.proof(nonce)).is_success
    assert wallet.request(COC, wallet.proof(nonce)).json()["error"] == "invalid_nonce"


def test_old_nonce_is_refused(office: Office, ingrid: SyncWallet) -> None:
    nonce = ingrid.nonce()
    office.clock.forward(minutes=6)
    assert ingrid.ask(ingrid.proof(nonce)).json()["type"] == "urn:ombord:problem:invalid-nonce"


def test_nonce_is_spent_on_a_stranger_too(office: Office, ingrid: SyncWallet) -> None:
    stranger = SyncWallet(office, "stranger")
    nonce = stranger.nonce()
    assert stranger.ask(stranger.proof(nonce)).status_code == 401
    assert ingrid.ask(ingrid.proof(nonce)).status_code == 400


BROKEN: dict[str, Break] = {
    "proof of a pick-up": lambda w: w.proof(typ="openid4vci-proof+jwt"),
    "key-binding proof": lambda w: w.proof(typ="kb+jwt"),
    "no type": lambda w: w.proof(typ=None),
    "key id beside the key": lambda w: w.proof(header={"kid": "phone"}),
    "no key": lambda w: w.proof(without="jwk"),
    "critical extension": lambda w: w.proof(header={"crit": ["exp"]}),
    "key of another": lambda w: w.proof(
        header={"jwk": SyncWallet(w.office, "thief").signer.public_key.to_jwk()}
    ),
    "another audience": lambda w: w.proof(aud="https://certificates.example/dk"),
    "audience as a list": lambda w: w.proof(aud=[w.office.settings.issuer]),
    "no audience": lambda w: w.proof(without="aud"),
    "no time": lambda w: w.proof(without="iat"),
    "signed long ago": lambda w: w.proof(iat=int(w.office.clock().timestamp()) - 301),
    "signed in the future": lambda w: w.proof(iat=int(w.office.clock().timestamp()) + 301),
    "time as text": lambda w: w.proof(iat="now"),
    "no nonce": lambda w: w.proof(without="nonce"),
    "nonce as a number": lambda w: w.proof(7),
    "one claim more": lambda w: w.proof(seafarer="7K3M9QXA"),
    "issuer claim": lambda w: w.proof(iss="wallet"),
    "no token": lambda _: "sync, please",
    "too long": lambda _: "a" * 5_000,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_bad_proof_is_refused(shared_phone: SyncWallet, broken: Break) -> None:
    answer = shared_phone.ask(broken(shared_phone))
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:ombord:problem:invalid-proof")


def test_bad_proof_spends_no_nonce(ingrid: SyncWallet) -> None:
    nonce = ingrid.nonce()
    assert ingrid.ask(ingrid.proof(nonce, typ="JWT")).status_code == 400
    assert ingrid.ask(ingrid.proof(nonce)).is_success


@pytest.mark.parametrize(
    "body",
    [{}, {"proof": None}, {"proof": 7}, {"proof": ["x"]}, {"proof": "x", "more": 1}],
    ids=["empty", "null", "number", "list", "more"],
)
def test_body_of_another_shape_is_refused(shared_phone: SyncWallet, body: object) -> None:
    assert shared_phone.send(body).json()["type"] == "urn:ombord:problem:invalid-proof"


def test_body_that_is_no_object_is_refused(shared_phone: SyncWallet) -> None:
    assert shared_phone.send([]).status_code == 400


@pytest.fixture(scope="module")
def shared_phone(shared_office: Office) -> SyncWallet:
    """A phone without certificates, for proofs that get no further."""
    return SyncWallet(shared_office)


def test_phone_that_syncs_without_end_is_asked_to_wait(ingrid: SyncWallet) -> None:
    answers = [ingrid.ask() for _ in range(11)]
    assert {answer.status_code for answer in answers[:10]} == {200}
    assert answers[10].status_code == 429
    assert int(answers[10].headers["Retry-After"]) > 0


def test_answer_is_not_to_be_stored_on_the_way(ingrid: SyncWallet) -> None:
    assert ingrid.ask().headers["Cache-Control"] == "no-store"


def test_endpoint_is_described(office: Office) -> None:
    described = office.client.get(f"{office.settings.base_url}/api/v1/openapi.json").json()
    assert "post" in described["paths"]["/no/api/v1/sync"]


def test_claims_of_the_pass_are_those_of_the_format(ingrid: SyncWallet) -> None:
    claims = json_object(sd_jwt.parse(ingrid.sync()["pass"]).jws.payload)
    assert claims["vct"] == "urn:ombord:pass:1"
    assert "status" not in claims
    assert list(claims)[:7] == ["iss", "vct", "iat", "nbf", "exp", "cnf", "lists"]


# A new key


def test_phone_is_offered_the_same_certificate_under_a_new_key_and_keeps_the_old_one_until_then(
    office: Office, ingrid: SyncWallet
) -> None:
    assert ingrid.sync()["offers"] == []
    with office.database.write() as connection:
        newest = connection.execute(select(func.max(tables.credential.c.id))).scalar_one()
        coc = select(tables.certificate.c.id).where(tables.certificate.c.document_number == COC)
        renewing.order(connection, [connection.execute(coc).scalar_one()], newest)
    [offer] = ingrid.sync()["offers"]
    assert (offer["document_number"], offer["reason"]) == (COC, "renewed")
    assert office.statuses(COC) == ["valid"]
    renewed = ingrid.redeem(offer).request(COC)
    assert renewed.is_success
    assert office.statuses(COC) == ["replaced", "valid"]
    assert ingrid.sync()["offers"] == []
