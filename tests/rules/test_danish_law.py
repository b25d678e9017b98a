"""Denmark's law as data: whose word counts, what a person decides, what leisure certificates are not for."""

import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from support.naive_law import NaiveLaw

from issuer.adapters.law_files import ACTS, load, policies
from issuer.rules.conditions import Discretion, Held
from issuer.rules.evidence import EvidencePolicy
from issuer.rules.facts import Channel, Decided, Facts, Kind, Record, Reporter, Service, Source
from issuer.rules.law import Rule
from issuer.rules.outcome import Way, evaluate
from issuer.rules.service import ServiceOf

ON = date(2026, 11, 22)
LAW, POLICY = load(), policies()["DK"]
CASES = int(os.environ.get("RULE_CASES", "1620"))
RULES = [rule.id for rule in LAW.in_force(ON, "DK")]
NAIVE = {path.stem: NaiveLaw(path) for path in (ACTS / "dk").glob("*.yaml")}
FILES = {"DMA-SOENAERINGSBEVIS": "soenaeringsbeviser", "BEK-861-2024": "bek_861_2024"}
LEISURE = {"DK.yachtskipper-1", "DK.yachtskipper-3", "DK.duelighedsbevis"}
DAYS = [1, 30, 89, 90, 91, 180, 359, 360, 361]
BACK = [0, 1, 90, 94, 95, 182, 183, 184, 185, 730, 731, 1_465, 1_466, 1_826, 1_827, 3_000]


def conditions(part: object) -> Iterator[object]:
    """Everything that a rule asks for, at whatever depth."""
    if is_dataclass(part) and not isinstance(part, type):
        yield part
        for field in fields(part):
            yield from conditions(getattr(part, field.name))
    elif isinstance(part, tuple):
        for one in part:
            yield from conditions(one)


def asked(rule: Rule, kind: type[Any]) -> list[Any]:
    return [one for one in conditions(rule.requires) if isinstance(one, kind)]


@pytest.mark.parametrize(
    ("reporter", "channel", "believed"),
    [
        (Reporter.APPLICANT, Channel.SELF_REPORT, False),  # «Du skal vedhæfte … Dokumentation for fartstid»
        (Reporter.AUTHORITY, Channel.API, True),  # «danske lastskibe, har vi som udgangspunkt din fartstid»
        (Reporter.COMPANY, Channel.API, True),
        (Reporter.APPLICANT, Channel.UPLOAD, False),  # a statement that somebody has to read
        (Reporter.SCHOOL, Channel.API, False),
    ],
)
def test_who_is_believed_about_service(reporter: Reporter, channel: Channel, believed: bool) -> None:
    assert POLICY.verifies(Kind.SERVICE, Source(reporter=reporter, channel=channel)) is believed


def test_rows_that_no_source_has_are_told_apart() -> None:
    assert Kind.SERVICE in POLICY.unsourced  # the page knows a company's statement alone
    assert not {Kind.HOLDING, Kind.PHOTO} & set(POLICY.unsourced)
    assert not policies()["NO"].unsourced
    assert set(policies()["SE"].unsourced) == set(Kind) - {Kind.HOLDING}


def test_every_condition_of_service_leaves_posts_of_leisure_sailors_out() -> None:
    found = [one for name in RULES for one in asked(LAW.rule(name, ON), ServiceOf)]
    assert found
    for one in found:
        without = one.where.demands["without"]
        assert "kraever-fritidssejlerbevis" in ((without,) if isinstance(without, str) else without)


def test_a_leisure_certificate_is_taken_for_no_other_kind() -> None:
    for name in RULES:
        rule = LAW.rule(name, ON)
        taken = {code for one in asked(rule, Held) if one.kind is Kind.HOLDING for code in one.codes}
        assert not taken & LEISURE or (rule.kind == "replacement" and taken == {rule.grants})


@pytest.mark.parametrize("name", RULES)
def test_what_the_sources_leave_open_is_never_decided_by_itself(name: str) -> None:
    rule = LAW.rule(name, ON)
    leaves_open = rule.kind in ("first-issue", "upgrade", "reacquisition", "course")
    ungiven = [one for one in asked(rule, Discretion) if one.always]
    if leaves_open and name not in ("DK.radio", "DK.erhvervsdykker-dele"):
        assert ungiven
        assert all(one.code.startswith("DK.") and one.ref for one in ungiven)
    else:
        looked_at = {"DK.stilling-vedligeholder", "DK.juridisk-konsskifte"}
        assert {one.code for one in ungiven} <= looked_at


