"""What the law may ask for: each condition judges a case and answers with a finding. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from issuer.rules.calendar import Period
from issuer.rules.counting import Counting, Served
from issuer.rules.facts import UNTIL_FURTHER_NOTICE, Facts, Kind, Record
from issuer.rules.finding import Finding, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question: these facts, on this day, counted as this country counts."""

    facts: Facts
    on: date
    counting: Counting
    served: Sequence[Served]  # the facts' service by its first day, as `counting` takes it

    @classmethod
    def of(cls, facts: Facts, on: date, counting: Counting) -> "Case":
        """The question as conditions want it."""
        return cls(facts=facts, on=on, counting=counting, served=counting.served(facts.services))


class Condition(Protocol):
    """Something that the law asks for."""

    def judge(self, case: Case) -> Finding:
        """How it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every one of these."""

    conditions: tuple[Condition, ...]
    ref: str = ""
    name: str = ""

    def judge(self, case: Case) -> Finding:
        """As the worst of them stands."""
        found = tuple(one.judge(case) for one in self.conditions)
        worst = min((one.standing for one in found), default=Standing.MET)
        return Finding("all", worst, self.ref, children=found, name=self.name, condition=self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Any:
    """One of these."""

    conditions: tuple[Condition, ...]
    ref: str = ""
    name: str = ""

    def judge(self, case: Case) -> Finding:
        """As the best of them stands; the others are judged too, so that a person sees every way."""
        found = tuple(one.judge(case) for one in self.conditions)
        best = max((one.standing for one in found), default=Standing.UNMET)
        return Finding("any", best, self.ref, children=found, name=self.name, condition=self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An exam, course, document, certificate, …: one of `codes`; without codes any of its kind."""

    kind: Kind
    codes: frozenset[str]
    code: str  # as the law names it
    ref: str = ""
    no_older: Period | None = None  # than this, on the day asked about
    before: date | None = None  # completed by then, in a transitional provision
    marks: frozenset[str] = frozenset()
    unexpired: bool = False  # still good, as its last day says; else one will do that has run out

    def judge(self, case: Case) -> Finding:
        """Met by the newest record that fits."""
        fitting = [one for one in case.facts.records if self._fits(one, case.on)]
        best = max(fitting, key=lambda one: (one.day, one.id), default=None)
        if best is None:
            return Finding(self.kind.value, Standing.UNMET, self.ref, self.code, condition=self)
        used = ((best.id, None),)
        return Finding(self.kind.value, Standing.MET, self.ref, self.code, used=used, condition=self)

    def first_day(self, case: Case) -> date | None:
        """The day of the oldest record that fits: from then on service may count."""
        return min((one.day for one in case.facts.records if self._fits(one, case.on)), default=None)

    @property
    def _may_have_run_out(self) -> bool:
        return self.kind is Kind.HOLDING and not self.unexpired

    def _is_good(self, record: Record, on: date) -> bool:
        """A certificate without a last day only where it is known that it has none."""
        if record.until is not None:
            return on <= record.until
        return not self.unexpired or UNTIL_FURTHER_NOTICE in record.marks

    def _fits(self, record: Record, on: date) -> bool:
        return (
            record.kind is self.kind
            and (record.code in self.codes or not self.codes)
            and record.day <= on
            and self.marks <= record.marks
            and (self._is_good(record, on) or self._may_have_run_out)
            and (self.no_older is None or on <= self.no_older.after(record.day))
            and (self.before is None or record.day < self.before)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """So many years old."""

    years: int
    ref: str = ""

    def judge(self, case: Case) -> Finding:
        """From the birthday on; of somebody born on 29 February, from 28 February in common years."""
        born = case.facts.birth_date
        old_enough = born is not None and Period(12 * self.years).after(born) <= case.on
        standing = Standing.MET if old_enough else Standing.UNMET
        return Finding("age", standing, self.ref, str(self.years), condition=self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discretion:
    """What the authority may decide in this one case: met once it has, open once it is asked to."""

    code: str
    ref: str = ""
    always: bool = False  # there is nothing to ask for: whoever gets here must be decided about

    def judge(self, case: Case) -> Finding:
        """Never met by itself."""
        if any(one.code == self.code and one.day <= case.on for one in case.facts.decided):
            standing = Standing.MET
        else:
            standing = Standing.OPEN if self.always or self.code in case.facts.asked else Standing.UNMET
        return Finding("discretion", standing, self.ref, self.code, condition=self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A transitional provision: only while it may be used."""

    condition: Condition
    first: date | None = None
    last: date | None = None
    ref: str = ""

    def judge(self, case: Case) -> Finding:
        """As the condition stands, within the provision's own time."""
        in_time = (self.first is None or self.first <= case.on) and (
            self.last is None or case.on <= self.last
        )
        if not in_time:
            until = str(self.last or self.first)
            return Finding("dated", Standing.UNMET, self.ref, until, condition=self)
        found = self.condition.judge(case)
        return Finding("dated", found.standing, self.ref, children=(found,), condition=self)
