"""Findings told: what is met and by which records, what is missing and why records did not count. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple

from issuer.rules.conditions import Age, Dated, Discretion, Held
from issuer.rules.counting import MONTH_DAYS
from issuer.rules.facts import Facts
from issuer.rules.finding import Days, Finding, Standing, distance
from issuer.rules.service import ServiceOf
from issuer.rules.where import Demands, Scales
from issuer.rules.words import asked
from issuer.rules.words.catalogue import Words, sentence, within_a_sentence
from issuer.rules.words.demands import beside, in_words, of_a_part
from issuer.rules.words.explanation import Line
from issuer.rules.words.records import Records


@dataclass(frozen=True, slots=True)
class Telling:
    """One case in one language."""

    words: Words
    scales: Scales
    on: date
    records: Records
    facts: Facts | None

    def missing(self, found: Finding) -> list[Line]:
        """What is not met; of alternatives the nearest first."""
        if found.standing is not Standing.UNMET:
            return []
        if found.kind == "any" and found.children:
            return self._alternatives(found)
        if isinstance(found.condition, ServiceOf):
            return self._service_missing(found, found.condition, _WHOLE)
        below = [line for child in found.children for line in self.missing(child)]
        if not below:
            return [Line(sentence(self._asked(found)), found.ref, tuple(self._near(found)))]
        if isinstance(found.condition, Dated):
            return [Line(f"{sentence(self._asked(found))}:", found.ref, tuple(below))]
        return below

    def met(self, found: Finding) -> list[Line]:
        """What is met, and by which records; of alternatives the one that decides."""
        if found.kind == "any" and found.children:
            best = [one for one in found.children if one.standing is found.standing]
            return self.met(min(best, key=distance))
        if isinstance(found.condition, ServiceOf):
            return self._service_met(found, found.condition, _WHOLE)
        if found.children:
            return [line for child in found.children for line in self.met(child)]
        if found.standing is not Standing.MET or found.condition is None:
            return []
        if isinstance(found.condition, Discretion):
            return [Line(self.words.say("decided", self.words.name("discretion", found.code)), found.ref)]
        return [Line(sentence(self._asked(found)), found.ref, self._used(found))]

    def not_counted(self, found: Finding, told: Iterable[Line]) -> Iterator[Line]:
        """Records that no line of those names; with the first thing that each missed."""
        named = {name for line in told for name in line.named()}
        reasons = dict(why for one in reversed(list(_all(found))) for why in self._reasons(one))
        for one in self.records:
            if one.id not in named:
                why = reasons.get(one.id) or self.words.say("missed.not-needed")
                yield Line(self.words.say("left-out", self.records.called(one.id), why), records=(one.id,))

    def _alternatives(self, found: Finding) -> list[Line]:
        """Not those whose time is over, unless there is nothing else."""
        ways = [one for one in found.children if not _is_over(one)] or list(found.children)
        nearest, *others = sorted(ways, key=distance)
        first = self.missing(nearest)
        rest = tuple(map(self._or, others))
        if len(first) == 1:
            return [first[0]._replace(lines=(*first[0].lines, *rest))]
        return [Line(self.words.say("nearest"), found.ref, (*first, *rest))] if rest else first

    def _or(self, found: Finding) -> Line:
        lines = tuple(map(_without_records, self.missing(found)))
        if found.name:
            return Line(self.words.say("or-named", self.words.name("alternative", found.name)), "", lines)
        if len(lines) == 1:
            return lines[0]._replace(text=f"{self.words.say('or')} {within_a_sentence(lines[0].text)}")
        return Line(self.words.say("or"), "", lines)

    def _service_missing(self, found: Finding, of: ServiceOf, whole: "_Whole") -> list[Line]:
        words, demands = self.words, beside(whole.demands, of.where.demands)
        first, parts = _split(found, of)
        lines = [
            Line(words.say("first", self._asked(one)), one.ref, tuple(self._near(one)))
            for one in first
            if one.standing is Standing.UNMET
        ]
        below = _Whole(demands, is_told=found.missing > 0)
        unmet = [(one, part) for one, part in parts if one.standing is Standing.UNMET]
        short = [line for one, part in unmet for line in self._service_missing(one, part, below)]
        if not below.is_told:
            return [*lines, *short]
        needed, missing = words.amount(found.needed or 0), words.short(found.missing, _unit(found))
        which = self._which(of, of.where.demands if whole.is_told else demands, whole)
        said = words.say("progress", words.number(_had(found)), needed, which, missing)
        evidence = self._evidence(found, of, came_first=not lines)
        return [*lines, self._part(said, found.ref, (*evidence, *short), whole)]

    def _service_met(self, found: Finding, of: ServiceOf, whole: "_Whole") -> list[Line]:
        words, demands = self.words, beside(whole.demands, of.where.demands)
        first, parts = _split(found, of)
        lines = [line for one in first for line in self.met(one)]
        below = _Whole(demands, is_told=found.missing <= 0)
        enough = [line for one, part in parts for line in self._service_met(one, part, below)]
        if not below.is_told:
            return [*lines, *enough]
        which = self._which(of, of.where.demands if whole.is_told else demands, whole)
        had, needed = words.counted(_unit(found), _had(found)), words.amount(found.needed or 0)
        records = () if whole.is_told else self._used(found)
        return [
            *lines,
            self._part(words.say("enough", had, needed, which), found.ref, (*records, *enough), whole),
        ]

    def _which(self, of: ServiceOf, demands: Demands, whole: "_Whole") -> str:
        tell = of_a_part if whole.is_told else in_words
        return asked.service(of, tell(demands, self.words, self.scales), self.words, self.scales, self.on)

    def _part(self, said: str, ref: str, lines: tuple[Line, ...], whole: "_Whole") -> Line:
        return Line(sentence(self.words.say("of-that", said) if whole.is_told else said), ref, lines)

    def _evidence(self, found: Finding, of: ServiceOf, came_first: bool) -> Iterator[Line]:
        """What counted, what may take its place, and what did not count: records of one reason together."""
        words = self.words
        for line in self._used(found):
            yield line._replace(text=words.say("counted", line.text))
        for one in of.substitutes:
            where = in_words(one.where.demands, words, self.scales)
            yield Line(words.say("substitute", words.amount(one.at_most), where), one.ref)
        together: dict[str, list[str]] = {}
        for name, why in self._reasons(found, came_first):
            together.setdefault(why, []).append(name)
        for why, missed in together.items():
            called = words.both(map(self.records.called, missed))
            yield Line(words.say("not-counted", called, why), records=tuple(missed))

    def _reasons(self, found: Finding, came_first: bool = True) -> Iterator[tuple[str, str]]:
        """Records of service that did not count, and why; not those that did as a substitute, or in part."""
        if isinstance(found.condition, ServiceOf):
            used = set(_used(found))
            for name, missed in found.passed_over:
                if name not in used:
                    yield name, self.records.objection(name, missed, found.condition, came_first)

    def _used(self, found: Finding) -> tuple[Line, ...]:
        return tuple(Line(self._worth(name, days), records=(name,)) for name, days in found.used)

    def _worth(self, name: str, days: Days | None) -> str:
        described = self.records.described(name)
        if days is None:
            return described
        return self.words.say("record.with-days", described, self.words.counted("days", days))

    def _asked(self, found: Finding) -> str:
        """What a condition asks for that has nothing below it."""
        of, words = found.condition, self.words
        if isinstance(of, Held):
            return asked.held(of, words, self.scales)
        if isinstance(of, Age):
            return asked.age(of, words)
        if isinstance(of, Discretion):
            return asked.discretion(of, words)
        if isinstance(of, Dated):
            return asked.dated(of, words)
        return words.name("alternative", found.name or found.code or found.kind)

    def _near(self, found: Finding) -> Iterator[Line]:
        """Why what there is does not do."""
        of = found.condition
        if isinstance(of, Held):
            for name, why in self.records.near(of, self.on):
                yield Line(self.words.say("not-counted", self.records.called(name), why), records=(name,))
        if isinstance(of, Age) and self.facts is not None and self.facts.birth_date is None:
            yield Line(sentence(self.words.say("age-unknown")))


class _Whole(NamedTuple):
    """What service is a part of: its demands, and whether a line above tells them."""

    demands: Demands
    is_told: bool


_WHOLE: Final = _Whole({}, is_told=False)


def _split(found: Finding, of: ServiceOf) -> tuple[tuple[Finding, ...], list[tuple[Finding, ServiceOf]]]:
    """What must come before the service, and the parts of it."""
    at = 1 if of.after is not None else 0
    return found.children[:at], list(zip(found.children[at:], of.of_which, strict=True))


def _without_records(line: Line) -> Line:
    """A line as an alternative has it: what counted is said where it is told what is nearest."""
    return line._replace(lines=tuple(_without_records(one) for one in line.lines if not one.records))


def _is_over(found: Finding) -> bool:
    """Whether it is a transitional provision that may not be used on that day."""
    return isinstance(found.condition, Dated) and not found.children


def _all(found: Finding) -> Iterator[Finding]:
    yield found
    for child in found.children:
        yield from _all(child)


def _unit(found: Finding) -> str:
    """How service is told: in months where whole months are asked for."""
    return "months" if found.needed and found.needed % MONTH_DAYS == 0 else "days"


def _had(found: Finding) -> Days:
    return Fraction(found.had or 0, MONTH_DAYS if _unit(found) == "months" else 1)


def _used(found: Finding) -> list[str]:
    return [name for name, _ in found.used]
