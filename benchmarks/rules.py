"""One decision with all its reasons, on forty records of service, and a function written for that rule."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks.row import Row
from issuer.adapters import law_files
from issuer.rules.evidence import EvidencePolicy
from issuer.rules.facts import REGISTER, Facts, Kind, Record, Service
from issuer.rules.outcome import Way, evaluate

RECORDS: Final = 40
ROUNDS: Final = 301
ON: Final = date(2014, 6, 1)
POLICY: Final = EvidencePolicy(
    name="benchmark",
    ref="",
    accepts={kind: frozenset({(REGISTER.reporter, REGISTER.channel)}) for kind in Kind},
)


def rows() -> Iterator[Row]:
    """Master mariner, 2 kap. 3 §: three needs of service within one another."""
    rule, facts = law_files.load().rule("SE.K", ON), _facts()

    def decide() -> None:
        evaluate(rule, facts, on=ON, policy=POLICY)

    def by_hand() -> None:
        _by_hand(facts, ON)

    found, met = evaluate(rule, facts, on=ON, policy=POLICY), _by_hand(facts, ON)
    assert (found.way is Way.AUTO) is met[0], "both decide alike"
    spent, needed = [], []
    for _ in range(ROUNDS):
        needed.append(_seconds(by_hand))
        spent.append(_seconds(decide))
    once, reference = median(spent), median(needed)
    what = f"one decision with full reasons, {RECORDS} service records"
    yield Row(what, once * 1_000, "ms", 1, "lower", f"the function by hand {reference * 1e6:.0f} µs")
    against = "one decision with full reasons, against a function written by hand"
    yield Row(
        against, reference / once, "×", 0.2, "higher", "a tree interpreter 0.24, zen-engine 0.03, CEL 0.0005"
    )


def _seconds(call: object) -> float:
    assert callable(call)
    start = perf_counter()
    call()
    return perf_counter() - start


def _facts() -> Facts:
    chance, services, day = random.Random(40), [], date(2006, 2, 1)
    for number in range(RECORDS):
        length = chance.randrange(40, 70)
        services.append(
            Service(
                id=str(number),
                first=day,
                last=day + timedelta(days=length),
                source=REGISTER,
                department="deck",
                rank=chance.choice(["fartygsbefal", "overstyrman"]),
                gt=chance.choice([400, 600, 3_500, 9_000]),
                use="handelsfartyg",
                area=chance.choice(["inre-fart", "narfart", "oceanfart"]),
                flag="SE",
            )
        )
        day += timedelta(days=length + chance.randrange(20))
    none: frozenset[str] = frozenset()
    both = frozenset({"syn", "horsel"})
    known = (
        (Kind.DOCUMENT, "lakarintyg", date(2014, 1, 1), both),
        (Kind.EDUCATION, "hogskoleutbildning", date(2005, 6, 1), none),
        (Kind.EXAM, "sjokaptensexamen", date(2005, 6, 1), none),
        (Kind.HOLDING, "SE.V", date(2006, 1, 1), none),
    )
    records = tuple(
        Record(id=code, kind=kind, code=code, day=day, source=REGISTER, marks=marks)
        for kind, code, day, marks in known
    )
    return Facts(birth_date=date(1984, 5, 1), services=tuple(services), records=records)


def _by_hand(facts: Facts, on: date) -> tuple[bool, list[tuple[int, int, list[tuple[str, int]]]]]:
    """What somebody would write for this one rule: one pass, three sums, what counted in each."""
    has = {one.code for one in facts.records if one.day <= on}
    since = next((one.day for one in facts.records if one.code == "SE.V"), on).toordinal()
    until = on.toordinal() + 1
    spans: tuple[list[tuple[int, int, str]], ...] = ([], [], [])
    for one in facts.services:
        if one.flag != "SE":  # 2 kap. 34 §: credited by decision alone
            continue
        if one.department != "deck" or one.use != "handelsfartyg" or one.gt is None or one.gt < 500:
            continue
        if one.rank not in ("fartygsbefal", "overstyrman", "befalhavare"):
            continue
        first, end = max(since, one.first.toordinal()), min(until, one.last.toordinal() + 1)
        if first >= end:
            continue
        spans[0].append((first, end, one.id))
        if one.area in ("narfart", "europafart", "oceanfart") and "enbart-oresund" not in one.marks:
            spans[1].append((first, end, one.id))
            if one.gt >= 3_000 and one.rank != "fartygsbefal":
                spans[2].append((first, end, one.id))
    found = []
    for each, needed in zip(spans, (1_080, 540, 360), strict=True):
        each.sort()
        total = reached = 0
        for first, end, _ in each:
            if end > reached:
                total += end - max(first, reached)
                reached = end
        found.append((needed, total, [(record, end - first) for first, end, record in each]))
    good = {"lakarintyg", "hogskoleutbildning", "sjokaptensexamen", "SE.V"} <= has
    born = facts.birth_date
    grown = born is not None and (born.year + 16, born.month, born.day) <= (on.year, on.month, on.day)
    return good and grown and all(total >= needed for needed, total, _ in found), found
