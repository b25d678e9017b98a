"""A rule as lines that a person reads: each condition in words, with its paragraph. Pure."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from issuer.rules.conditions import Age, All, Any, Condition, Dated, Discretion, Held
from issuer.rules.law import Rule, Validity, Variant
from issuer.rules.service import ServiceOf
from issuer.rules.where import Demands
from issuer.rules.words import Words, asked, demands

_ALL, _ANY = "all of these", "one of these"


class Stated(NamedTuple):
    """One line. `amount` stands before `text`, and is what mostly changes."""

    depth: int
    text: str
    ref: str = ""
    amount: str = ""

    def __str__(self) -> str:
        said = f"{self.amount} {self.text}" if self.amount else self.text
        return f"{said} ({self.ref})" if self.ref else said


def outline(rule: Rule, words: Words, on: date) -> tuple[Stated, ...]:
    """What a version of a rule asks for and gives; `on`: the day from which periods are counted back."""
    return tuple(_Outlining(rule, words, on).lines())


class _Outlining:
    def __init__(self, rule: Rule, words: Words, on: date) -> None:
        self._rule, self._words, self._on = rule, words, on
        self._scales = rule.act.scales

    def lines(self) -> Iterator[Stated]:
        yield from self._condition(self._rule.requires, 0)
        for variant in self._rule.variants:
            if _was_over(variant.requires, self._rule.first):
                continue
            yield Stated(0, self._way(variant), variant.ref)
            yield from self._condition(variant.requires, 1)
        if self._rule.validity is not None:
            yield Stated(0, self._valid(self._rule.validity), self._rule.validity.ref)
        if self._rule.otherwise:
            yield Stated(0, f"who does not meet it may look at: {self._rule.otherwise}")
        if not self._rule.verified:
            yield Stated(0, "nobody has compared it with the law's own text")

    def _way(self, variant: Variant) -> str:
        words = self._words
        if variant.limitation:
            said = [f"else with a limitation: {words.name('limitation', variant.limitation)}"]
        else:
            said = [f"or another way: {words.name('alternative', variant.name)}"]
        if variant.decide_within is not None:
            said.append(f"decided within {words.period(variant.decide_within)}")
        if variant.valid_until is not None:
            said.append(f"valid no longer than {words.day(variant.valid_until)}")
        return ", ".join(said)

    def _condition(self, one: Condition, depth: int) -> Iterator[Stated]:
        words = self._words
        if isinstance(one, All | Any):
            yield from self._several(one, depth)
        elif isinstance(one, ServiceOf):
            yield from self._service(one, depth, None)
        elif isinstance(one, Held):
            yield Stated(depth, asked.held(one, words, self._scales), one.ref)
        elif isinstance(one, Age):
            yield Stated(depth, asked.age(one, words), one.ref)
        elif isinstance(one, Discretion):
            yield Stated(depth, asked.discretion(one, words), one.ref)
        elif isinstance(one, Dated):
            yield Stated(depth, asked.dated(one, words), one.ref)
            yield from self._condition(one.condition, depth + 1)
        else:
            raise TypeError(f"{type(one).__name__} is a condition that has no words")

    def _several(self, one: All | Any, depth: int) -> Iterator[Stated]:
        if isinstance(one, Any) or one.name or depth:
            name = f" ({self._words.name('alternative', one.name)})" if one.name else ""
            yield Stated(depth, f"{_ANY if isinstance(one, Any) else _ALL}{name}:", one.ref)
            depth += 1
        for each in one.conditions:
            yield from self._condition(each, depth)

    def _service(self, one: ServiceOf, depth: int, above: Demands | None) -> Iterator[Stated]:
        words, all_demands = self._words, demands.beside(above or {}, one.where.demands)
        which = demands.in_words(all_demands, words, self._scales)
        text = asked.service(one, which, words, self._scales, self._on)
        amount = words.amount(one.days)
        yield Stated(depth, text, one.ref, amount if above is None else f"of which {amount}")
        for other in one.substitutes:
            instead = demands.in_words(other.where.demands, words, self._scales)
            at_most = f"of it up to {words.amount(other.at_most)}"
            yield Stated(depth + 1, f"may be {instead}", other.ref, at_most)
        for part in one.of_which:
            yield from self._service(part, depth + 1, all_demands)

    def _valid(self, validity: Validity) -> str:
        words, said = self._words, "valid until further notice"
        if validity.period is not None:
            said = f"valid for {words.period(validity.period)}"
        if validity.last is not None:
            said = f"valid no longer than {words.day(validity.last)}"
        if validity.renewal_window is not None:
            said += f", renewed in its last {words.period(validity.renewal_window)} without losing days"
        return said


def _was_over(condition: Condition, first: date) -> bool:
    """Whether a transitional time had ended before the rule began, so that the way never led to it."""
    return isinstance(condition, Dated) and condition.last is not None and condition.last < first
