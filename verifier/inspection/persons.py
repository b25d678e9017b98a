"""The records of a crew's inspection: persons, who fills which post, what is short, what is wrong."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from verifier.credential.safe_manning import Post, SafeManning
from verifier.inspection.by_hand import HandEntry
from verifier.inspection.deficiency import Deficiency
from verifier.inspection.identity import Identity
from verifier.inspection.ship import Ship
from verifier.verdict import Assessment, Standing, Verdict
from verifier.wording import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of the crew: what was shown, and what was typed in from paper."""

    label: str  # the holder's name, or the name of the file that could not be read
    verdicts: tuple[Verdict, ...] = ()
    entries: tuple[HandEntry, ...] = ()
    assessment: Assessment | None = None  # in the post that they fill, or in none; None until judged
    unreadable: Text | None = None  # why something of this person could not be read
    identity: Identity | None = None  # what the inspector has compared with a document (row P1)

    @property
    def by_hand(self) -> bool:
        """Whether all that is known of them was typed in."""
        return bool(self.entries) and not self.verdicts


class Assignment(NamedTuple):
    """A person in a post; `remark` where the post counts with one."""

    post: Post
    place: int  # 0 to count - 1
    person: Person
    assessment: Assessment | None  # in this duty; None for one entered by hand
    remark: Text | None = None


class Shortfall(NamedTuple):
    """A post that nobody is left for, and why those who come nearest cannot fill it."""

    post: Post
    missing: int
    nearest: tuple[Text, ...]


class Problem(NamedTuple):
    """Something wrong with a person's papers, or with the safe manning document."""

    person: str
    headline: str
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewReport:
    """What the inspector hands over. `standing` is of the ship's manning and everybody's papers."""

    manning: SafeManning
    ship: Ship
    at: datetime
    persons: tuple[Person, ...]
    assignments: tuple[Assignment, ...]  # by verified certificates alone
    shortfalls: tuple[Shortfall, ...]
    problems: tuple[Problem, ...]
    counted_by_hand: tuple[Assignment, ...]  # what papers seen would add: apart, and never green
    deficiencies: tuple[Deficiency, ...]
    standing: Standing
