"""Drafted → approved → in force: whose word counts, over what, and what everybody else is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from support.approvers import COURSE, RULE, Bureau, course, members, row_of
from support.custody import AT, ENGINE, PEOPLE
from support.custody import policy as policy_of
from support.desk import NUMBER, SEAFARER, Desk
from support.scenario import TODAY, competency, medical
from support.simulator import seeded_signer

from issuer.adapters.tables import audit_event, certificate
from issuer.domain.errors import ApprovalRefused, Conflict, InvalidInput, IssuerError, NotFound
from issuer.domain.register import CertificateState
from issuer.services.approval import weighing
from keys.custody.approval import Act, Approval, approve, approve_by_rule
from keys.custody.signer_protocol import MAX_APPROVALS
from keys.encoding import Json


@pytest.fixture
def bureau(desk: Desk) -> Bureau:
    return Bureau.of(desk)


def refusals(bureau: Bureau, event: str = "approval-refused") -> list[tuple[str, str]]:
    """What the audit trail says of refusals: about what, and why."""
    with bureau.desk.database.read() as connection:
        rows = connection.execute(select(audit_event).where(audit_event.c.event == event)).all()
    return [(row.subject, row.details) for row in rows]


def test_two_officers_approve_what_a_third_person_proposed_and_it_is_in_force(bureau: Bureau) -> None:
    assert bureau.draft().is_new
    assert bureau.desk.state() == "drafted"
    (weighed,) = bureau.take(bureau.says("clerk-1", NUMBER, act=Act.PROPOSE))
    assert (weighed.state, weighed.lacks) == ("drafted", "approved by 0 of 2 persons in the role of officer")
    (weighed,) = bureau.take(bureau.says("anna-1", NUMBER))
    assert (weighed.state, weighed.lacks) == ("drafted", "approved by 1 of 2 persons in the role of officer")
    (weighed,) = bureau.take(bureau.says("bo-1", NUMBER))
    assert weighed == (NUMBER, "in-force", None)
    assert [one for one in bureau.desk.events(NUMBER) if one != "certificate-seen"] == [
        "certificate-drafted",
        "certificate-proposed",
        "certificate-approval-given",
        "certificate-approval-given",
        "certificate-approve",
        "certificate-enter-force",
    ]


def test_what_is_dated_later_is_approved_now_and_in_force_on_its_day(bureau: Bureau) -> None:
    day = TODAY + timedelta(days=10)
    bureau.draft(replace(course(), issue_date=day))
    (weighed,) = bureau.take(bureau.rule_says(COURSE))
    assert weighed.state == "approved"
    bureau.desk.clock.forward(days=9)
    assert bureau.approving.enter_force() == ()
    bureau.desk.clock.forward(days=1)
    assert bureau.approving.enter_force() == [COURSE]
    assert bureau.approving.enter_force() == ()
    assert bureau.desk.state(COURSE) == "in-force"


def proposed(bureau: Bureau) -> None:
    bureau.draft()
    bureau.take(bureau.says("clerk-1", NUMBER, act=Act.PROPOSE))


def once_approved(bureau: Bureau) -> None:
    proposed(bureau)
    bureau.take(bureau.says("anna-1", NUMBER))


def proposed_by_anna(bureau: Bureau) -> None:
    bureau.draft()
    bureau.take(bureau.says("anna-1", NUMBER, act=Act.PROPOSE))


def approved(bureau: Bureau) -> None:
    once_approved(bureau)
    bureau.take(bureau.says("bo-1", NUMBER))


def with_course(bureau: Bureau) -> None:
    bureau.draft(course())


def stranger(bureau: Bureau) -> str:
    hashes = bureau.hashes([NUMBER])
    return approve(hashes, "competency", at=bureau.now, name="s", signer=seeded_signer("eve"), kid="anna-1")


def unknown_key(bureau: Bureau) -> str:
    hashes = bureau.hashes([NUMBER])
    return approve(hashes, "competency", at=bureau.now, name="s", signer=PEOPLE["bo-1"], kid="bo-9")


def over_other_claims(bureau: Bureau) -> str:
    return approve(["A" * 43], "competency", at=bureau.now, name="s", signer=PEOPLE["bo-1"], kid="bo-1")


def after_rejection(bureau: Bureau) -> str:
    token = bureau.says("bo-1", NUMBER)
    bureau.approving.reject(NUMBER, reason="twice in the pile", actor="clerk")
    return token


def after_the_name_changed(bureau: Bureau) -> str:
    token = bureau.says("bo-1", NUMBER)
    holder = dict(row_of(competency())["seafarer"])  # type: ignore[arg-type] # a mapping
    report = bureau.desk.load({"kind": "seafarer", **holder, "family_name": "Nilsen"})
    assert report.changed == 1
    return token


REFUSED: list[tuple[Callable[[Bureau], None], Callable[[Bureau], str], str]] = [
    (proposed, lambda one: one.says("clerk-1", NUMBER), "nobody's in the role of officer"),
    (proposed_by_anna, lambda one: one.says("anna-2", NUMBER), "whoever proposes .* may not approve"),
    (lambda one: one.draft() and None, lambda one: one.says("bo-1", NUMBER), "nobody .* has proposed this"),
    (proposed, lambda one: one.says("anna-1", NUMBER, act=Act.PROPOSE), "proposed already"),
    (once_approved, lambda one: one.says("anna-2", NUMBER), "same person"),
    (once_approved, lambda one: one.says("anna-1", NUMBER), "same person"),
    (approved, lambda one: one.says("bo-1", NUMBER), "approved already"),
    (approved, lambda one: one.rule_says(NUMBER, kind="competency"), "approved already"),
    (proposed, lambda one: one.rule_says(NUMBER, kind="competency"), "no rule may"),
    (with_course, lambda one: one.rule_says(COURSE, rule="other-1"), "other-1 may not approve course"),
    (with_course, lambda one: one.rule_says(COURSE, kind="medical"), "is a course, and .* for medical"),
    (with_course, lambda one: one.rule_says(COURSE, kind="necropsy"), "is a course, and .* for necropsy"),
    (proposed, lambda one: one.says("bo-1", NUMBER, later=301), "from the future"),
    (proposed, stranger, "not an approval: "),
    (proposed, unknown_key, "no person here has the key 'bo-9'"),
    (proposed, over_other_claims, "over other claims"),
    (proposed, after_rejection, "is cancelled"),
    (once_approved, after_the_name_changed, "over other claims"),
    (proposed, lambda one: "no.approval.at-all", "not an approval"),
]


@pytest.mark.parametrize(("before", "token", "says"), REFUSED)
def test_a_statement_that_does_not_count_changes_nothing_and_is_noted(
    bureau: Bureau, before: Callable[[Bureau], None], token: Callable[[Bureau], str], says: str
) -> None:
    before(bureau)
    text = token(bureau)
    number = COURSE if before is with_course else NUMBER
    state = bureau.desk.state(number)
    with pytest.raises(ApprovalRefused, match=says):
        bureau.take(text)
    assert bureau.desk.state(number) == state
    assert len(refusals(bureau)) == 1


def test_an_approver_whose_time_has_not_come_or_is_over_does_not_count(desk: Desk) -> None:
    policy = members()
    policy["people"]["bo"]["keys"]["bo-1"]["until"] = "2026-11-21"
    bureau = Bureau.of(desk, policy)
    proposed(bureau)
    with pytest.raises(ApprovalRefused, match=r"did not count when this was signed \(from, until\)"):
        bureau.take(bureau.says("bo-1", NUMBER))


def test_one_statement_about_many_counts_for_all_of_them_or_for_none(bureau: Bureau) -> None:
    numbers = [f"NO-CRS-{number}" for number in range(20)]
    for number in numbers:
        bureau.draft(course(number))
    bureau.take(bureau.rule_says(numbers[3]))
    with pytest.raises(ApprovalRefused, match="NO-CRS-3: it is approved already"):
        bureau.take(bureau.rule_says(*numbers))
    assert bureau.desk.state(numbers[0]) == "drafted"
    rest = [number for number in numbers if number != numbers[3]]
    assert {one.state for one in bureau.take(bureau.rule_says(*rest), rest)} == {"in-force"}
    assert bureau.desk.events(RULE) == ["certificates-approved-by-rule"] * 2
    with pytest.raises(NotFound, match="no certificate NO-CRS-99"):
        bureau.take(bureau.rule_says(rest[0]), ["NO-CRS-99"])
    with pytest.raises(ApprovalRefused, match=r"and .*, as its claims stand now, is not in it"):
        bureau.take(bureau.rule_says(rest[0]), rest[:2])


def test_what_waits_is_shown_with_its_claims_its_hash_and_what_is_missing(bureau: Bureau) -> None:
    once_approved(bureau)
    bureau.draft(course())
    first, second = bureau.awaiting.waiting(actor="anna")
    assert (first.document_number, first.seafarer_id) == (NUMBER, SEAFARER)
    assert first.claims["family_name"] == competency().holder.family_name
    assert [(one.act, one.kid) for one in first.said] == [(Act.PROPOSE, "clerk-1"), (Act.APPROVE, "anna-1")]
    assert first.lacks == "approved by 1 of 2 persons in the role of officer"
    assert second.lacks == "course needs an approval, and there is none"
    assert bureau.awaiting.waiting(after=COURSE, actor="anna") == []
    assert "certificate-seen" in bureau.desk.events(COURSE)


def test_a_draft_is_entered_once_whatever_is_sent_again(bureau: Bureau) -> None:
    first, again = bureau.draft(), bureau.draft()
    assert (first.is_new, again.is_new) == (True, False)
    assert first.claims_hash == again.claims_hash
    known = row_of(medical(), seafarer=None) | {"seafarer_id": SEAFARER}
    assert bureau.proposing.draft(known, actor="clerk").is_new
    with pytest.raises(Conflict, match="with other contents"):
        bureau.draft(issue_place="Bergen")


BAD_DRAFTS: list[tuple[dict[str, Json], type[IssuerError], str]] = [
    ({"expiry_date": "2026-11-20"}, InvalidInput, "has passed"),
    ({"issue_date": "1960-01-01"}, InvalidInput, "birth_date is not before issue_date"),
    ({"issue_date": "2030-01-01"}, InvalidInput, "before issue_date"),
    ({"expiry_date": "2033-02-01"}, Conflict, "S6 validity.*exp is after NO-2026a counts"),
    ({"type": "coc-of-elsewhere"}, InvalidInput, "no document type"),
    ({"type": "gmdss"}, Conflict, "S3 purpose.*no line for gmdss"),
    ({"document_number": "a b"}, InvalidInput, "document_number"),
    ({"issuing_country": "SE"}, InvalidInput, "not this authority's flag"),
    ({"state": "in-force"}, InvalidInput, "its state, if any, is drafted"),
    ({"limitations_": "none"}, InvalidInput, "no such claim of a certificate: limitations_"),
    ({"seafarer": None}, InvalidInput, "seafarer_id"),
    ({"seafarer": None, "seafarer_id": "ZZZZZZZZ"}, InvalidInput, "no such seafarer"),
    ({"seafarer": None, "seafarer_id": "\x00"}, InvalidInput, "letters and digits"),
    ({"seafarer": "Ingrid"}, InvalidInput, "the claims of a seafarer"),
    ({"reporter": "x" * 101}, InvalidInput, "reporter"),
]


@pytest.mark.parametrize(("changed", "error", "says"), BAD_DRAFTS)
def test_a_draft_that_could_not_be_signed_is_refused_with_its_rule_and_noted(
    bureau: Bureau, changed: dict[str, Json], error: type[IssuerError], says: str
) -> None:
    with pytest.raises(error, match=says):
        bureau.draft(**changed)
    with bureau.desk.database.read() as connection:
        assert connection.execute(select(certificate.c.id)).all() == []
    ((_, details),) = refusals(bureau, "certificate-draft-refused")
    assert competency().holder.family_name not in details


def test_a_certificate_may_not_outlive_the_maximum_of_its_type(bureau: Bureau) -> None:
    long = replace(medical(), issue_date=TODAY - timedelta(days=800), expiry_date=TODAY)
    with pytest.raises(Conflict, match=r"S6 validity.*medical is good for 731 days at most"):
        bureau.draft(replace(long, expiry_date=TODAY + timedelta(days=1)))


def test_by_what_and_whom_a_certificate_came_about_is_kept(bureau: Bureau) -> None:
    bureau.draft(course(), rule=RULE, reporter="Skolen", provider="Kurssenteret")
    with bureau.desk.database.read() as connection:
        row = connection.execute(select(certificate)).one()
    assert (row.rule, row.reporter, row.provider) == (RULE, "Skolen", "Kurssenteret")
    assert b'"provider":"Kurssenteret"' in bureau.desk.export()


def test_what_waits_may_be_rejected_and_what_is_in_force_not(bureau: Bureau) -> None:
    bureau.draft()
    bureau.approving.reject(NUMBER, reason="a mistake", actor="clerk")
    assert bureau.desk.state() == "cancelled"
    bureau.draft(course())
    bureau.take(bureau.rule_says(COURSE))
    with pytest.raises(ApprovalRefused, match="is in-force: only what waits is rejected"):
        bureau.approving.reject(COURSE, reason="a mistake", actor="clerk")


def test_an_imported_register_is_approved_by_its_rule_as_it_stands(bureau: Bureau) -> None:
    bureau.desk.enter(course(), competency())
    (lacking,) = bureau.awaiting.lacking(CertificateState.IN_FORCE, "course")
    assert list(lacking) == [COURSE]
    token = approve_by_rule(
        list(lacking.values()), "course", rule=RULE, at=bureau.now, name="run", signer=ENGINE, kid="engine-1"
    )
    assert bureau.take(token, list(lacking)) == [(COURSE, "in-force", None)]
    assert list(bureau.awaiting.lacking(CertificateState.IN_FORCE, "course")) == []


def test_a_draft_that_was_imported_is_approved_like_one_made_here(bureau: Bureau) -> None:
    holder, row = row_of(course()).pop("seafarer"), row_of(course(), seafarer=None)
    own: dict[str, Any] = {"kind": "certificate", "state": "drafted", "seafarer_id": SEAFARER, **row}
    assert bureau.desk.load({"kind": "seafarer", **holder}, own).added == 2  # type: ignore[dict-item]
    assert bureau.take(bureau.rule_says(COURSE))[0].state == "in-force"


def test_without_a_policy_an_operators_word_is_enough_and_nobodys_signature_is(desk: Desk) -> None:
    bureau = Bureau(desk, None)
    bureau.draft()
    with pytest.raises(InvalidInput, match="no signing policy is set"):
        bureau.take(bureau.says("anna-1", NUMBER))
    (waiting,) = bureau.awaiting.waiting(actor="clerk")
    assert waiting.lacks == "an operator's approval"
    (weighed,) = bureau.approving.approve_without_policy([NUMBER], actor="clerk")
    assert weighed.state == "in-force"
    with pytest.raises(ApprovalRefused, match="a signing policy is set"):
        Bureau.of(desk).approving.approve_without_policy([NUMBER], actor="clerk")


@given(
    st.lists(
        st.tuples(st.sampled_from([*PEOPLE, "engine-1"]), st.sampled_from([Act.PROPOSE, Act.APPROVE])),
        max_size=12,
    ),
    st.sampled_from(["competency", "medical", "course"]),
)
def test_whatever_is_said_in_whatever_order_the_signer_comes_to_the_same_conclusion(
    said: list[tuple[str, Act]], kind: str
) -> None:
    policy = policy_of()
    person = {"anna-1": "anna", "anna-2": "anna", "bo-1": "bo", "clerk-1": "clerk"}
    counted: list[Approval] = []
    for kid, act in said:
        engine = kid not in person
        one = Approval(
            id=f"{kid} {act}",
            act=Act.RULE if engine else act,
            purpose=kind,
            claims=frozenset("c"),
            at=AT,
            kid=kid,
            rule=RULE if engine else None,
        )
        if weighing.objection(policy, one, "c", counted, at=AT) is None:
            counted.append(one)
    assert len(counted) <= MAX_APPROVALS
    officers = {person[one.kid] for one in counted if one.act is Act.APPROVE}
    proposers = {person[one.kid] for one in counted if one.act is Act.PROPOSE}
    enough = {
        "competency": bool(proposers) and len(officers) == 2 and not officers & proposers,
        "medical": len(officers) == 1,
        "course": len(officers) == 1 or any(one.act is Act.RULE for one in counted),
    }
    assert officers <= {"anna", "bo"}
    assert (weighing.lacks(policy, kind, "c", counted, at=AT) is None) is enough[kind]
