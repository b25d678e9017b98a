"""What changed in the law between two days: rules that begin, end or change, condition by condition. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

from issuer.rules.comparing.outline import Stated, outline
from issuer.rules.conditions import Dated
from issuer.rules.law import Law, Rule
from issuer.rules.words import Words


class Step(StrEnum):
    """What became of a rule."""

    BEGINS = "begins"
    ENDS = "ends"
    CHANGES = "changes"


class Difference(NamedTuple):
    """One line of a rule as it was and as it is; None where there is no such line."""

    was: Stated | None
    now: Stated | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one rule. `was` and `now` are its versions on the two days."""

    step: Step
    rule: Rule  # its version of the later day, or else of the earlier
    was: Rule | None
    now: Rule | None
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]  # what no version tells: a transitional time that ends, a version without a date

    @property
    def id(self) -> str:
        """The rule's."""
        return self.rule.id

    @property
    def since(self) -> date | None:
        """The first day of the new version, or that after the old one's last; None where only notes tell."""
        if self.now is not None:
            return self.now.first if self.now is not self.was else None
        return None if self.was is None or self.was.last is None else _day_after(self.was.last)


def changes(law: Law, first: date, last: date, words: Words, country: str | None = None) -> list[Change]:
    """From the law of `first` to that of the later `last`; rules that stayed as they were are left out."""
    found = []
    for name in law.rules:
        was, now = (_version(law, name, day, country) for day in (first, last))
        change = _change(was, now, first, last, words)
        if change is not None:
            found.append(change)
    return found


def _version(law: Law, name: str, day: date, country: str | None) -> Rule | None:
    for one in law.rules[name]:
        if one.is_in_force(day) and country in (None, one.act.country):
            return one
    return None


def _change(was: Rule | None, now: Rule | None, first: date, last: date, words: Words) -> Change | None:
    rule = now or was
    if rule is None:
        return None
    step = Step.BEGINS if was is None else Step.ENDS if now is None else Step.CHANGES
    differences: tuple[Difference, ...] = ()
    if was is not now:
        sides = [() if one is None else outline(one, words, last) for one in (was, now)]
        differences = tuple(_compared(*sides))
    notes = tuple(_notes(now, first, last, words)) if was is not None and now is not None else ()
    if not differences and not notes and step is Step.CHANGES:
        return None
    return Change(step=step, rule=rule, was=was, now=now, differences=differences, notes=notes)


def _compared(was: Sequence[Stated], now: Sequence[Stated]) -> Iterator[Difference]:
    """Lines that say the same of another amount are one line that changed; of others, those in one place."""
    before, after = ([(one.depth, one.text) for one in side] for side in (was, now))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs = zip(was[i1:i2], now[j1:j2], strict=True)
            yield from (Difference(*each) for each in pairs if each[0].amount != each[1].amount)
            continue
        both = min(i2 - i1, j2 - j1)
        for at in range(both):
            yield Difference(was[i1 + at], now[j1 + at])
        yield from (Difference(one, None) for one in was[i1 + both : i2])
        yield from (Difference(None, one) for one in now[j1 + both : j2])


def _notes(rule: Rule, first: date, last: date, words: Words) -> Iterator[str]:
    """What changes by the calendar alone, within one version."""
    dated = list(_dated(rule))
    turns = {(one.last, "ended", one.ref) for one in dated if one.last and first <= one.last < last}
    turns |= {(one.first, "began", one.ref) for one in dated if one.first and first < one.first <= last}
    for day, turn, ref in sorted(turns):
        yield f"a transitional provision {turn} on {words.day(day)} ({ref})"
    later = rule.amended
    if later is not None and first < later.not_before <= last:
        yield (
            f"{later.by} has a later version, and on which day it became the law is not known here: "
            f"from {words.day(later.not_before)} a person decides"
        )


def _dated(rule: Rule) -> Iterator[Dated]:
    waiting: list[object] = [rule.requires, *(one.requires for one in rule.variants)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Dated):
            yield one
            waiting.append(one.condition)
        waiting += getattr(one, "conditions", ())


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
