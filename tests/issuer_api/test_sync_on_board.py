"""From the sync to the inspector: what the authority signs for a phone is judged on board by its lists."""

from datetime import timedelta

import pytest
from support.issuer_app import KEYS, Office
from support.issuer_directory import on_board
from support.scenario import show
from support.sync_wallet import SyncWallet

from issuer.services.issuing import CredentialIssuer
from issuer.services.lifecycle import Lifecycle
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
