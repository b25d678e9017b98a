"""Several reporters at the same moment: one record of the same report, and no contradiction goes unseen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TypeVar

from support.records import OTHER_SHIP, TEST_NUMBERS, RecordsOffice, company, service

from issuer.domain.qualifications import Accepted, applicant
from issuer.rules.facts import Channel
from issuer.services.qualifications.correcting import AskedBy

_Made = TypeVar("_Made")
PDF = b"%PDF-1.7\n%%EOF\n"


def at_once(*acts: Callable[[], _Made]) -> list[_Made]:
    start = Barrier(len(acts))

    def run(act: Callable[[], _Made]) -> _Made:
        start.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_same_report_sent_four_times_at_once_is_one_record(office: RecordsOffice) -> None:
    report = service("2024-01-01", "2024-06-30", reference="A-1")
    results = at_once(*[lambda: office.report(report)[0]] * 4)
    taken = [one for one in results if isinstance(one, Accepted)]
    assert len({one.record_id for one in taken}) == 1
    assert [one.is_new for one in taken].count(True) == 1
    assert len(taken) == 4


def test_two_companies_at_once_do_not_miss_each_other(office: RecordsOffice) -> None:
    for year in range(2010, 2016):
        mine = service(f"{year}-01-01", f"{year}-06-30")
        theirs = service(f"{year}-06-01", f"{year}-08-31", ship=OTHER_SHIP)
        at_once(
            lambda one=mine: office.accept(one, by=company("NO-1")),  # type: ignore[misc]
            lambda one=theirs: office.accept(one, by=company("NO-2")),  # type: ignore[misc]
        )
    entries = office.history.about("7K3M9QXA", actor="test")
    assert len(entries) == 12
    assert all(one.is_contradicted for one in entries)
    office.desk.events()  # and the chain of events is whole


def test_reports_corrections_and_questions_about_one_person_wait_for_each_other(
    office: RecordsOffice,
) -> None:
    first, second = office.accept(service("2024-01-01", "2024-06-30"), service("2025-01-01", "2025-06-30"))
    upload = service("2023-01-01", "2023-01-31", document=PDF)

    def correct(record: str, last: str) -> object:
        report = service(f"{last[:4]}-01-01", last)
        return office.reporting.correct(record, report, by=company())

    def ask() -> object:
        return office.correcting.ask(first, "Wrong.", asked_by=AskedBy.SEAFARER, actor="x")

    at_once(
        lambda: correct(first, "2024-05-31"),
        lambda: correct(second, "2025-05-31"),
        ask,
        lambda: office.persons.add("7K3M9QXA", TEST_NUMBERS[0], actor="anna"),
        lambda: office.report(upload, by=applicant("7K3M9QXA", Channel.UPLOAD)),
        lambda: office.report(replace(upload, document=None), by=company("NO-2")),
    )
    entries = office.history.about("7K3M9QXA", actor="test")
    assert sorted(len(one.versions) for one in entries) == [1, 1, 2, 2]
    assert office.persons.find(TEST_NUMBERS[0], actor="anna") == "7K3M9QXA"
