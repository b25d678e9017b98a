"""What the verdict's screens show, as plain data: made by `verdict_view`, drawn by `ui`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Signal(StrEnum):
    """What the whole screen says by its colour; always in words and by a sign too."""

    GOOD = "good"
    REMARK = "remark"  # green with an amber band
    BAD = "bad"
    FRAUD = "fraud"
    UNKNOWN = "unknown"


class Action(StrEnum):
    """What the large button does."""

    COMPARE = "compare"
    CHALLENGE = "challenge"
    TRUST = "trust"
    SCAN = "scan"


class Line(NamedTuple):
    """A label, and what it says."""

    label: str
    value: str


class Concern(NamedTuple):
    """One thing to read besides the headline, in its tone."""

    tone: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom it is about, as to be compared."""

    name: str
    native: str
    passport_name: str
    born: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One certificate of several."""

    place: int  # among the verdicts of what was shown
    tone: str
    word: str
    title: str
    number: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictState:
    """One verdict, full screen."""

    signal: Signal
    icon: str
    over: str  # what kind of news it is
    headline: str
    reason: str
    advice: str
    action: Action
    action_words: str
    what: str = ""  # a certificate's title, or how many there are
    person: Person | None = None
    nothing_shown: str = ""  # why not
    concerns: tuple[Concern, ...] = ()
    counts: str = ""
    members: tuple[Member, ...] = ()
    lines: tuple[Line, ...] = ()  # of the one certificate
    basis: tuple[Line, ...] = ()
    compared: Concern | None = None
    is_rehearsal: bool = False
