"""The day by which the law wants a decision: counted from the day on which nothing was missing any more."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from support.case_office import CaseOffice, case_office
from support.cases import ASTRID, Bench, medical, watch_service
from support.issuer_app import HandClock

from issuer.domain.applications import Asked
from issuer.rules.calendar import Period
from issuer.services.applications.cases import Wish
from issuer.services.applications.reevaluating import mark_due

EQUIVALENT = ("SE.likvardighet",)  # 1 kap. 6 §: other training, a person decides


@pytest.fixture
def office(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseOffice]:
    with case_office(sqlite_url, monkeypatch) as office:
        yield office


def four_months_after(day: date) -> str:
    return Period(4).after(day).isoformat()


def report_medical(bench: Bench) -> None:
    bench.know(medical(bench.today))
    with bench.database.write() as connection:
        mark_due(connection, [ASTRID])
    bench.applications.reevaluating.run()


def later(bench: Bench, days: int) -> None:
    bench.move_to(bench.clock() + timedelta(days=days))


def test_complete_at_once_is_decided_within_four_months_of_its_submission(bench: Bench) -> None:
    bench.know(medical(bench.today))
    shown = bench.shown(bench.submit("SE.K", asks=EQUIVALENT))
    assert (shown["state"], shown["complete"]) == ("manual", bench.today.isoformat())
    assert shown["decide_by"] == four_months_after(bench.today)
    assert shown["decisions"][0]["report"]["decide_by"] == shown["decide_by"]


def test_four_months_begin_with_what_was_missing_and_no_later_look_moves_them(bench: Bench) -> None:
    case = bench.submit("SE.K", asks=EQUIVALENT)
    shown = bench.shown(case)
    assert (shown["state"], shown["complete"], shown["decide_by"]) == ("awaiting-information", None, None)
    later(bench, 40)
    report_medical(bench)
    complete = bench.today
    assert bench.shown(case)["decide_by"] == four_months_after(complete)
    later(bench, 30)
    bench.applications.deciding.ask(case, what="which school?", by="anna")
    report_medical(bench)
    assert bench.shown(case)["complete"] == complete.isoformat()
    assert [agrees for _, agrees in bench.applications.explaining.replay(case, actor="test")] == [True] * 3


def test_four_months_begin_with_the_report_and_not_with_the_day_on_which_somebody_looked(
    office: CaseOffice,
) -> None:
    case = office.apply("SE.K", asks=["SE.likvardighet"])["case_id"]
    clock = office.services.clock
    assert isinstance(clock, HandClock)
    clock.now += timedelta(days=5)
    reported = office.today
    office.report_medical()
    clock.now += timedelta(days=3)  # nothing worked it off meanwhile
    office.services.applications.reevaluating.run()
    shown = office.get(f"applications/{case}")
    assert (shown["complete"], shown["decide_by"]) == (str(reported), four_months_after(reported))
    [listed] = office.get("applications", due="true")["cases"]
    assert listed["decide_by"] == shown["decide_by"]
    page = office.get("applications", due="true", limit="1")
    assert office.get("applications", due="true", after=page["next"]) == {"cases": [], "next": None}


def test_what_is_missing_again_begins_anew(bench: Bench) -> None:
    bench.know(medical(bench.today))
    case = bench.submit("SE.K", asks=EQUIVALENT)
    bench.applications.deciding.ask(case, what="the original, please", by="anna")
    bench.know()
    with bench.database.write() as connection:
        mark_due(connection, [ASTRID])
    bench.applications.reevaluating.run()
    assert bench.shown(case)["decide_by"] is None, "the declaration was withdrawn"
    later(bench, 10)
    report_medical(bench)
    assert bench.shown(case)["decide_by"] == four_months_after(bench.today)


def test_the_law_sets_no_day_for_what_is_no_recognition(bench: Bench) -> None:
    bench.know(medical(bench.today), watch_service(bench.today))
    shown = bench.shown(bench.submit())
    assert (shown["complete"], shown["decide_by"]) == (bench.today.isoformat(), None)


@pytest.mark.parametrize(
    ("language", "says"),
    {
        "sv": "Myndigheten ska besluta senast den",
        "da": "Myndigheden skal træffe afgørelse senest",
        "nb": "Myndigheten skal avgjøre saken innen",
        "en": "The authority must decide by",
    }.items(),
)
def test_the_applicant_is_told_the_day_before_and_after(bench: Bench, language: str, says: str) -> None:
    bench.know(medical(bench.today))
    wish = Wish(ASTRID, "SE.K", Asked.FIRST, language, EQUIVALENT)
    told = bench.applications.explaining.preview(
        bench.applications.submitting.preview(wish, actor="test"), language
    )
    assert told["decide_by"] == four_months_after(bench.today)
    case = bench.submit("SE.K", asks=EQUIVALENT)
    explained = bench.applications.explaining.explain(case, language, actor="test")
    for text in (told["text"], explained["text"]):
        assert isinstance(text, list)
        assert says in " ".join(" ".join(map(str, text)).split())


def test_what_is_nearest_to_its_day_comes_first_and_what_is_decided_no_more(bench: Bench) -> None:
    bench.know(medical(bench.today))
    first = bench.submit("SE.K", key="k1", asks=EQUIVALENT)
    without = bench.submit("SE.Lmt", key="k2")
    later(bench, 1)
    others = [bench.submit(rule, key=rule, asks=EQUIVALENT) for rule in ("SE.II", "SE.III", "SE.IV")]
    gone = bench.submit("SE.V", key="k3", asks=EQUIVALENT)
    bench.applications.submitting.withdraw(gone, reason="mistaken", actor="test")
    listed = bench.applications.explaining.cases
    order = [first, *sorted(others)]
    assert [one["case_id"] for one in listed(due=True)] == order
    paged, after = [], ""
    while page := listed(due=True, after=after, limit=1):
        paged.append(page[0]["case_id"])
        after = f"{page[0]['decide_by']}.{page[0]['case_id']}"
    assert paged == order
    assert without in {one["case_id"] for one in listed()}
