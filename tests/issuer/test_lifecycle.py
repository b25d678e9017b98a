"""Decisions about certificates: what they do to the register, to credentials, and to the trail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from support.approvers import row_of
from support.desk import MEDICAL, NEW_PHONE, NUMBER, PHONE, SEAFARER, Desk, read_credential
from support.scenario import TODAY, competency

from issuer.adapters.tables import certificate, credential
from issuer.domain.errors import Conflict, IllegalTransition, InvalidInput, NotFound, NotInForce
from issuer.domain.register import CertificateEvent
from issuer.services.register.changing import change_state
from issuer.services.register.lifecycle import Lifecycle
from verifier.status import Status

Act = Callable[[Desk], None]


def suspend(desk: Desk) -> None:
    desk.lifecycle.suspend(NUMBER, reason="a casualty", actor="clerk")


def reinstate(desk: Desk) -> None:
    desk.lifecycle.reinstate(NUMBER, reason="cleared", actor="clerk")


def end(ending: str) -> Act:
    return lambda desk: desk.lifecycle.revoke(NUMBER, ending=ending, reason="x", actor="clerk")


def replace_it(desk: Desk) -> None:
    desk.lifecycle.replace(NUMBER, by="NO-COC-0002", reason="renewed", actor="clerk")


@pytest.mark.parametrize(
    ("acts", "state", "status"),
    [
        ([suspend], "suspended", Status.SUSPENDED),
        ([suspend, reinstate], "in-force", Status.VALID),
        ([suspend, end("revoked")], "revoked", Status.REVOKED),
        ([end("revoked")], "revoked", Status.REVOKED),
        ([end("cancelled")], "cancelled", Status.REVOKED),
        ([end("lost")], "lost", Status.REPLACED),
        ([replace_it], "replaced", Status.REPLACED),
        ([replace_it, end("cancelled")], "cancelled", Status.REVOKED),
        ([end("lost"), replace_it], "replaced", Status.REPLACED),
    ],
)
def test_certificate_state_sets_the_status_of_all_its_credentials(
    desk: Desk, acts: list[Act], state: str, status: Status
) -> None:
    desk.enter()
    phone, paper, other = (
        desk.issue(key="phone"),
        desk.issue(holder=None, key="paper"),
        desk.issue(MEDICAL, key="m"),
    )
    for act in acts:
        act(desk)
    assert desk.state() == state
    assert [desk.status(one) for one in (phone, paper, other)] == [status, status, Status.VALID]


@pytest.mark.parametrize(
    "acts", [[reinstate], [end("revoked"), reinstate], [suspend, suspend], [suspend, replace_it],
             [end("lost"), suspend], [suspend, end("lost")], [replace_it, end("revoked")],
             [replace_it, end("lost")], [replace_it, suspend], [end("cancelled"), end("revoked")]],
)  # fmt: skip
def test_step_that_the_state_machine_lacks_changes_nothing(desk: Desk, acts: list[Act]) -> None:
    desk.enter()
    issued = desk.issue()
    *before, last = acts
    for act in before:
        act(desk)
    exported, status, events = desk.export(), desk.status(issued), desk.events()
    with pytest.raises(IllegalTransition) as refused:
        last(desk)
    assert refused.value.hint
    assert (desk.export(), desk.status(issued)) == (exported, status)
    assert desk.events() == [*events, "certificate-change-refused"]


def test_replaced_certificate_is_not_revoked_and_the_refusal_names_what_took_its_place(desk: Desk) -> None:
    desk.enter(competency(), competency(document_number="NO-COC-0002"))
    old, new = desk.issue(), desk.issue("NO-COC-0002", key="new")
    replace_it(desk)
    with pytest.raises(IllegalTransition, match=f"{NUMBER} is replaced: revoke is not possible") as refused:
        end("revoked")(desk)
    assert "NO-COC-0002 that took its place" in refused.value.hint
    assert (desk.state(), desk.status(old), desk.status(new)) == ("replaced", Status.REPLACED, Status.VALID)
    assert desk.events(NUMBER)[-1] == "certificate-change-refused"
    assert "fraud can still be cancelled" in refused.value.hint
    end("cancelled")(desk)
    assert (desk.state(), desk.status(old), desk.status(new)) == ("cancelled", Status.REVOKED, Status.VALID)


def test_every_decision_is_in_the_trail_and_in_the_register(desk: Desk) -> None:
    desk.enter()
    suspend(desk)
    reinstate(desk)
    assert desk.events(NUMBER) == ["certificate-imported", "certificate-suspend", "certificate-reinstate"]
    assert b'"state_since":"2026-11-21","state_reason":"cleared"' in desk.export()


def test_unknown_number_and_ending_are_named(desk: Desk) -> None:
    with pytest.raises(NotFound, match="NO-NONE"):
        desk.lifecycle.suspend("NO-NONE", reason="", actor="clerk")
    with pytest.raises(InvalidInput, match="expired"):
        desk.lifecycle.revoke(NUMBER, ending="expired", reason="", actor="clerk")


def test_reason_that_no_extract_could_carry_is_refused(desk: Desk) -> None:
    desk.enter()
    with pytest.raises(InvalidInput, match="500"):
        desk.lifecycle.suspend(NUMBER, reason="x" * 501, actor="clerk")
    assert desk.state() == "in-force"


def test_replacement_is_a_copy_under_a_new_number_that_names_the_old(desk: Desk) -> None:
    desk.enter()
    done = desk.lifecycle.replace(NUMBER, reason="", actor="clerk")
    assert done.new.startswith(NUMBER)
    new = read_credential(desk.issue(done.new).token).certificate
    expected = replace(competency(), document_number=done.new, replaces=NUMBER,
                       issue_date=desk.settings.today(desk.clock.now))  # fmt: skip
    assert new == expected
    with pytest.raises(NotInForce):
        desk.issue(NUMBER, key="the old one")


def test_medical_replacement_keeps_the_order_of_claims(desk: Desk) -> None:
    desk.enter()
    desk.lifecycle.replace(MEDICAL, reason="", actor="clerk")
    _, *rows = desk.export().splitlines()
    assert desk.load(*rows).rejected == []
    assert desk.export().splitlines()[1:] == rows


def test_copy_of_an_expired_certificate_is_refused_for_it_would_never_be_good(desk: Desk) -> None:
    desk.enter()
    desk.clock.forward(days=3_000)
    with pytest.raises(Conflict, match="expired") as refused:
        desk.lifecycle.replace(NUMBER, reason="", actor="clerk")
    assert "--by" in refused.value.hint
    assert desk.state() == "in-force"


def test_certificate_that_is_there_takes_the_place(desk: Desk) -> None:
    desk.enter(competency(), competency(document_number="NO-COC-0002"))
    replace_it(desk)
    assert (desk.state(NUMBER), desk.state("NO-COC-0002")) == ("replaced", "in-force")
    assert "certificate-replaces" in desk.events("NO-COC-0002")


def test_approved_certificate_enters_force_as_it_takes_the_place(desk: Desk) -> None:
    desk.enter(competency(), competency(document_number="NO-COC-0002"))
    desk.lifecycle.revoke("NO-COC-0002", reason="", actor="clerk")
    with pytest.raises(Conflict, match="cannot replace anything"):
        replace_it(desk)
    assert desk.state(NUMBER) == "in-force"


@pytest.mark.parametrize("state", ["approved", "in-force"])
def test_certificate_of_a_later_day_takes_no_place_before_it(desk: Desk, state: str) -> None:
    desk.enter()
    day = TODAY + timedelta(days=10)
    later = row_of(competency(document_number="NO-COC-0002", issue_date=day), seafarer=None)
    desk.load({"kind": "certificate", "seafarer_id": SEAFARER, "state": state, **later})
    with pytest.raises(Conflict, match=f"NO-COC-0002 is issued on {day}") as refused:
        replace_it(desk)
    assert str(day) in refused.value.hint
    assert (desk.state(), desk.state("NO-COC-0002")) == ("in-force", state)
    desk.clock.forward(days=10)
    replace_it(desk)
    assert (desk.state(), desk.state("NO-COC-0002")) == ("replaced", "in-force")


@pytest.mark.parametrize("by", ["NO-COC-0002", "NO-COC-9"])
def test_number_that_the_register_has_not_is_no_copy_unless_one_is_asked_for(desk: Desk, by: str) -> None:
    desk.enter(competency(), competency(document_number="NO-COC-0002"))
    if by == "NO-COC-0002":
        assert not desk.lifecycle.replace(NUMBER, by=by, copy=False, reason="", actor="clerk").is_copy
        return
    with pytest.raises(NotFound, match="no certificate NO-COC-9"):
        desk.lifecycle.replace(NUMBER, by=by, copy=False, reason="", actor="clerk")
    assert desk.state() == "in-force"
    assert desk.events(NUMBER)[-1] == "certificate-change-refused"
    assert desk.lifecycle.replace(NUMBER, by=by, reason="", actor="clerk").is_copy


@pytest.mark.parametrize("by", [NUMBER, MEDICAL, "a b"])
def test_replacement_by_itself_by_another_type_or_by_nonsense_is_refused(desk: Desk, by: str) -> None:
    desk.enter()
    with pytest.raises(InvalidInput):
        desk.lifecycle.replace(NUMBER, by=by, reason="", actor="clerk")
    assert desk.state(NUMBER) == "in-force"


def test_new_phone_replaces_the_credentials_of_the_old_and_leaves_paper(desk: Desk) -> None:
    desk.enter()
    phone, paper, fit = desk.issue(key="1"), desk.issue(holder=None, key="2"), desk.issue(MEDICAL, key="3")
    assert desk.lifecycle.rebind(SEAFARER, actor="clerk").credentials == 2
    assert [desk.status(one) for one in (phone, paper, fit)] == [
        Status.REPLACED,
        Status.VALID,
        Status.REPLACED,
    ]
    assert (desk.state(NUMBER), desk.state(MEDICAL)) == ("in-force", "in-force")
    assert desk.status(desk.issue(holder=NEW_PHONE, key="4")) is Status.VALID
    assert desk.lifecycle.rebind(SEAFARER, actor="clerk").credentials == 1


def test_lifting_a_suspension_does_not_revive_the_old_phone(desk: Desk) -> None:
    desk.enter()
    old = desk.issue()
    suspend(desk)
    desk.lifecycle.rebind(SEAFARER, actor="clerk")
    reinstate(desk)
    assert desk.status(old) is Status.REPLACED


def test_old_phone_of_a_revoked_certificate_still_says_revoked(desk: Desk) -> None:
    desk.enter()
    old = desk.issue()
    end("revoked")(desk)
    desk.lifecycle.rebind(SEAFARER, actor="clerk")
    assert desk.status(old) is Status.REVOKED


def test_unknown_seafarer_is_not_rebound(desk: Desk) -> None:
    with pytest.raises(NotFound) as refused:
        desk.lifecycle.rebind("00000000", actor="clerk")
    assert "import" in refused.value.hint


def test_of_two_clerks_who_decide_at_once_one_is_told_that_it_is_done(desk: Desk) -> None:
    desk.enter()

    def attempt(_: int) -> bool:
        try:
            suspend(desk)
        except IllegalTransition:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(attempt, range(6))).count(True) == 1
    assert desk.events(NUMBER).count("certificate-suspend") == 1


def test_change_that_was_decided_from_an_outdated_row_is_refused(desk: Desk) -> None:
    desk.enter()
    with desk.database.read() as connection:
        outdated = connection.execute(
            select(certificate).where(certificate.c.document_number == NUMBER)
        ).one()
    end("revoked")(desk)
    with pytest.raises(Conflict, match="no longer in-force"), desk.database.write() as connection:
        change_state(
            connection, outdated, CertificateEvent.SUSPEND, since="2026-11-21", reason=None, actor="clerk"
        )
    assert desk.state() == "revoked"


def test_credential_signed_while_its_certificate_is_suspended_is_never_valid(desk: Desk) -> None:
    numbers = desk.enter_many(10)

    def suspend_it(number: str) -> None:
        desk.lifecycle.suspend(number, reason="", actor="clerk")

    def sign(number: str) -> None:
        with suppress(NotInForce):
            desk.issuer.issue(number, PHONE, number)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(act, number) for number in numbers for act in (sign, suspend_it)]
        for one in work:
            one.result()
    with desk.database.read() as connection:
        statuses = connection.execute(select(credential.c.status)).scalars().all()
    assert Status.VALID not in statuses


def test_certificate_of_somebody_whose_gender_or_name_changed_is_cancelled_by_its_replacement(
    desk: Desk,
) -> None:
    desk.enter()
    issued = desk.issue()
    done = desk.lifecycle.replace(NUMBER, ending="cancelled", reason="BEK 861, § 43", actor="clerk")
    assert (desk.state(), desk.status(issued), desk.state(done.new)) == (
        "cancelled",
        Status.REVOKED,
        "in-force",
    )
    assert desk.events(NUMBER)[-1] == "certificate-cancel"


def test_all_certificates_of_a_person_are_made_anew_at_once(desk: Desk) -> None:
    desk.enter()
    desk.issue()
    done = desk.lifecycle.reissue(SEAFARER, reason="a new name", actor="clerk")
    assert [one.old for one in done] == [NUMBER, MEDICAL]
    assert {desk.state(one.old) for one in done} == {"cancelled"}
    assert {desk.state(one.new) for one in done} == {"in-force"}
    again = desk.lifecycle.reissue(SEAFARER, reason="once more", actor="clerk")
    assert [one.old for one in again] == [one.new for one in done]


@pytest.mark.parametrize(
    ("act", "error"),
    [(lambda desk: desk.lifecycle.reissue("NOBODY00", reason="x", actor="clerk"), NotFound),
     (lambda desk: desk.lifecycle.revoke("NO-NONE", reason="x", actor="clerk"), NotFound),
     (lambda desk: [end("revoked")(desk), end("revoked")(desk)], IllegalTransition),
     (lambda desk: [replace_it(desk), suspend(desk)], IllegalTransition),
     (lambda desk: [end("lost")(desk), desk.lifecycle.replace(
         NUMBER, ending="cancelled", reason="x", actor="clerk")], Conflict)],
)  # fmt: skip
def test_refused_change_is_noted_by_the_rule_that_refused_it(
    desk: Desk, act: Act, error: type[Exception]
) -> None:
    desk.enter()
    with pytest.raises(error):
        act(desk)
    assert desk.events()[-1] == "certificate-change-refused"


def test_copy_that_a_policy_would_not_have_signed_is_refused(desk: Desk) -> None:
    desk.enter()
    lifecycle = Lifecycle(desk.database, desk.clock, desk.settings.model_copy(update={"signing_policy": "p"}))
    with pytest.raises(Conflict, match="signing_policy is set"):
        lifecycle.replace(NUMBER, reason="renewed", actor="clerk")
    assert desk.state() == "in-force"
