"""A day counts once, whatever the ships, the order and the way in which it was reported."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from support.law import MASTER, ON, judge, master_to_be, rule, service

from issuer.rules.calendar import Span, days, union, without
from issuer.rules.counting import ByDays, ByHours
from issuer.rules.facts import Service
from issuer.rules.outcome import Way

RULE = rule(MASTER)
DAY = timedelta(days=1)
starts = st.dates(date(2013, 1, 1), date(2026, 11, 1))
services = st.lists(
    st.builds(
        lambda start, length, **changes: service(length, start=start, **changes),
        starts,
        st.integers(1, 700),
        gt=st.sampled_from([None, 60, 499, 500, 2_999, 3_000]),
        rank=st.sampled_from([None, "rating", "officer", "chief-mate", "master"]),
        area=st.sampled_from([None, "inre-fart", "narfart", "oceanfart"]),
    ),
    max_size=8,
).map(lambda found: tuple(replace(one, id=str(at)) for at, one in enumerate(found)))
BEST = {"gt": 3_000, "rank": "master", "area": "oceanfart"}


def needs(found: tuple[Service, ...]) -> list[tuple[str, Fraction | None, Fraction | None]]:
    return [(one.ref, one.needed, one.had) for one in judge(RULE, master_to_be(*found)).finding.decisive()]


@given(services, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(found: tuple[Service, ...], random: object) -> None:
    mixed = list(found)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert needs(tuple(mixed)) == needs(found)


@given(services, st.data())
def test_splitting_a_period_changes_nothing(found: tuple[Service, ...], data: st.DataObject) -> None:
    split: list[Service] = []
    for one in found:
        length = (one.last - one.first).days
        cut = data.draw(st.integers(0, length))
        split.append(replace(one, last=one.first + cut * DAY))
        if cut < length:
            split.append(replace(one, id=one.id + "b", first=one.first + (cut + 1) * DAY))
    assert needs(tuple(split)) == needs(found)


@given(services, services)
def test_more_verified_evidence_never_worsens_an_outcome(
    some: tuple[Service, ...], more: tuple[Service, ...]
) -> None:
    rank = {Way.INCOMPLETE: 0, Way.MANUAL: 1, Way.AUTO: 2}
    both = (*some, *(replace(one, id="m" + one.id) for one in more))
    assert rank[judge(RULE, master_to_be(*both)).way] >= rank[judge(RULE, master_to_be(*some)).way]


@given(services)
def test_what_was_reported_missing_and_is_then_supplied_is_missing_no_more(
    found: tuple[Service, ...],
) -> None:
    short = judge(RULE, master_to_be(*found)).shortfalls
    most = int(max((one.missing for one in short), default=Fraction(0)))
    if not most:
        return
    after = max((one.last for one in found), default=date(2014, 7, 1))
    supplied = service(most, start=max(after, date(2014, 7, 1)) + DAY, id="new", **BEST)
    on = max(supplied.last, ON)
    assert (
        judge(RULE, master_to_be(*found, supplied), on=on).shortfalls == () or on > ON
    )  # the medical may age
    assert all(one.kind != "service" for one in judge(RULE, master_to_be(*found, supplied), on=on).shortfalls)


def test_two_ships_on_the_same_days_count_once() -> None:
    one = service(100)
    assert needs((one, replace(one, id="other"))) == needs((one,))


def test_the_days_of_signing_on_and_off_both_count() -> None:
    assert days(union([service(1).span])) == 1
    assert ByDays().total([(10, 20, service(1), 1), (15, 30, service(1), 1)]) == 20


spans = st.lists(st.builds(lambda a, b: Span(a, a + b), st.integers(1, 60), st.integers(1, 20)), max_size=6)


@given(spans, spans)
def test_spans_are_sets_of_days(some: list[Span], others: list[Span]) -> None:
    def as_set(found: list[Span]) -> set[int]:
        return {day for first, end in found for day in range(first, end)}

    assert as_set(union(some)) == as_set(some)
    assert days(union(some)) == len(as_set(some))
    assert as_set(without(union(some), union(others))) == as_set(some) - as_set(others)


def test_hours_fill_a_day_once() -> None:
    by, half = ByHours(Fraction(8)), Fraction(1, 2)
    one = service(10, hours=Fraction(80))
    ((first, end, _, each),) = by.served([one])
    assert (end - first, each) == (10, 1)
    assert by.total([(1, 11, one, half)]) == 5
    assert by.total([(1, 11, one, 1), (6, 16, one, half)]) == Fraction(25, 2)
    assert by.total([(1, 11, one, half), (1, 11, one, half)]) == 10
    assert by.beside([(1, 11, one, 1)], [(1, 11, one, 1)]) == 0
    assert by.total(by.served([replace(one, hours=None)])) == 0
