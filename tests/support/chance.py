"""Random applicants near the thresholds of one rule: its scenarios, mixed and bent a little."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from support.every_rule import of_rule
from support.scenarios import Scenario, scenarios

from issuer.rules.conditions import Discretion
from issuer.rules.evidence import EvidencePolicy
from issuer.rules.facts import Channel, Decided, Facts, Kind, Record, Reporter, Service
from issuer.rules.law import Rule

EVERYBODY: Final = EvidencePolicy(
    name="everybody",
    ref="a test's own",
    accepts={kind: frozenset((who, way) for who in Reporter for way in Channel) for kind in Kind},
)
DAY: Final = timedelta(days=1)
OF: Final[dict[tuple[str, date], list[Scenario]]] = defaultdict(list)
for _one in scenarios():
    OF[_one.rule, _one.law().first].append(_one)


def bare(rule: Rule) -> Rule:
    """The rule's conditions alone: no doubt about the law, none about service."""
    return replace(rule, amended=None, verified=True, act=replace(rule.act, credited=()))


def case(rule: Rule, seed: int) -> tuple[Facts, date]:
    """One applicant, and the day."""
    chance = random.Random(f"{rule.id} {rule.first} {seed}")
    known = OF[rule.id, rule.first]
    base = chance.choice(known)
    facts = base.facts
    if chance.random() < 0.5:
        facts = both(facts, chance.choice(known).facts)
    bent = replace(
        facts,
        birth_date=chance.choice([facts.birth_date, None, date(1990, 2, 28)]),
        services=tuple(
            _bent(one, known, chance, base.on) for one in facts.services if chance.random() < 0.95
        ),
        records=tuple(_shifted(one, chance, base.on) for one in facts.records if chance.random() < 0.93),
        decided=tuple(one for one in facts.decided if chance.random() < 0.8),
    )
    return _decided(bent, rule, base.on, chance), base.on


def _decided(facts: Facts, rule: Rule, on: date, chance: random.Random) -> Facts:
    """Now and then with a decision that the rule's other ways ask for, or with one asked for.

    No scenario joins such a decision and half of the service: chance must.
    """
    codes = sorted({one.code for one in of_rule(rule) if isinstance(one, Discretion)})
    if not codes or chance.random() < 0.5:
        return facts
    code = chance.choice(codes)
    if chance.random() < 0.5:
        return replace(facts, asked=facts.asked | {code})
    return replace(facts, decided=(*facts.decided, Decided(code=code, day=on)))


def both(some: Facts, more: Facts) -> Facts:
    """What either knows; records of the second under other names."""
    return Facts(
        birth_date=some.birth_date or more.birth_date,
        services=(*some.services, *(replace(one, id=f"m-{one.id}") for one in more.services)),
        records=(*some.records, *(replace(one, id=f"m-{one.id}") for one in more.records)),
        decided=(*some.decided, *(replace(one, record="") for one in more.decided)),
        asked=some.asked | more.asked,
        complete=some.complete,
    )


def _bent(one: Service, known: list[Scenario], chance: random.Random, on: date) -> Service:
    """Longer or shorter, earlier or later, or with a word of another scenario's service."""
    for _ in range(chance.choice([0, 0, 0, 1, 1, 2])):
        others = [other for scenario in known for other in scenario.facts.services]
        other = chance.choice(others)
        what = chance.choice(
            ["department", "rank", "gt", "kw", "use", "ship_type", "propulsion", "area", "marks"]
        )
        one = replace(one, **{what: getattr(other, what)})
    first = one.first + chance.choice([0, 0, 0, -1, 1, 30, -200]) * DAY
    last = one.last + chance.choice([0, 0, 0, -1, 1, 60]) * DAY
    last = min(max(first, last), on)
    hours = None if one.hours is None else one.hours * Fraction(chance.choice([1, 1, 2, 3]), 2)
    return replace(one, first=min(first, last), last=last, hours=hours)


def _shifted(one: Record, chance: random.Random, on: date) -> Record:
    day = min(one.day + chance.choice([0, 0, 0, 0, -1, 1, -400, 400]) * DAY, on)
    marks = one.marks if chance.random() < 0.95 else frozenset()
    return replace(one, day=day, marks=marks)
