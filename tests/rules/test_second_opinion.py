"""A naive second evaluator, by sets of days, agrees on random cases of every rule; what holds for all."""

import os
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from support.law import POLICY, SCHOOL, service
from support.naive_law import NaiveLaw

from issuer.adapters.law_files import ACTS, load
from issuer.rules.facts import Decided, Facts, Kind, Record, Service
from issuer.rules.outcome import Way, evaluate

FILE = ACTS / "se" / "sfs_2011_1533.yaml"
LAW, NAIVE = load(), NaiveLaw(FILE)
ON = date(2013, 11, 30)
CASES = int(os.environ.get("RULE_CASES", "540"))  # 10,000 take two minutes
RULES = sorted(rule.id for rule in LAW.in_force(ON))


def words(text: str, *names: str) -> list[str]:
    """Every code that the law's text has under these names."""
    found: set[str] = set()
    for name in names:
        for value in re.findall(rf"\b{name}: (\[[^\]]*\]|[^,}}\n]+)", text):
            found |= {one.strip(' "[]') for one in value.strip("[]").split(",")}
    return sorted(found)


class Chance:
    """Random applicants made of one rule's own words, so that most conditions are met now and then."""

    def __init__(self, rule: str, seed: int) -> None:
        self.random = random.Random(f"{rule} {seed}")
        text = FILE.read_text(encoding="utf-8")
        used = re.findall(r"^ {2}- id: (\S+)\n((?:(?! {2}- id).*\n)*)", text, flags=re.MULTILINE)
        own = "".join(body for name, body in used if name == rule)
        fragments = re.search(r"^fragments:\n((?: .*\n)*)", text, flags=re.MULTILINE)
        assert fragments is not None
        parts = re.findall(r"^ {2}(\S+):\n((?: {4}.*\n)*)", fragments[1], flags=re.MULTILINE)
        own += "".join(body for name, body in parts if f"use: {name}" in own)
        own += fragments[1].partition("base-")[0]
        self.text = own
        self.is_generous = self.random.random() < 0.6  # else hardly anybody would meet the harder rules

    def among(self, sparing: Sequence[Any], generous: Sequence[Any]) -> Any:
        chance = self.random
        return chance.choice(generous if self.is_generous and chance.random() < 0.8 else sparing)

    def pick(self, *names: str, none: float = 0.1) -> Any:
        found = words(self.text, *names)
        return None if not found or self.random.random() < none else self.random.choice(found)

    def facts(self) -> Facts:
        chance = self.random
        return Facts(
            birth_date=chance.choice([None, date(1985, 2, 28), date(1995, 11, 30), date(1995, 12, 1)]),
            services=tuple(self._service(at) for at in range(chance.randrange(1, 9))),
            records=tuple(self._records()),
            decided=tuple(
                Decided(code=one, day=ON) for one in words(self.text, "code") if chance.random() < 0.1
            ),
            asked=frozenset(one for one in words(self.text, "code") if chance.random() < 0.2),
        )

    def _service(self, at: int) -> Any:
        chance = self.random
        marks = {one for one in words(self.text, "marks") if chance.random() < 0.8}
        marks |= {one for one in ("sarskild-maskinbemanning",) if chance.random() < 0.8}
        marks -= {one for one in words(self.text, "without") if chance.random() < 0.7}
        ranks = ("fartygsbefal", "overstyrman", "maskinbefal", "forste-fartygsingenjor")
        department = self.pick("department") or chance.choice(["deck", "engine"])
        best = "overstyrman" if department == "deck" else "forste-fartygsingenjor"
        days = self.among([20, 90, 179, 180, 181, 360, 540], [360, 720, 1_080, 1_500])
        return service(
            days,
            start=ON - timedelta(days=days + chance.randrange(900)),
            id=f"s{at}",
            department=department,
            rank=self.pick("rank") or self.among(ranks, [best]),
            gt=self.among([None, 69, 70, 500, 3_000], [3_000]),
            kw=self.among([None, 399, 400, 750, 3_000], [3_000]),
            use=self.pick("use", none=0.1),
            ship_type=self.pick("ship_type", none=0.1),
            propulsion=chance.choice([None, "angfartyg", "motorfartyg"]),
            area=self.among([None, "inre-fart", "narfart", "europafart", "oceanfart"], ["oceanfart"]),
            marks=frozenset(marks),
        )

    def _records(self) -> Sequence[Record]:
        chance, found = self.random, []
        codes = [*words(self.text, "code"), *words(self.text, "at_least")]
        for at, code in enumerate(codes):
            if chance.random() < 0.08:
                continue
            kinds = re.findall(rf"(\w+): {{[^{{}}]*(?:code|at_least): {re.escape(code)}\b", self.text)
            kind = Kind(next((one for one in kinds if one in set(Kind)), "holding"))
            kept = [0, 1, 300, 729, 730, 731, 2_000]
            day = ON - timedelta(
                days=chance.choice([2_500] if kind is Kind.HOLDING and self.is_generous else kept)
            )
            marks = frozenset({"syn", "horsel"} if chance.random() < 0.9 else {"syn"})
            found.append(Record(id=f"r{at}", kind=kind, code=code, day=day, source=SCHOOL, marks=marks))
        return found


