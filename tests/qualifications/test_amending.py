"""Corrections and withdrawals: what was said is kept, and whoever relied on it is told."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError
from support.records import OTHER_SHIP, RecordsOffice, company, service

from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.domain.qualifications import Accepted, Act, Code, Refused
from issuer.rules.facts import Kind
from issuer.services.qualifications.correcting import AskedBy
from issuer.services.qualifications.reviewing import Cause

OLD = service("2024-01-01", "2024-06-30", reference="A-1")
NEW = service("2024-01-01", "2024-05-31", reference="A-1")


def test_correction_is_a_new_version_and_the_old_one_is_kept(office: RecordsOffice) -> None:
    record = office.accept(OLD)[0]
    office.desk.clock.forward(days=1)
    corrected = office.reporting.correct(record, NEW, by=company())
    assert corrected == Accepted(record_id=record, version=2)
    entry = office.history.history(record, actor="test")
    assert [(one.version, one.act, one.contents["last"]) for one in entry.versions] == [
        (1, Act.REPORTED, "2024-06-30"),
        (2, Act.CORRECTED, "2024-05-31"),
    ]
    assert entry.versions[0].at < entry.versions[1].at
    assert office.news == ["7K3M9QXA", "7K3M9QXA"]
    assert office.desk.events(record) == ["record-reported", "record-corrected"]


def test_correction_that_changes_nothing_is_no_version(small_office: RecordsOffice) -> None:
    record = small_office.accept(OLD)[0]
    same = small_office.reporting.correct(record, OLD, by=company())
    assert same == Accepted(record_id=record, version=1, is_new=False)
    assert small_office.desk.events(record) == ["record-reported"]


def test_withdrawn_record_says_why_and_what_it_said(office: RecordsOffice) -> None:
    record = office.accept(OLD)[0]
    gone = office.reporting.withdraw(record, reason="of another person", by=company())
    assert gone == Accepted(record_id=record, version=2)
    entry = office.history.history(record, actor="test")
    assert not entry.is_standing
    newest = entry.versions[-1]
    assert (newest.act, newest.reason, newest.contents["last"]) == (
        Act.WITHDRAWN,
        "of another person",
        "2024-06-30",
    )
    again = office.reporting.withdraw(record, reason="once more", by=company())
    assert again == replace(gone, is_new=False)
    with pytest.raises(Conflict, match="was withdrawn"):
        office.reporting.correct(record, NEW, by=company())


def test_versions_are_for_ever(office: RecordsOffice) -> None:
    office.accept(OLD)
    for statement in ("UPDATE qualification_version SET reason = 'x'", "DELETE FROM qualification_version"):
        with pytest.raises(DBAPIError, match="append-only"), office.database.write() as connection:
            connection.exec_driver_sql(statement)


def test_nobody_amends_what_another_reported(small_office: RecordsOffice) -> None:
    record = small_office.accept(OLD)[0]
    other = company("NO-2")
    with pytest.raises(NotFound):
        small_office.reporting.correct(record, NEW, by=other)
    with pytest.raises(NotFound):
        small_office.reporting.withdraw(record, reason="why not", by=other)
    with pytest.raises(NotFound) as unknown:
        small_office.reporting.withdraw("310130-1234", reason="why not", by=other)
    assert "1234" not in unknown.value.message
    assert small_office.desk.events(record) == ["record-reported"]


def test_correction_of_what_somebody_else_corrected_meanwhile_is_none(small_office: RecordsOffice) -> None:
    record = small_office.accept(OLD)[0]
    small_office.reporting.correct(record, NEW, by=company(), expected=1)
    with pytest.raises(Conflict, match="at version 2 by now, not 1"):
        small_office.reporting.correct(record, OLD, by=company(), expected=1)


def test_correction_makes_no_other_record_of_it(small_office: RecordsOffice) -> None:
    record = small_office.accept(OLD)[0]
    other = small_office.accept(service("2025-01-01", "2025-01-31"))[0]
    cases = {
        "/kind": (replace(OLD, kind=Kind.COURSE), Code.OUTSIDE_APPROVAL),
        "/reference": (replace(NEW, reference="A-2"), Code.OTHER_RECORD),
        "/contents/last": (service("2024-07-01", "2024-06-30"), Code.REVERSED),
    }
    for pointer, (report, code) in cases.items():
        refused = small_office.reporting.correct(record, report, by=company())
        assert isinstance(refused, Refused)
        assert [(one.pointer, one.code) for one in refused.problems][:1] == [(pointer, code)]
    same = service("2024-01-01", "2024-06-30")
    refused = small_office.reporting.correct(other, same, by=company())
    assert isinstance(refused, Accepted)  # under its own, empty reference it is no duplicate
    third = small_office.accept(service("2025-03-01", "2025-03-31"))[0]
    refused = small_office.reporting.correct(third, same, by=company())
    assert isinstance(refused, Refused)
    assert refused.problems[0].code is Code.DUPLICATE
    assert len(small_office.reporting.refusals(company())) == 4


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "of 310130-1234", "a\u0000b"])
def test_reason_is_a_few_words_and_nobodys_number(small_office: RecordsOffice, reason: str) -> None:
    record = small_office.accept(OLD)[0]
    with pytest.raises(InvalidInput) as refused:
        small_office.reporting.withdraw(record, reason=reason, by=company())
    assert "1234" not in refused.value.message


def test_contradiction_ends_when_one_of_the_two_is_corrected(office: RecordsOffice) -> None:
    mine = office.accept(OLD)[0]
    theirs = service("2024-06-01", "2024-08-31", ship=OTHER_SHIP)
    other = office.accept(theirs, by=company("NO-2"))[0]
    assert office.history.history(mine, actor="test").is_contradicted
    office.reporting.correct(mine, NEW, by=company())
    assert not office.history.history(mine, actor="test").is_contradicted
    assert not office.history.history(other, actor="test").is_contradicted
    assert office.desk.events(other)[-1] == "record-contradicted-no-more"
    office.reporting.correct(mine, OLD, by=company())
    assert office.history.history(other, actor="test").is_contradicted
    office.reporting.withdraw(mine, reason="of another person", by=company())
    assert not office.history.history(other, actor="test").is_contradicted


def test_certificate_that_rests_on_what_changed_waits_for_a_review(office: RecordsOffice) -> None:
    record = office.accept(OLD)[0]
    office.rests = [(record, "NO-COC-0001"), ("another", "NO-MED-0001")]
    office.reporting.correct(record, NEW, by=company())
    office.accept(service("2024-05-01", "2024-08-31", ship=OTHER_SHIP), by=company("NO-2"))
    office.reporting.withdraw(record, reason="of another person", by=company())
    flags = office.reviewing.flags()
    assert [(one.document_number, one.record_id, one.cause) for one in flags] == [
        ("NO-COC-0001", record, cause) for cause in (Cause.CORRECTED, Cause.CONTRADICTED, Cause.WITHDRAWN)
    ]
    assert office.desk.state("NO-COC-0001") == "in-force"  # nothing is revoked by itself
    assert office.desk.events("NO-COC-0001")[-3:] == ["certificate-review-due"] * 3
    assert office.reviewing.settle("NO-COC-0001", note="the rest is enough", actor="anna") == 3
    assert office.reviewing.flags() == []
    settled = office.reviewing.flags(all_of_them=True)
    assert {(one.settled_by, one.note) for one in settled} == {("anna", "the rest is enough")}
    with pytest.raises(NotFound):
        office.reviewing.settle("NO-COC-0001", note="again", actor="anna")


def test_what_waits_already_is_not_flagged_twice(small_office: RecordsOffice) -> None:
    record = small_office.accept(OLD)[0]
    small_office.rests = [(record, "NO-COC-0001")]
    for report in (NEW, OLD, NEW):
        small_office.reporting.correct(record, report, by=company())
    assert len(small_office.reviewing.flags()) == 1


def test_who_may_report_courses_neither_sees_nor_withdraws_service(office: RecordsOffice) -> None:
    record = office.accept(OLD)[0]
    office.report(service("2024-07-01", "2024-06-30"))
    number = office.correcting.ask(record, "Wrong.", asked_by=AskedBy.AUTHORITY, actor="anna")
    courses = company(may_report={Kind.COURSE: None})
    assert office.reporting.records(courses) == []
    assert office.reporting.refusals(courses) == []
    assert office.correcting.open_for(courses) == []
    for act in (
        lambda: office.reporting.withdraw(record, reason="why not", by=courses),
        lambda: office.reporting.correct(record, NEW, by=courses),
        lambda: office.correcting.decline(number, "No.", by=courses),
    ):
        with pytest.raises(NotFound):
            act()
    mine = company(may_report={Kind.SERVICE: None})
    assert len(office.reporting.records(mine)) == len(office.reporting.refusals(mine)) == 1
    assert len(office.correcting.open_for(mine)) == 1
