"""What a condition came to, as a tree: met or not, needed, had, missing, which records, which paragraph."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from issuer.rules.conditions import Condition


class Standing(IntEnum):
    """How a condition stands; of several that must all hold the least counts, of alternatives the most."""

    UNMET = 0
    OPEN = 1  # only an individual decision, which the law leaves to the authority, can meet it
    MET = 2


# What somebody writes of service: as far away as half a year of it, not out of reach of any as an exam is.
_PAPERS: Final = frozenset({"document", "competence", "photo", "signature"})
_PAPER_DAYS: Final = 180

Days = int | Fraction
Used = tuple[
    str, Days | None
]  # a record's id, and the days that it counted with; of what is no service, None


class Finding(NamedTuple):
    """One condition's outcome. Days are of service; `code` names what was asked for."""

    kind: str
    standing: Standing
    ref: str = ""
    code: str = ""
    needed: Days | None = None
    had: Days | None = None
    used: Sequence[Used] = ()
    children: tuple["Finding", ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()  # records that did not count, and the demand they missed
    name: str = ""  # of an alternative
    condition: "Condition | None" = None  # what was asked: words say it from this

    @property
    def missing(self) -> Days:
        """Days short; 0 where none are asked for or none are short."""
        if self.needed is None or self.had is None:
            return 0
        return max(0, self.needed - self.had)

    def decisive(self) -> Iterator["Finding"]:
        """This finding and those below that decide it: of alternatives the first of the best."""
        yield self
        children = self.children
        if self.kind == "any":
            children = tuple(one for one in children if one.standing is self.standing)[:1]
        for child in children:
            yield from child.decisive()

    def records(self) -> frozenset[str]:
        """Ids of the records that what is met here rests on."""
        met = (one for one in self.decisive() if one.standing is not Standing.UNMET)
        return frozenset(record for one in met for record, _ in one.used)


def shortfalls(finding: Finding) -> tuple[Finding, ...]:
    """What is missing, each as the smallest condition that is not met; of alternatives the nearest one's."""
    if finding.standing is not Standing.UNMET:
        return ()
    if finding.kind == "any" and finding.children:
        return shortfalls(nearest(finding.children))
    below = tuple(short for child in finding.children for short in shortfalls(child))
    own = (finding,) if not finding.children or finding.missing > 0 else ()
    return own + below


def nearest(alternatives: tuple[Finding, ...]) -> Finding:
    """The alternative that lacks the least."""
    return min(alternatives, key=distance)


def distance(alternative: Finding) -> tuple[bool, bool, int, Days, Days]:
    """How far it is from being met: whether its time is over, or only a decision of the authority helps;
    then things that neither time nor a paper brings, then days, a missing paper taken as so many;
    of two as far the one of which less is to be told.
    """
    short = shortfalls(alternative)
    return (
        any(_is_over(each) for each in short),
        any(each.kind == "discretion" for each in short),
        sum(each.needed is None and each.kind not in _PAPERS for each in short),
        _PAPER_DAYS * sum(each.kind in _PAPERS for each in short) + _days_short(alternative),
        sum(each.missing for each in short),
    )


def _days_short(finding: Finding) -> Days:
    """Days still to serve: those of a part lie within those of its whole."""
    if finding.standing is not Standing.UNMET:
        return 0
    if finding.kind == "any" and finding.children:
        return _days_short(nearest(finding.children))
    return max(finding.missing, sum(map(_days_short, finding.children)))


def _is_over(short: Finding) -> bool:
    """Whether the law asks for it before a day, or has stopped asking: nobody can supply it any more."""
    return (short.kind == "dated" and not short.children) or getattr(
        short.condition, "before", None
    ) is not None