@pytest.mark.parametrize("name", RULES)
def test_two_evaluators_agree(name: str) -> None:
    rule = LAW.rule(name, ON)
    for seed in range(max(3, CASES // len(RULES))):
        facts = Chance(name, seed).facts()
        facts = replace(facts, services=tuple(one for one in facts.services if one.last <= ON))
        found = evaluate(replace(rule, amended=None), facts, on=ON, policy=POLICY)
        stands, limitation = NAIVE.stands(name, facts, ON)
        expected = {0: Way.INCOMPLETE, 1: Way.MANUAL, 2: Way.AUTO}[stands]
        assert (found.way, found.limitation) == (expected, limitation if stands else None), seed
    assert any(_way(name, seed) is not Way.INCOMPLETE for seed in range(400)), "no case was ever met"


@pytest.mark.parametrize("name", RULES)
def test_for_every_rule_more_never_worsens_and_order_and_splitting_change_nothing(name: str) -> None:
    rule = replace(LAW.rule(name, ON), amended=None)
    order = {Way.INCOMPLETE: 0, Way.MANUAL: 1, Way.AUTO: 2}
    for seed in range(4):
        facts, more = (Chance(name, number).facts() for number in (seed, seed + 1_000))
        plain = evaluate(rule, facts, on=ON, policy=POLICY)
        mixed = replace(facts, services=facts.services[::-1], records=facts.records[::-1])
        split = replace(facts, services=tuple(half for one in facts.services for half in _halves(one)))
        for same in (mixed, split):
            other = evaluate(rule, same, on=ON, policy=POLICY)
            assert (other.way, other.limitation) == (plain.way, plain.limitation)
            assert [(one.ref, one.missing) for one in other.shortfalls] == [
                (one.ref, one.missing) for one in plain.shortfalls
            ]
        both = replace(
            facts,
            services=(*facts.services, *(replace(one, id=f"m{one.id}") for one in more.services)),
            records=(*facts.records, *(replace(one, id=f"m{one.id}") for one in more.records)),
        )
        assert order[evaluate(rule, both, on=ON, policy=POLICY).way] >= order[plain.way]


def _way(name: str, seed: int) -> Way:
    rule = replace(LAW.rule(name, ON), amended=None)
    return evaluate(rule, Chance(name, seed).facts(), on=ON, policy=POLICY).way


def _halves(one: Service) -> tuple[Service, ...]:
    days = (one.last - one.first).days
    if not days:
        return (one,)
    middle = one.first + timedelta(days=days // 2)
    return replace(one, last=middle), replace(one, id=f"{one.id}b", first=middle + timedelta(days=1))
