"""What somebody would report who was told what is missing: exactly that, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from issuer.rules.conditions import Age, Case, Discretion, Held
from issuer.rules.counting import ByHours
from issuer.rules.facts import REGISTER, UNTIL_FURTHER_NOTICE, Decided, Facts, Record, Service
from issuer.rules.finding import Finding
from issuer.rules.law import Rule
from issuer.rules.outcome import Outcome
from issuer.rules.service import ServiceOf
from issuer.rules.where import AnyOf, Wanted

LONG_AGO = date(1995, 1, 1)
DAY = timedelta(days=1)
Demands = Mapping[str, Wanted]


def supplied(rule: Rule, outcome: Outcome, facts: Facts, on: date) -> Facts | None:
    """The facts with all that was missing; None where there are not days enough left to serve."""
    asked_above = dict(_lines(outcome.finding, ()))
    for at, short in enumerate(outcome.shortfalls):
        asked = short.condition
        if isinstance(asked, Held):
            is_recent = asked.no_older is not None
            day = asked.before - DAY if asked.before else on if is_recent else LONG_AGO
            code = min(asked.codes) if asked.codes else asked.kind.value
            marks = asked.marks | ({UNTIL_FURTHER_NOTICE} if asked.unexpired else frozenset())
            one = Record(id=f"new-{at}", kind=asked.kind, code=code, day=day, source=REGISTER, marks=marks)
            facts = replace(facts, records=(*facts.records, one))
        elif isinstance(asked, Discretion):
            facts = replace(facts, decided=(*facts.decided, Decided(code=asked.code, day=on)))
        elif isinstance(asked, Age):
            facts = replace(facts, birth_date=LONG_AGO - 20 * 366 * DAY)
    for at, short in enumerate(outcome.shortfalls):
        asked = short.condition
        if isinstance(asked, ServiceOf):
            new = _service(rule, asked_above[id(short)], short, facts, on, f"served-{at}")
            if new is None:
                return None
            facts = replace(facts, services=(*facts.services, *new))
    return facts


def _lines(found: Finding, above: Sequence[ServiceOf]) -> Iterator[tuple[int, Sequence[ServiceOf]]]:
    """Each part of service with what stands above it."""
    mine = (*above, found.condition) if isinstance(found.condition, ServiceOf) else above
    yield id(found), mine
    for child in found.children:
        yield from _lines(child, mine)


def _service(
    rule: Rule, line: Sequence[ServiceOf], short: Finding, facts: Facts, on: date, name: str
) -> Sequence[Service] | None:
    """As many days as are missing, on days without other service, the latest first."""
    first, last = LONG_AGO, on
    demands: dict[str, Wanted] = {}
    marks: list[str] = []
    for asked in line:
        last = min(last, asked.before - DAY) if asked.before else last
        if asked.within is not None:
            first = max(first, asked.within.before(last) + DAY)
        if asked.after is not None:
            held = asked.after.first_day(Case.of(facts, on, rule.act.counting))
            first = max(first, held or on)
        marks += _codes(asked.where.demands.get("marks", ()))
        demands |= asked.where.demands
    busy = {one.first + at * DAY for one in facts.services for at in range((one.last - one.first).days + 1)}
    free = [day for day in _back(last, first, 3_000) if day not in busy][: -(-short.missing // 1)]
    if len(free) < short.missing:
        return None
    hours = rule.act.counting.day_hours if isinstance(rule.act.counting, ByHours) else None
    said = {**_said(demands), "marks": frozenset(marks), "hours": hours}
    return [
        Service(id=f"{name}-{day}", first=day, last=day, source=REGISTER, **said)  # type: ignore[arg-type]
        for day in free
    ]


def _back(last: date, first: date, most: int) -> Iterator[date]:
    for at in range(min(most, (last - first).days + 1)):
        yield last - at * DAY


def _said(demands: Demands) -> dict[str, object]:
    """A record that meets every demand, just so."""
    said: dict[str, object] = {"department": "deck", "flag": "SE"}
    for name, wanted in demands.items():
        if isinstance(wanted, AnyOf):
            said |= {key: one for key, one in _said(wanted.ways[0]).items() if key in wanted.ways[0]}
        elif name in ("gt_min", "kw_min", "gt_max", "kw_max"):
            said[name[:2]] = wanted
        elif name in ("area_min", "rank_min"):
            said.setdefault(name.removesuffix("_min"), wanted)
        elif name == "marks":
            said["marks"] = frozenset(_codes(wanted))
        elif name != "without":
            said[name] = _codes(wanted)[0]
    return said


def _codes(wanted: Wanted) -> tuple[str, ...]:
    return (wanted,) if isinstance(wanted, str) else wanted if isinstance(wanted, tuple) else ()


def halves(one: Service, cut: int) -> tuple[Service, ...]:
    """A period in two, its hours shared by their days."""
    days = (one.last - one.first).days + 1
    if not 0 < cut < days:
        return (one,)
    part = None if one.hours is None else one.hours * Fraction(cut, days)
    rest = None if one.hours is None or part is None else one.hours - part
    return (
        replace(one, last=one.first + (cut - 1) * DAY, hours=part),
        replace(one, id=f"{one.id}-b", first=one.first + cut * DAY, hours=rest),
    )
