"""From the sync to the inspector: what the authority signs for a phone is judged on board by its lists."""

from datetime import timedelta

import pytest
from support.issuer_app import KEYS, Office
from support.issuer_directory import on_board
from support.scenario import INGRID, competency, show
from support.simulator import NOW
from support.sync_wallet import SyncWallet

from demo.faces import jpeg
from issuer.adapters.picture import normalised
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.phone.passes import Entry, PassSigning
from issuer.services.register.lifecycle import Lifecycle
from issuer.services.register.portraits import Portraits
from keys.encoding import b64url_decode, json_object
from verifier.credential import carrier, qr, sd_jwt, sea_pass_claims
from verifier.credential.model import StatusReference
from verifier.credential.sea_pass import MAX_MEMBERS, MAX_PORTRAIT
from verifier.decision import verify
from verifier.policy import Policy
from verifier.status import StatusBook, verify_list
from verifier.verdict import Rejected, Valid, Verdict

DAY = timedelta(days=1)


def judge(office: Office, phone: SyncWallet, text: str) -> Verdict:
    """The verdict on the pass, shown by the phone, with the list that the authority serves now."""
    known = on_board(office.settings, office.clock())
    token = office.client.get(f"{office.settings.base_url}/status/1").text
    return verify(
        show(text, at=office.clock(), phone=phone.signer),
        directory=known,
        status=StatusBook([verify_list(token, directory=known)]),
        policy=Policy(),
        at=office.clock(),
    )


@pytest.fixture
def ingrid(office: Office) -> SyncWallet:
    """Our one seafarer's phone, with both certificates on it."""
    return SyncWallet(office).pick_up("NO-COC-0001", "NO-MED-0001")


def test_pass_of_a_sync_is_valid_on_board_with_each_of_its_members(
    office: Office, ingrid: SyncWallet
) -> None:
    verdict = judge(office, ingrid, ingrid.sync()["pass"])
    assert isinstance(verdict, Valid), verdict
    assert [type(member) for member in verdict.members] == [Valid, Valid]


def test_certificate_revoked_after_the_sync_is_rejected_as_soon_as_the_list_says_so(
    office: Office, ingrid: SyncWallet
) -> None:
    text = ingrid.sync()["pass"]
    office.clock.forward(hours=1)
    Lifecycle(office.database, office.clock, office.settings).revoke(
        "NO-MED-0001", reason="test", actor="test"
    )
    verdict = judge(office, ingrid, text)
    assert [type(member) for member in verdict.members] == [Valid, Rejected]
    assert isinstance(verdict, Rejected)


def test_pass_of_a_lost_phone_is_rejected_once_its_seafarer_has_a_new_one(
    office: Office, ingrid: SyncWallet
) -> None:
    text = ingrid.sync()["pass"]
    office.clock.forward(hours=1)
    office.rebind()
    assert isinstance(judge(office, ingrid, text), Rejected)


def test_no_member_of_a_lost_phones_pass_stays_good_where_it_is_on_paper_too(
    office: Office, ingrid: SyncWallet
) -> None:
    issuer = CredentialIssuer(office.database, office.clock, KEYS, office.settings)
    for number in ("NO-COC-0001", "NO-MED-0001"):
        issuer.issue(number, None, f"paper {number}")
    text = SyncWallet(office, "lost phone").pick_up("NO-COC-0001").sync()["pass"]
    office.clock.forward(hours=1)
    office.rebind()
    verdict = judge(office, SyncWallet(office, "lost phone"), text)
    assert [type(member) for member in verdict.members] == [Rejected]


# The photograph


def test_photograph_comes_with_the_pass_and_only_what_discloses_it_shows_it(
    office: Office, ingrid: SyncWallet
) -> None:
    assert sd_jwt.parse(ingrid.sync()["pass"]).disclosures == (), "the register has none yet"
    Portraits(office.database, office.clock).put(INGRID.seafarer_id, jpeg("Ingrid"), actor="test")
    text = ingrid.sync()["pass"]
    parsed = sd_jwt.parse(text)
    sea_pass_claims.refuse_kept_back(parsed)
    claims = sd_jwt.claims(parsed, parsed.jws.payload)
    assert b64url_decode(str(claims["portrait"])) == normalised(jpeg("Ingrid"))
    kept_back = f"{parsed.jws.token}~"
    assert "portrait" not in sd_jwt.claims(sd_jwt.parse(kept_back), parsed.jws.payload)
    for shown in (text, kept_back):
        assert isinstance(judge(office, ingrid, shown), Valid)
    assert qr_version(ingrid, kept_back) <= 19, "the code for every day stays one that cameras read"


def test_digest_of_a_photograph_is_another_in_each_pass_so_that_passes_are_not_linked_by_it(
    office: Office, ingrid: SyncWallet
) -> None:
    Portraits(office.database, office.clock).put(INGRID.seafarer_id, jpeg("Ingrid"), actor="test")
    payloads = [json_object(sd_jwt.parse(ingrid.sync()["pass"]).jws.payload) for _ in range(2)]
    assert payloads[0].pop("_sd") != payloads[1].pop("_sd")
    assert payloads[0] == payloads[1]


def test_pass_of_the_most_certificates_carries_the_largest_photograph_that_is_read(office: Office) -> None:
    entries = [
        Entry(number, competency(document_number=number), StatusReference(office.settings.status_uri(1), at))
        for at, number in enumerate(f"NO-26-{number:06}" for number in range(40))
    ]
    signing, key = PassSigning(KEYS, office.settings), SyncWallet(office).signer.public_key
    largest = bytes(MAX_PORTRAIT * 3 // 4)
    signed = signing.sign(entries, key, office.clock(), picture=largest)
    assert signed.text is not None
    assert len(signed.members) == MAX_MEMBERS
    assert carrier.unpack(carrier.pack(signed.text)) == signed.text


def test_pass_that_no_carrier_holds_with_its_photograph_goes_without(office: Office) -> None:
    wordy = [
        Entry(
            number,
            competency(document_number=number, remarks="é" * 190),
            StatusReference("https://x.example/1", at),
        )
        for at, number in enumerate(f"NO-26-{number:06}" for number in range(32))
    ]
    signing, key = PassSigning(KEYS, office.settings), SyncWallet(office).signer.public_key
    signed = signing.sign(wordy, key, office.clock(), picture=bytes(MAX_PORTRAIT * 3 // 4))
    assert signed.text is not None
    assert sd_jwt.parse(signed.text).disclosures == ()
    assert len(signed.members) == 32


def qr_version(phone: SyncWallet, text: str) -> int:
    live = show(text, at=NOW, phone=phone.signer)
    return qr.version(carrier.to_qr_text(carrier.pack(live)))
