"""Reports become records: which are taken, which are refused and why; each by itself, and nothing is lost."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import orjson
import pytest
from sqlalchemy import select
from support.records import OTHER_SHIP, SHIP, RecordsOffice, company, course, party, school, service

from issuer.adapters import law_files
from issuer.adapters.tables_qualifications import refused_report
from issuer.domain.qualification_checks import problems_of
from issuer.domain.qualifications import (
    Accepted,
    Code,
    Picture,
    Problem,
    Refused,
    Remark,
    Report,
    Ship,
    Unreadable,
    applicant,
)
from issuer.rules.facts import Channel, Kind, Reporter
from issuer.services.qualifications import batch
from issuer.services.qualifications.refusals import place_of

PDF = b"%PDF-1.7\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def codes(result: Accepted | Refused) -> list[Code]:
    assert isinstance(result, Refused), result
    return [one.code for one in result.problems]


def pointers(result: Accepted | Refused) -> list[str]:
    assert isinstance(result, Refused), result
    return [one.pointer for one in result.problems]


def test_report_becomes_a_record_and_somebody_is_told(office: RecordsOffice) -> None:
    taken = office.report(service("2024-01-01", "2024-06-30", reference="A-1"))
    assert isinstance(taken[0], Accepted)
    assert (taken[0].version, taken[0].is_new, taken[0].remarks) == (1, True, ())
    assert office.news == ["7K3M9QXA"]
    assert office.desk.events(taken[0].record_id) == ["record-reported"]


REFUSALS: Mapping[str, tuple[Report, Code, str]] = {
    "reversed": (service("2024-07-01", "2024-06-30"), Code.REVERSED, "/contents/last"),
    "to come": (service("2026-11-01", "2026-12-01"), Code.FUTURE, "/contents/last"),
    "more than sixty years": (service("1960-01-01", "2024-06-30"), Code.TOO_LONG, "/contents/last"),
    "before birth": (service("1988-04-12", "1988-05-01"), Code.BEFORE_BIRTH, "/contents/first"),
    "no IMO number": (
        service("2024-01-01", "2024-01-02", ship=Ship(imo="9319467")),
        Code.SHIP_UNKNOWN,
        "/contents/ship/imo",
    ),
    "IMO number with a prefix": (
        service("2024-01-01", "2024-01-02", ship=Ship(imo="IMO 9319466")),
        Code.SHIP_UNKNOWN,
        "/contents/ship/imo",
    ),
    "no ship": (service("2024-01-01", "2024-01-02", ship=None), Code.SHIP_UNKNOWN, "/contents/ship"),
    "ship by its name alone": (
        service("2024-01-01", "2024-01-02", ship=Ship(name="Havsbris")),
        Code.SHIP_UNKNOWN,
        "/contents/ship",
    ),
    "no such flag": (
        service("2024-01-01", "2024-01-02", ship=replace(SHIP, flag="Sweden")),
        Code.CODE_UNKNOWN,
        "/contents/ship/flag",
    ),
    "no such rank": (
        service("2024-01-01", "2024-01-02", rank="admiral"),
        Code.CODE_UNKNOWN,
        "/contents/rank",
    ),
    "no such mark": (
        service("2024-01-01", "2024-01-02", marks=frozenset({"brave"})),
        Code.CODE_UNKNOWN,
        "/contents/marks",
    ),
    "more hours than there are": (
        service("2024-01-01", "2024-01-02", hours=49),
        Code.MALFORMED,
        "/contents/hours",
    ),
    "nobody": (service("2024-01-01", "2024-01-02", seafarer_id=None), Code.PERSON_MISSING, ""),
    "somebody unknown": (
        service("2024-01-01", "2024-01-02", seafarer_id="NOBODY"),
        Code.PERSON_UNKNOWN,
        "/seafarer_id",
    ),
    "a kind that it may not report": (course("x", "2024-01-01"), Code.OUTSIDE_APPROVAL, "/kind"),
}


def test_report_that_cannot_be_is_refused_with_where_what_and_what_to_do(office: RecordsOffice) -> None:
    results = dict(zip(REFUSALS, office.report(*(one for one, _, _ in REFUSALS.values())), strict=True))
    found = {name: (codes(one)[0], pointers(one)[0]) for name, one in results.items()}
    assert found == {name: (code, pointer) for name, (_, code, pointer) in REFUSALS.items()}
    refused = [one for one in results.values() if isinstance(one, Refused)]
    assert all(each.message and each.hint for one in refused for each in one.problems)
    assert office.history.about("7K3M9QXA", actor="test") == []
    assert office.news == []
    assert office.desk.events(refused[0].refusal_id) == ["record-refused"]
    kept = office.reporting.refusals(company())
    assert [(one.refusal_id, one.problems) for one in kept] == [
        (one.refusal_id, one.problems) for one in refused
    ]


def test_periods_at_their_limits_are_taken(office: RecordsOffice) -> None:
    limits = {
        ("2024-02-29", "2024-02-29"): (Remark.ONE_DAY,),  # a leap day is a day
        ("2026-11-21", "2026-11-21"): (Remark.ONE_DAY,),  # today
        ("1988-04-13", "2026-11-21"): (),
        ("1989-02-28", "2024-02-29"): (),
    }
    taken = office.report(*(service(*days) for days in limits))
    assert [one.remarks for one in taken if isinstance(one, Accepted)] == list(limits.values())


@pytest.mark.parametrize(("until", "found"), [("2050-01-01", []), ("2050-01-02", [Code.TOO_LONG])])
def test_sixty_years_are_possible_and_a_day_more_is_a_slip(until: str, found: list[Code]) -> None:
    long = course("fartygsbefal-III", "1990-01-01", until=date.fromisoformat(until))
    authority = party("NO-1", Reporter.AUTHORITY)
    problems = problems_of(long, authority, date(2026, 11, 21), law_files.code_lists())
    assert [one.code for one in problems] == found


def test_same_report_again_is_the_same_record(office: RecordsOffice) -> None:
    first, again = office.report(service("2024-01-01", "2024-06-30"), service("2024-01-01", "2024-06-30"))
    assert isinstance(first, Accepted)
    assert again == Accepted(record_id=first.record_id, version=1, is_new=False)
    assert office.report(service("2024-01-01", "2024-06-30")) == [again]
    assert len(office.history.about("7K3M9QXA", actor="test")) == 1
    assert office.desk.events().count("record-reported") == 1


def test_same_report_of_another_company_is_another_record(office: RecordsOffice) -> None:
    mine = office.accept(service("2024-01-01", "2024-06-30"))
    theirs = office.accept(service("2024-01-01", "2024-06-30"), by=company("NO-2"))
    assert mine != theirs


def test_reference_is_of_one_record(office: RecordsOffice) -> None:
    record = office.accept(service("2024-01-01", "2024-06-30", reference="A-1"))[0]
    other = service("2024-01-01", "2024-07-30", reference="A-1")
    refused = office.report(other)[0]
    assert codes(refused) == [Code.REFERENCE_TAKEN]
    assert record in repr(refused)
    assert codes(office.report(replace(other, reference="A-2"), other)[1]) == [Code.REFERENCE_TAKEN]
    office.reporting.withdraw(record, reason="entered twice", by=company())
    assert codes(office.report(other)[0]) == [Code.RECORD_WITHDRAWN]
    office.accept(other, by=company("NO-2"))


def test_withdrawn_record_may_be_reported_anew(office: RecordsOffice) -> None:
    first = office.accept(service("2024-01-01", "2024-06-30"))
    office.reporting.withdraw(first[0], reason="of another person", by=company())
    assert office.accept(service("2024-01-01", "2024-06-30")) != first


def test_each_of_a_batch_stands_by_itself_and_order_is_kept(office: RecordsOffice) -> None:
    unreadable = Unreadable(
        problems=(Problem(pointer="", code=Code.MALFORMED, message="no object", hint="send one"),),
        raw=b"[]",
        kind=Kind.SERVICE,
        reference="A-3",
    )
    results = office.reporting.report(
        [service("2024-01-01", "2024-01-31"), unreadable, service("2024-02-01", "2024-01-31"),
         service("2024-03-01", "2024-03-31")],
        by=company(),
    )  # fmt: skip
    assert [type(one) for one in results] == [Accepted, Refused, Refused, Accepted]
    assert len(office.history.about("7K3M9QXA", actor="test")) == 2
    assert [one.reference for one in office.reporting.refusals(company())] == ["A-3", None]
    assert len(office.reporting.records(company())) == 2
    assert office.reporting.records(company("NO-2")) == []


def test_refused_report_is_kept_whole_and_sealed(office: RecordsOffice) -> None:
    refused = office.report(service("2024-07-01", "2024-06-30", reference="A-1"))[0]
    assert isinstance(refused, Refused)
    with office.database.read() as connection:
        row = connection.execute(select(refused_report)).one()
    assert b"2024-07-01" not in row.sealed
    kept = orjson.loads(office.persons.needed_safe.open(row.sealed, place_of(refused.refusal_id)))
    assert kept["contents"]["first"] == "2024-07-01"
    assert (kept["reference"], kept["seafarer_id"]) == ("A-1", "7K3M9QXA")


def test_reporter_is_held_to_what_it_is_approved_for(office: RecordsOffice) -> None:
    ours = school(codes={"fartygsbefal-III"})
    office.accept(course("fartygsbefal-III", "2024-01-01"), by=ours)
    refused = office.report(course("fartygsbefal-IV", "2024-01-01"), by=ours)[0]
    assert codes(refused)[0] == Code.OUTSIDE_APPROVAL
    assert pointers(refused)[0] == "/contents/code"
    one_ship = company(may_report={Kind.SERVICE: frozenset({"9319466"})})
    office.accept(service("2024-01-01", "2024-01-31"), by=one_ship)
    elsewhere = office.report(service("2024-03-01", "2024-03-31", ship=OTHER_SHIP), by=one_ship)[0]
    assert (codes(elsewhere), pointers(elsewhere)) == ([Code.OUTSIDE_APPROVAL], ["/contents/ship/imo"])


@pytest.mark.parametrize("role", [Reporter.SCHOOL, Reporter.DOCTOR, Reporter.ASSESSOR])
def test_no_approval_lets_anybody_but_a_company_report_service_for_others(role: Reporter) -> None:
    report, lists = service("2024-01-01", "2024-01-31"), law_files.code_lists()
    problems = problems_of(report, party("NO-3", role), date(2026, 11, 21), lists)
    assert [one.code for one in problems] == [Code.OUTSIDE_APPROVAL]


def test_seafarer_reports_about_nobody_else(office: RecordsOffice) -> None:
    office.accept(service("2024-01-01", "2024-01-31"), by=applicant("7K3M9QXA"))
    refused = office.report(service("2024-01-01", "2024-01-31"), by=applicant("SOMEBODY"))[0]
    assert codes(refused) == [Code.OUTSIDE_APPROVAL]


def test_overlap_on_two_ships_of_one_company_is_taken_and_said(office: RecordsOffice) -> None:
    office.accept(service("2024-01-01", "2024-01-31"))
    taken = office.report(service("2024-01-20", "2024-02-20", ship=OTHER_SHIP))[0]
    assert isinstance(taken, Accepted)
    assert taken.remarks == (Remark.OVERLAPS,)
    assert not any(one.is_contradicted for one in office.history.about("7K3M9QXA", actor="test"))


def test_two_companies_that_cannot_both_be_right_are_both_marked(office: RecordsOffice) -> None:
    mine = office.accept(service("2024-01-01", "2024-01-31"))[0]
    theirs = office.report(service("2024-01-20", "2024-02-20", ship=OTHER_SHIP), by=company("NO-2"))[0]
    assert isinstance(theirs, Accepted)
    assert theirs.remarks == (Remark.CONTRADICTED,)
    assert all(one.is_contradicted for one in office.history.about("7K3M9QXA", actor="test"))
    for record in (mine, theirs.record_id):
        assert "record-contradicted" in office.desk.events(record)


def test_uploaded_document_is_sealed_and_given_back(office: RecordsOffice) -> None:
    by = applicant("7K3M9QXA", Channel.UPLOAD)
    record = office.accept(service("2024-01-01", "2024-01-31", document=PDF), by=by)[0]
    assert "%PDF" not in office.everything_stored()
    assert office.history.document(record, 1, actor="test") == ("application/pdf", PDF)
    assert office.desk.events("7K3M9QXA")[-1] == "record-document-seen"


def test_document_that_will_not_do_is_refused(office: RecordsOffice) -> None:
    cases: list[tuple[Kind, bytes | None, Code]] = [
        (Kind.SERVICE, None, Code.DOCUMENT_MISSING),
        (Kind.SERVICE, b"<html>", Code.DOCUMENT_REFUSED),
        (Kind.SERVICE, PDF + bytes(8 << 20), Code.DOCUMENT_REFUSED),
        (Kind.SIGNATURE, PDF, Code.DOCUMENT_REFUSED),
        (Kind.SIGNATURE, None, Code.DOCUMENT_MISSING),
        (Kind.PHOTO, PNG, Code.DOCUMENT_REFUSED),  # the beginning of a picture is none
    ]
    service_of = service("2024-01-01", "2024-01-31")
    picture = replace(service_of, contents=Picture(day=date(2024, 1, 1)))
    reports = [
        replace(service_of if kind is Kind.SERVICE else picture, kind=kind, document=document)
        for kind, document, _ in cases
    ]
    results = office.report(*reports, by=applicant("7K3M9QXA", Channel.UPLOAD))
    assert [codes(one) for one in results] == [[code] for _, _, code in cases]


def test_signature_is_a_record_with_a_picture(office: RecordsOffice) -> None:
    report = Report(
        kind=Kind.SIGNATURE, contents=Picture(day=date(2024, 1, 1)), seafarer_id="7K3M9QXA", document=PNG
    )
    record = office.accept(report, by=applicant("7K3M9QXA"))[0]
    assert office.history.document(record, 1, actor="test") == ("image/png", PNG)


def test_nobody_has_more_records_than_a_working_life_holds(
    office: RecordsOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MOST_OF_A_REPORTER", 2)
    results = office.report(*(service(f"2024-0{n}-01", f"2024-0{n}-28") for n in range(1, 5)))
    assert [type(one) for one in results] == [Accepted, Accepted, Refused, Refused]
    assert codes(results[3]) == [Code.TOO_MANY]
    later = service("2025-01-01", "2025-01-31")
    assert codes(office.report(later)[0]) == [Code.TOO_MANY]
    assert isinstance(results[0], Accepted)
    office.reporting.withdraw(results[0].record_id, reason="by mistake", by=company())
    office.accept(later)  # what was withdrawn stands in nobody's way


def test_no_reporter_closes_a_person_to_another(
    office: RecordsOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MOST_OF_A_REPORTER", 2)
    monkeypatch.setattr(batch, "MOST_RECORDS", 3)
    months = [service(f"2024-0{n}-01", f"2024-0{n}-28") for n in range(1, 5)]
    office.report(*months)
    assert isinstance(office.report(months[3], by=company("NO-2"))[0], Accepted)
    assert codes(office.report(months[2], by=company("NO-3"))[0]) == [
        Code.TOO_MANY
    ]  # of all of them together


def test_wrong_value_is_told_back_but_never_where_it_may_be_somebodys_number(office: RecordsOffice) -> None:
    number = "310130-1234"
    plain = service("2024-01-01", "2024-01-31")
    ships = [replace(SHIP, **{name: f"Anna {number}"}) for name in ("name", "home_port", "call_sign")]
    wrong = [
        replace(plain, contents=replace(plain.contents, rank=number)),
        replace(plain, reference=f"contract {number}"),
        *(replace(plain, contents=replace(plain.contents, ship=ship)) for ship in ships),
    ]
    results = office.report(*wrong)
    assert [codes(one) for one in results] == [[Code.CODE_UNKNOWN], *[[Code.MALFORMED]] * 4]
    where = [one.problems[0].pointer for one in results[2:] if isinstance(one, Refused)]
    assert where == ["/contents/ship/name", "/contents/ship/home_port", "/contents/ship/call_sign"]
    assert number not in repr(results)
    assert number not in office.everything_stored()