def test_what_renews_or_replaces_grants_what_is_held() -> None:
    for name in RULES:
        rule = LAW.rule(name, ON)
        holdings = {code for one in asked(rule, Held) if one.kind is Kind.HOLDING for code in one.codes}
        assert rule.grants in LAW.rules
        if rule.kind in ("renewal", "upgrade", "reacquisition", "replacement"):
            assert holdings == {rule.grants}
        assert rule.otherwise is None or LAW.rules[rule.otherwise][0].grants == rule.grants


class Chance:
    """A random applicant who now and then meets what one rule asks for."""

    def __init__(self, rule: Rule, seed: int) -> None:
        self.random = random.Random(f"{rule.id} {seed}")
        self.rule = rule

    def facts(self) -> Facts:
        chance = self.random
        held = asked(self.rule, Held)
        return Facts(
            services=tuple(self._service(at) for at in range(chance.randrange(5))),
            records=tuple(self._record(at, one) for at, one in enumerate(held) if chance.random() < 0.9),
            decided=tuple(
                Decided(code=one.code, day=ON)
                for one in asked(self.rule, Discretion)
                if chance.random() < 0.2
            ),
        )

    def _source(self, kind: Kind) -> Source:
        """One that the policy believes, mostly."""
        if self.random.random() < 0.1:
            return Source(reporter=Reporter.APPLICANT, channel=Channel.UPLOAD)
        reporter, channel = self.random.choice(sorted(POLICY.accepts[kind]))
        return Source(reporter=reporter, channel=channel)

    def _service(self, at: int) -> Service:
        chance = self.random
        last = ON - timedelta(days=chance.choice(BACK))
        known = {mark for one in asked(self.rule, ServiceOf) for mark in _codes(one.where.demands, "marks")}
        others = ("vedligeholder-ikke", "kraever-fritidssejlerbevis")
        marks = {one for one in known if chance.random() < 0.6} | {
            one for one in others if chance.random() < 0.15
        }
        return Service(
            id=f"s{at}",
            first=last - timedelta(days=chance.choice(DAYS) - 1),
            last=last,
            source=self._source(Kind.SERVICE),
            department="deck",
            marks=frozenset(marks),
        )

    def _record(self, at: int, asked_for: Held) -> Record:
        chance = self.random
        kind = asked_for.kind
        code = chance.choice(sorted(asked_for.codes)) if asked_for.codes else kind.value
        return Record(
            id=f"r{at}",
            kind=kind,
            code=code if chance.random() < 0.95 else "something-else",
            day=ON - timedelta(days=chance.choice([0, 1, 300, 729, 730, 731])),
            until=chance.choice([None, None, ON, ON - timedelta(days=1), ON + timedelta(days=400)]),
            source=self._source(kind),
        )


def _codes(demands: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = demands.get(name, ())
    return (found,) if isinstance(found, str) else tuple(found)


def judged(rule: Rule, facts: Facts, policy: EvidencePolicy) -> tuple[int, int]:
    """By verified evidence, and by all of it, as the naive evaluator has it."""
    naive = NAIVE[FILES[rule.act.id]]
    return naive.stands(rule.id, policy.verified(facts), ON)[0], naive.stands(rule.id, facts, ON)[0]


@pytest.mark.parametrize("name", RULES)
def test_two_evaluators_agree_about_denmark(name: str) -> None:
    rule, seen = LAW.rule(name, ON), set()
    for seed in range(max(60, CASES // len(RULES))):
        facts = Chance(rule, seed).facts()
        verified, everything = judged(rule, facts, POLICY)
        expected = Way.AUTO if verified == 2 else Way.MANUAL if everything else Way.INCOMPLETE
        assert evaluate(rule, facts, on=ON, policy=POLICY).way is expected, seed
        seen.add(expected)
    assert len(seen) > 1, "all cases came to the same"


@pytest.mark.parametrize("name", RULES)
def test_more_never_worsens_and_order_changes_nothing_in_denmark(name: str) -> None:
    rule, order = LAW.rule(name, ON), [Way.INCOMPLETE, Way.MANUAL, Way.AUTO]
    for seed in range(20):
        facts, more = (Chance(rule, number).facts() for number in (seed, seed + 1_000))
        plain = evaluate(rule, facts, on=ON, policy=POLICY)
        mixed = replace(facts, services=facts.services[::-1], records=facts.records[::-1])
        assert evaluate(rule, mixed, on=ON, policy=POLICY).way is plain.way
        both = replace(
            facts,
            services=(*facts.services, *(replace(one, id=f"m{one.id}") for one in more.services)),
            records=(*facts.records, *(replace(one, id=f"m{one.id}") for one in more.records)),
        )
        after = evaluate(rule, both, on=ON, policy=POLICY)
        assert order.index(after.way) >= order.index(plain.way)
