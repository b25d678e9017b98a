"""A lost phone: neither what it holds nor what it could still fetch outlives `rebind`, nor stays stored."""

import pytest
from sqlalchemy import func, select
from support.issuer_app import Office

from issuer.adapters.tables import access_token, notification, offer
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.phone.collecting import Collecting
from issuer.services.register.pick_ups import KEPT_SECONDS

COC, FIT = "NO-COC-0001", "NO-MED-0001"


def test_access_token_of_the_old_phone_ends_with_rebind_and_takes_nothing_from_the_new(
    office: Office,
) -> None:
    thief = office.admitted_wallet("old phone")
    assert thief.request(COC).is_success
    office.rebind()
    owner = office.admitted_wallet("new phone")
    assert owner.request(COC).is_success
    assert [thief.request(number).status_code for number in (COC, FIT)] == [401, 401]
    assert office.statuses(COC) == ["replaced", "valid"]


def test_offer_that_was_made_before_rebind_is_closed_by_it(office: Office) -> None:
    made = office.offer()
    thief = office.wallet(made, "old phone")
    office.rebind()
    assert thief.exchange(made.tx_code).json()["error"] == "invalid_grant"


def test_redeeming_a_newer_offer_ends_the_older_token(office: Office) -> None:
    old = office.admitted_wallet("old phone")
    old.request(COC).raise_for_status()
    new = office.admitted_wallet("new phone")
    new.request(COC).raise_for_status()
    assert old.request(COC).status_code == 401
    assert office.statuses(COC) == ["replaced", "valid"]


def test_credential_that_was_being_signed_during_rebind_is_not_handed_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    thief = office.admitted_wallet("old phone")
    issue = CredentialIssuer.issue

    def issue_as_the_phone_is_reported(*words: object) -> object:
        issued = issue(*words)  # type: ignore[arg-type] # passed on as they came
        office.rebind()
        return issued

    monkeypatch.setattr(CredentialIssuer, "issue", issue_as_the_phone_is_reported)
    answer = thief.request(COC)
    assert (answer.status_code, "credentials" in answer.json()) == (400, False)
    assert office.statuses(COC) == ["replaced"]


def test_token_that_ends_between_two_looks_binds_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    thief = office.admitted_wallet("old phone")
    collect = Collecting.collect

    def collect_after_rebind(*words: object) -> object:
        office.rebind()
        return collect(*words)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(Collecting, "collect", collect_after_rebind)
    assert thief.request(COC).status_code == 400
    assert office.statuses(COC) == []


def stored(office: Office) -> list[int]:
    with office.database.read() as connection:
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (offer, access_token, notification)
        ]


def test_what_has_expired_is_swept_away_and_the_trail_keeps_that_it_was(office: Office) -> None:
    office.admitted_wallet().request(COC).raise_for_status()
    assert stored(office) == [1, 1, 1]
    office.clock.forward(seconds=office.settings.token_lifetime.total_seconds())
    office.offer()
    assert stored(office) == [2, 0, 0]
    office.clock.forward(seconds=KEPT_SECONDS + office.settings.offer_lifetime.total_seconds())
    office.offer()
    assert stored(office) == [1, 0, 0]
    assert {"offer-created", "offer-redeemed"} <= set(office.audit_trail())
