"""Acts and rules as values, and which version of a rule is the law on a day. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from issuer.rules.calendar import Period
from issuer.rules.conditions import Condition
from issuer.rules.counting import Counting
from issuer.rules.where import Scales, Where


class UnknownRule(LookupError):
    """No rule of that id is the law on that day."""


class Credited(NamedTuple):
    """Service that counts only as far as the authority decides in the single case."""

    ref: str
    code: str  # of that decision
    unless: Where  # it is such, and counts by itself


class Assumed(NamedTuple):
    """What the rules rest on though no source here has it."""

    ref: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act of law, and what holds for all of its rules."""

    id: str
    country: str  # ISO 3166-1 alpha-2
    names: Mapping[str, str]  # by language
    scales: Scales
    counting: Counting  # of service
    version: str  # of its file: SHA-256, so that a decision can be explained and replayed years later
    verified: bool = True  # what its rules are that do not say it themselves
    credited: tuple[Credited, ...] = ()
    assumes: tuple[Assumed, ...] = ()


class Variant(NamedTuple):
    """Another way for whoever does not meet the whole: to a limited form of it, or to all of it."""

    ref: str
    limitation: str | None  # its code, which the certificate then carries
    requires: Condition
    name: str = ""  # of a way that the act has to everything of a kind, such as equivalence
    decide_within: Period | None = None  # of the day on which all documents were in
    valid_until: date | None = None  # by a transitional provision: no longer than that


class Validity(NamedTuple):
    """For how long what is granted counts, and when it may be renewed without losing days."""

    period: Period | None  # None: until further notice
    renewal_window: Period | None = None
    ref: str = ""
    last: date | None = None  # no longer than until then, by a transitional provision


class Amended(NamedTuple):
    """A later version is known to exist, and not since when: from `not_before` on it may be the law."""

    by: str
    not_before: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may have one thing, by one version of the law."""

    id: str
    act: Act
    ref: str
    kind: str  # competence, special-competence, certificate, evidence, renewal, …
    names: Mapping[str, str]
    first: date
    last: date | None
    requires: Condition
    grants: str  # the code of what is held afterwards: its id, unless it renews or replaces something
    variants: tuple[Variant, ...]
    validity: Validity | None
    otherwise: str | None  # the rule to look at where this one is not met, such as reacquisition
    stcw: tuple[str, ...]  # data that nobody has compared with the Convention: unverified
    amended: Amended | None = None
    verified: bool = True  # False: not compared with the law's own text, so that it decides nothing alone

    is_grant: bool = True  # False: an individual decision, such as that a ship is a traditional one

    def is_in_force(self, on: date) -> bool:
        """Whether this version is the law on a day."""
        return self.first <= on and (self.last is None or on <= self.last)


class Law(NamedTuple):
    """All rules that were read, each with its versions in order."""

    rules: Mapping[str, Sequence[Rule]]

    def rule(self, name: str, on: date) -> Rule:
        """The version that is the law on a day. Raises UnknownRule."""
        versions = self.rules.get(name, ())
        for version in versions:
            if version.is_in_force(on):
                return version
        if not versions:
            raise UnknownRule(f"there is no rule {name}")
        raise UnknownRule(f"rule {name} is not the law on {on}: its first version is of {versions[0].first}")

    def in_force(
        self, on: date, country: str | None = None, *, with_decisions: bool = False
    ) -> Iterator[Rule]:
        """Every rule by which something is granted on a day, in the order of the files."""
        for versions in self.rules.values():
            for version in versions:
                if not version.is_in_force(on) or country not in (None, version.act.country):
                    continue
                if version.is_grant or with_decisions:
                    yield version
