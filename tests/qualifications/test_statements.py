"""Uploaded sea service with its statement: held against the law's eight fields, and against the report."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import orjson
import pytest
from support.records import SHIP, RecordsOffice, course, service

from issuer.adapters import law_files
from issuer.domain.qualifications import Accepted, Code, Refused, Report, applicant
from issuer.rules.facts import Channel
from issuer.services.qualifications.reading import read_report
from issuer.services.qualifications.statements import problems_of
from issuer.services.qualifications.writing import report_json

PAPER = b"%PDF-1.4 a statement"
UPLOADER = applicant("7K3M9QXA", Channel.UPLOAD)
STATEMENT: dict[str, Any] = {
    "seafarer": {"name": "Ingrid Nordsjö"},
    "signed_on": {"place": "Aarhus", "day": "2024-01-15"},
    "ship": {
        "type": "ro-ro", "name": "Havsbris", "home_port": "Fanø", "call_sign": "OXAB2",
        "gt": 4_000, "kw": 6_000,
    },
    "position": {"name": "overstyrmand"},
    "signed_off": {"place": "Esbjerg", "day": "2024-04-14"},
    "total": {"months": 3, "days": 0},
    "area": {"name": "Nordsøen"},
    "signatures": {"company": "Rederiet", "seafarer": "I. Nordsjö"},
}  # fmt: skip


def uploaded(statement: dict[str, Any] | None = None, **changes: object) -> Report:
    report = service("2024-01-15", "2024-04-14", ship=SHIP, document=PAPER, **changes)
    return replace(report, statement=STATEMENT if statement is None else statement)


def altered(field: str, part: str, value: object) -> dict[str, Any]:
    statement = deepcopy(STATEMENT)
    statement[field][part] = value
    return statement


def refused(office: RecordsOffice, report: Report) -> list[tuple[str, Code]]:
    (found,) = office.report(report, by=UPLOADER)
    assert isinstance(found, Refused)
    assert all(one.message and one.hint and "Nordsjö" not in one.message for one in found.problems)
    return [(one.pointer, one.code) for one in found.problems]


def test_service_whose_statement_is_complete_and_says_the_same_is_taken(office: RecordsOffice) -> None:
    (found,) = office.report(uploaded(), by=UPLOADER)
    assert isinstance(found, Accepted)


@pytest.mark.parametrize(
    ("field", "part", "value", "pointer", "code"),
    [
        ("ship", "kw", None, "/statement/ship/kw", Code.STATEMENT_INCOMPLETE),
        ("signatures", "seafarer", "", "/statement/signatures/seafarer", Code.STATEMENT_INCOMPLETE),
        ("total", "months", 4, "/statement/total", Code.STATEMENT_INCOMPLETE),
        ("ship", "gt", 4_001, "/statement/ship/gt", Code.STATEMENT_DIFFERS),
    ],
)
def test_what_it_lacks_or_says_otherwise_is_named(
    small_office: RecordsOffice, field: str, part: str, value: object, pointer: str, code: Code
) -> None:
    assert refused(small_office, uploaded(altered(field, part, value))) == [(pointer, code)]
    assert not small_office.history.about("7K3M9QXA", actor="test")


def test_days_of_the_report_are_those_of_the_statement(small_office: RecordsOffice) -> None:
    other = service("2024-01-16", "2024-04-14", ship=SHIP, document=PAPER)
    assert refused(small_office, replace(other, statement=STATEMENT)) == [
        ("/statement/signed_on/day", Code.STATEMENT_DIFFERS)
    ]


def test_an_empty_statement_lacks_all_eight(small_office: RecordsOffice) -> None:
    found = refused(small_office, uploaded({}))
    assert len(found) == 8
    assert {code for _, code in found} == {Code.STATEMENT_INCOMPLETE}


def test_a_refused_report_is_kept_with_its_statement() -> None:
    report = uploaded()
    assert read_report(orjson.loads(report_json(report))) == report
    members = {**orjson.loads(report_json(report)), "statement": ["x"]}
    found = read_report(members)
    assert not isinstance(found, Report)
    assert [(one.pointer, one.code) for one in found] == [("/statement", Code.MALFORMED)]


def test_what_was_read_off_a_statement_names_nobody_in_the_register(office: RecordsOffice) -> None:
    office.report(uploaded(), by=UPLOADER)
    stored = office.everything_stored()
    assert "Nordsjö" not in stored
    assert "Esbjerg" not in stored


@pytest.mark.parametrize("wrong", ["x", 7, [], None, {"day": []}, {"day": "2024-13-01"}, {"gt": True}])
def test_whatever_stands_in_a_statement_is_refused_in_order(wrong: Any) -> None:
    found = problems_of(uploaded(dict.fromkeys(STATEMENT, wrong)), law_files.statement)
    assert {one.code for one in found} == {Code.STATEMENT_INCOMPLETE}


def test_statement_belongs_to_sea_service() -> None:
    report = replace(course("fartygsbefal-III", "2024-01-01"), statement=STATEMENT)
    assert [one.pointer for one in problems_of(report, law_files.statement)] == ["/statement"]
