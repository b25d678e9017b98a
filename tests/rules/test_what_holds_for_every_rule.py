"""Of every rule of every country: evidence only helps, order and splitting change nothing, a day is a day."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chance import EVERYBODY, OF, bare, both, case
from support.every_rule import of_rule
from support.scenarios import LAW
from support.supplying import halves, supplied

from issuer.rules.conditions import Discretion
from issuer.rules.counting import ByDays
from issuer.rules.facts import Decided, Facts, Kind
from issuer.rules.law import Rule
from issuer.rules.outcome import Outcome, Way, evaluate

VERSIONS = [version for versions in LAW.rules.values() for version in versions]
BY_DAYS = [one for one in VERSIONS if isinstance(one.act.counting, ByDays)]  # by hours ships add up
LIMITED = [one for one in VERSIONS if any(each.limitation for each in one.variants)]
RANK = {Way.INCOMPLETE: 0, Way.MANUAL: 1, Way.AUTO: 2}
seeds = st.integers(0, 1_000_000)
every_rule = pytest.mark.parametrize("rule", VERSIONS, ids=lambda rule: f"{rule.id} {rule.first}")
few = settings(max_examples=4)


def came_to(rule: Rule, facts: Facts, seed: int) -> tuple[object, ...]:
    """All that the applicant would be told."""
    found = judged(rule, facts, seed)
    return (
        found.way,
        found.limitation,
        found.why.keys(),
        [(one.ref, one.code, one.missing) for one in found.shortfalls],
    )


def judged(rule: Rule, facts: Facts, seed: int) -> Outcome:
    return evaluate(bare(rule), facts, on=case(rule, seed)[1], policy=EVERYBODY)


@every_rule
@few
@given(seeds, seeds)
def test_more_verified_evidence_never_worsens_an_outcome(rule: Rule, seed: int, other: int) -> None:
    facts, _ = case(rule, seed)
    more, _ = case(rule, other)
    no_worse(judged(rule, facts, seed), judged(rule, both(facts, more), seed))


@pytest.mark.parametrize("rule", LIMITED, ids=lambda rule: f"{rule.id} {rule.first}")
@settings(max_examples=20)
@given(seeds, seeds, st.sampled_from(["decided", "asked"]), st.data())
def test_nor_does_it_beside_a_decision_and_half_of_the_service(
    rule: Rule, seed: int, other: int, how: str, data: st.DataObject
) -> None:
    """Whoever has everything but one half of the service, and the authority's decision on another way."""
    facts, on = case(rule, seed)
    more, _ = case(rule, other)
    code = data.draw(st.sampled_from(discretions(rule)))
    decided = {"decided": (Decided(code=code, day=on),)} if how == "decided" else {"asked": frozenset({code})}
    facts = replace(both(facts, Facts(**decided)), services=facts.services)  # type: ignore[arg-type]
    half = data.draw(st.sampled_from(["motorfartyg", "angfartyg"]))
    services = tuple(replace(one, propulsion=half) for one in more.services)
    no_worse(judged(rule, facts, seed), judged(rule, both(facts, replace(more, services=services)), seed))


@pytest.mark.parametrize("rule", LIMITED, ids=lambda rule: f"{rule.id} {rule.first}")
@settings(max_examples=20)
@given(seeds)
def test_nobody_is_limited_automatically_to_whom_unverified_evidence_opens_the_whole(
    rule: Rule, seed: int
) -> None:
    facts, on = case(rule, seed)
    believed = replace(EVERYBODY, accepts={**EVERYBODY.accepts, Kind.HOLDING: frozenset()})
    found = evaluate(bare(rule), facts, on=on, policy=believed)
    if found.way is Way.AUTO and found.limitation:
        assert judged(rule, facts, seed).limitation


def no_worse(plain: Outcome, after: Outcome) -> None:
    """Only who was limited may get to a person's hands instead, and there without the limitation."""
    is_lifted = plain.limitation is not None and after.limitation is None and after.way is Way.MANUAL
    assert RANK[after.way] >= RANK[plain.way] or is_lifted
    if plain.way is not Way.INCOMPLETE and plain.limitation is None:
        assert after.limitation is None


def discretions(rule: Rule) -> list[str]:
    return sorted({one.code for one in of_rule(rule) if isinstance(one, Discretion)})


@every_rule
@few
@given(seeds, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(rule: Rule, seed: int, chance: object) -> None:
    facts, _ = case(rule, seed)
    services, records = list(facts.services), list(facts.records)
    chance.shuffle(services)  # type: ignore[attr-defined]
    chance.shuffle(records)  # type: ignore[attr-defined]
    mixed = replace(facts, services=tuple(services), records=tuple(records))
    assert came_to(rule, mixed, seed) == came_to(rule, facts, seed)


@every_rule
@few
@given(seeds, st.lists(st.integers(0, 1_000), min_size=1, max_size=6))
def test_splitting_a_period_changes_nothing(rule: Rule, seed: int, cuts: list[int]) -> None:
    facts, _ = case(rule, seed)
    split = tuple(half for at, one in enumerate(facts.services) for half in halves(one, cuts[at % len(cuts)]))
    assert came_to(rule, replace(facts, services=split), seed) == came_to(rule, facts, seed)


@pytest.mark.parametrize("rule", BY_DAYS, ids=lambda rule: f"{rule.id} {rule.first}")
@few
@given(seeds)
def test_two_ships_on_the_same_days_count_once(rule: Rule, seed: int) -> None:
    facts, _ = case(rule, seed)
    twice = (*facts.services, *(replace(one, id=f"{one.id}-too") for one in facts.services))
    assert came_to(rule, replace(facts, services=twice), seed) == came_to(rule, facts, seed)


@pytest.mark.parametrize("rule", [one for one in VERSIONS if one not in BY_DAYS], ids=lambda rule: rule.id)
@few
@given(seeds)
def test_no_day_of_hours_is_more_than_a_full_one(rule: Rule, seed: int) -> None:
    facts, _ = case(rule, seed)
    days = {day for one in facts.services for day in range(*one.span)}
    served = rule.act.counting.served([*facts.services, *facts.services])
    assert rule.act.counting.total(served) <= len(days)


@every_rule
@few
@given(seeds)
def test_whoever_supplies_exactly_what_was_missing_lacks_nothing(rule: Rule, seed: int) -> None:
    facts, on = case(rule, seed)
    short = judged(rule, facts, seed)
    if short.way is not Way.INCOMPLETE or any(one.kind == "dated" for one in short.shortfalls):
        return  # nothing is missing, or something that nobody can supply any more
    full = supplied(rule, short, facts, on)
    if full is not None:
        assert judged(rule, full, seed).way is not Way.INCOMPLETE


def test_every_rule_is_looked_at_and_most_shortfalls_can_be_supplied() -> None:
    assert len(VERSIONS) == len(OF)
    short = [(rule, *case(rule, 7), judged(rule, case(rule, 7)[0], 7)) for rule in VERSIONS]
    missing = [one for one in short if one[3].way is Way.INCOMPLETE]
    can = [supplied(rule, outcome, facts, on) for rule, facts, on, outcome in missing]
    assert len(missing) > len(VERSIONS) / 3
    assert sum(one is not None for one in can) > 0.8 * len(missing)
