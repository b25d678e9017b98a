"""Findings told: what is met and by which records, what is missing and why records did not count. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from issuer.rules.conditions import Age, Dated, Discretion, Held
from issuer.rules.counting import MONTH_DAYS
from issuer.rules.facts import Facts
from issuer.rules.finding import Days, Finding, Standing, distance
from issuer.rules.service import ServiceOf
from issuer.rules.where import Demands, Scales
from issuer.rules.words import asked
from issuer.rules.words.catalogue import Words, sentence
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

    def missing(self, found: Finding, above: Demands | None = None) -> list[Line]:
        """What is not met; of alternatives the nearest first. `above`: demands on what it is a part of."""
        if found.standing is not Standing.UNMET:
            return []
        if found.kind == "any" and found.children:
            return self._alternatives(found)
        if isinstance(found.condition, ServiceOf):
            return self._service_missing(found, found.condition, above or {})
        below = [line for child in found.children for line in self.missing(child)]
        if not below:
            return [Line(sentence(self._asked(found)), found.ref, tuple(self._near(found)))]
        if isinstance(found.condition, Dated):
            return [Line(f"{sentence(self._asked(found))}:", found.ref, tuple(below))]
        return below

    def met(self, found: Finding, is_part: bool = False) -> list[Line]:
        """What is met, and by which records; of alternatives the one that decides."""
        if found.kind == "any" and found.children:
            best = [one for one in found.children if one.standing is found.standing]
            return self.met(min(best, key=distance))
        if isinstance(found.condition, ServiceOf):
            return self._service_met(found, found.condition, is_part)
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
        if not others:
            return first
        return [Line(self.words.say("nearest"), found.ref, (*first, *map(self._or, others)))]

    def _or(self, found: Finding) -> Line:
        name = self.words.name("alternative", found.name) if found.name else ""
        said = self.words.say("or-named", name) if name else self.words.say("or")
        return Line(said, "", tuple(map(_without_records, self.missing(found))))

    def _service_missing(self, found: Finding, of: ServiceOf, above: Demands) -> list[Line]:
        words, demands = self.words, beside(above, of.where.demands)
        first, parts = _split(found, of)
        lines = [
            Line(words.say("first", self._asked(one)), one.ref, tuple(self._near(one)))
            for one in first
            if one.standing is Standing.UNMET
        ]
        if found.missing > 0:
            which = asked.service(of, in_words(demands, words, self.scales), words, self.scales, self.on)
            needed = words.amount(found.needed or 0)
            short = words.short(found.missing, _unit(found))
            said = words.say("progress", words.number(_had(found)), needed, which, short)
            lines.append(Line(sentence(said), found.ref, tuple(self._evidence(found, of, not lines))))
        return [*lines, *(line for part in parts for line in self.missing(part, demands))]

    def _service_met(self, found: Finding, of: ServiceOf, is_part: bool) -> list[Line]:
        words = self.words
        first, parts = _split(found, of)
        lines = [line for one in first for line in self.met(one)]
        below = [line for part in parts for line in self.met(part, is_part=True)]
        if found.missing > 0:
            return [*lines, *below]
        tell = of_a_part if is_part else in_words
        which = asked.service(of, tell(of.where.demands, words, self.scales), words, self.scales, self.on)
        said = words.say(
            "enough", words.counted(_unit(found), _had(found)), words.amount(found.needed or 0), which
        )
        if is_part:
            return [*lines, Line(sentence(words.say("of-that", said)), found.ref, tuple(below))]
        return [*lines, Line(sentence(said), found.ref, (*self._used(found), *below))]

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


def _split(found: Finding, of: ServiceOf) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What must come before the service, and the parts of it."""
    at = 1 if of.after is not None else 0
    return found.children[:at], found.children[at:]


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
