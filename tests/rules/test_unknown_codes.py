"""Whoever writes a code that no list has is told, by record and field: it would be passed over in silence."""

from dataclasses import replace
from datetime import date

import pytest
from support.law import record, service
from support.scenarios import scenarios

from issuer.adapters import law_files
from issuer.rules.evidence import CONTRADICTED
from issuer.rules.facts import Decided, Facts, Kind
from issuer.rules.reading.unknown_codes import unknown_codes

LISTS = law_files.code_lists()
DAY = date(2014, 6, 1)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"flag": "se"}, "sea: flag se"),
        ({"flag": "PA"}, None),
        ({"flag": "Panama"}, "sea: flag Panama"),
        ({"department": "hotel"}, "sea: department hotel"),
        ({"rank": "captian"}, "sea: rank captian"),
        ({"marks": frozenset({"foo-bar"})}, "sea: mark foo-bar"),
        ({"rank": None, "flag": "SE", "marks": frozenset({CONTRADICTED})}, None),
    ],
)
def test_a_code_of_service_that_no_list_has_is_named(changed: dict[str, object], told: str | None) -> None:
    sea = service(30, id="sea", **{"use": None, "area": None, "rank": None, "department": "deck", **changed})
    assert unknown_codes(Facts(services=(sea,)), LISTS) == ((told,) if told else ())


def test_so_is_one_of_a_record_and_of_a_decision() -> None:
    course = replace(record(Kind.COURSE, "goc", DAY), id="kurs")
    facts = Facts(
        records=(course, replace(course, id="kurs-2", code="gox")),
        decided=(
            Decided(code="SE.likvardighet", day=DAY, record="sjö"),
            Decided(code="SE.likvardigt", day=DAY),
        ),
        asked=frozenset({"SE.likvardighet"}),
    )
    assert unknown_codes(facts, LISTS) == (
        "kurs-2: course gox",
        "decided or asked: discretion SE.likvardigt",
        "decided SE.likvardighet: record sjö",
    )


def test_what_the_scenarios_of_the_law_say_is_on_the_lists() -> None:
    told = {line for one in scenarios() for line in unknown_codes(one.facts, LISTS)}
    assert told == {"decided SE.utlandsk-tjanstgoring: record annan"}  # a decision about another period
