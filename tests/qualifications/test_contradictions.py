"""What cannot both be so: against a naive look at every pair, and in cases that a person can check."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.records import OTHER_SHIP, SHIP, service

from issuer.domain.contradictions import ASHORE, Stay, clashes, post_of, ship_of
from issuer.domain.qualifications import SeaService, Ship

DECK = "deck/overstyrman/4000/6000"


def stay(name: str, organisation: str, first: str, last: str, ship: str = "1", post: str = DECK) -> Stay:
    return Stay(name, organisation, first, last, ship, post)


PAIRS = {
    "two companies, two ships": (("A", "1", DECK), ("B", "2", DECK), True),
    "two companies, one ship and post": (("A", "1", DECK), ("B", "1", DECK), False),
    "two companies, two posts": (("A", "1", DECK), ("B", "1", "deck/befalhavare/4000/6000"), True),
    "two companies, one says no rank": (("A", "1", DECK), ("B", "1", "deck//4000/6000"), False),
    "two companies, other tonnage": (("A", "1", DECK), ("B", "1", "deck/overstyrman/400/6000"), True),
    "two companies, one ashore": (("A", "1", DECK), ("B", ASHORE, "verkstad///"), True),
    "one company, two ships": (("A", "1", DECK), ("A", "2", DECK), False),
}


@pytest.mark.parametrize("case", PAIRS)
def test_two_reporters_cannot_both_be_right_about_where_somebody_was(case: str) -> None:
    one, other, contradicts = PAIRS[case]
    found = clashes(
        [stay("x", one[0], "2024-01-01", "2024-01-31", *one[1:]),
         stay("y", other[0], "2024-01-10", "2024-02-10", *other[1:])]
    )  # fmt: skip
    assert found.contradicted == ({"x", "y"} if contradicts else frozenset())
    assert bool(found.overlapping) is (case == "one company, two ships")


@pytest.mark.parametrize(
    ("first", "last", "contradicts"),
    [
        ("2024-01-31", "2024-02-20", False),  # from one ship to the next on one day
        ("2023-12-01", "2024-01-01", False),
        ("2024-01-30", "2024-02-20", True),
        ("2024-02-01", "2024-02-20", False),
        ("2024-01-15", "2024-01-15", True),  # a day elsewhere in the middle
        ("2024-01-31", "2024-01-31", False),
        ("2023-01-01", "2025-01-01", True),
    ],
)
def test_one_may_leave_one_ship_and_join_another_on_the_same_day(
    first: str, last: str, contradicts: bool
) -> None:
    found = clashes([stay("x", "A", "2024-01-01", "2024-01-31"), stay("y", "B", first, last, "2")])
    assert bool(found.contradicted) is contradicts


def naive(stays: list[Stay]) -> set[str]:
    found: set[str] = set()
    for one in stays:
        for other in stays:
            if one.organisation_id == other.organisation_id or one[4:] == other[4:]:
                continue
            if one.first <= other.last and other.first <= one.last:
                if one.last == other.first or other.last == one.first:
                    continue
                found |= {one.record_id, other.record_id}
    return found


DAYS = st.integers(0, 40).map(lambda n: (date(2024, 1, 1) + timedelta(days=n)).isoformat())
STAYS = st.lists(st.tuples(st.sampled_from("ABC"), DAYS, DAYS, st.sampled_from("123")), max_size=12).map(
    lambda rows: [stay(str(n), a, min(b, c), max(b, c), d) for n, (a, b, c, d) in enumerate(rows)]
)


@given(STAYS)
def test_sweep_finds_what_a_look_at_every_pair_finds(stays: list[Stay]) -> None:
    assert clashes(stays).contradicted == naive(stays)
    assert clashes(reversed(stays)) == clashes(stays)


def test_ship_is_known_by_its_number_else_by_name_and_mark() -> None:
    def of(ship: Ship | None) -> str:
        said = service("2024-01-01", "2024-01-31", ship=ship).contents
        assert isinstance(said, SeaService)
        return ship_of(said)

    assert of(SHIP) != of(OTHER_SHIP)
    assert of(Ship(name="Havsbris", call_sign="SABC")) == of(Ship(name="HAVSBRIS", call_sign="sabc"))
    assert of(None) == ASHORE


def test_post_says_what_was_said_and_nothing_for_the_rest() -> None:
    said = service("2024-01-01", "2024-01-31", rank=None, ship=Ship(imo="9319466", gt=500)).contents
    assert isinstance(said, SeaService)
    assert post_of(said) == "deck//500/"
