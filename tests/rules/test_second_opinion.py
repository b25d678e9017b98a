"""A naive second evaluator, by sets of days, agrees on random cases of every rule of every country."""

import os

import pytest
from support.chance import EVERYBODY, OF, bare, case
from support.naive_law import NaiveLaw
from support.scenarios import LAW

from issuer.adapters.law_files import ACTS
from issuer.rules.law import Rule
from issuer.rules.outcome import Way, evaluate

VERSIONS = [version for versions in LAW.rules.values() for version in versions]
CASES = int(os.environ.get("RULE_CASES", "480"))  # 10,800 take a minute
FILES = [NaiveLaw(path) for path in ACTS.rglob("*.yaml")]
NAIVE = {(rule["id"], rule["in_force"]["from"]): law for law in FILES for rule in law.rules}
EXPECTED = {0: Way.INCOMPLETE, 1: Way.MANUAL, 2: Way.AUTO}


@pytest.mark.parametrize("rule", VERSIONS, ids=lambda rule: f"{rule.id} {rule.first}")
def test_two_evaluators_agree(rule: Rule) -> None:
    naive, seen = NAIVE[rule.id, str(rule.first)], set()
    for seed in range(-(-CASES // len(VERSIONS))):
        facts, on = case(rule, seed)
        found = evaluate(bare(rule), facts, on=on, policy=EVERYBODY)
        stands, limitation = naive.stands(rule.id, facts, on)
        assert (found.way, found.limitation) == (EXPECTED[stands], limitation if stands else None), seed
        seen.add(found.way)
    if CASES >= 10_000:
        assert len(seen) > 1, "all cases came to the same"


def test_random_cases_come_from_every_version() -> None:
    assert all(OF[rule.id, rule.first] for rule in VERSIONS)
