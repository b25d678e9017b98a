"""What a crew's report says, in the reader's words: drawn as a PDF, and shown on the crew's screens."""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How good the news is; always said in words too."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what it says."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostState:
    """A post of the safe manning document: how many of how many, by whom, and what is short."""

    title: str
    filled: str  # "1 of 2"
    tone: Tone
    word: str
    people: tuple[str, ...] = ()
    shortfall: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonState:
    """One person of the crew; `key` finds them again. `problems` are sentences, worst first."""

    key: str
    name: str
    detail: str
    tone: Tone
    word: str
    post: str = ""
    problems: tuple[str, ...] = ()
    by_hand: str = ""  # the words that say so, where a certificate was only seen on paper


@dataclass(frozen=True, slots=True)
class DeficiencyState:
    """A proposed code of port state control, what it is called, and why it is proposed."""

    code: str
    title: str
    reason: str
    mark: str = ""  # that the code was not compared with the official list


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportState:
    """The whole report."""

    title: str
    headline: str
    tone: Tone
    summary: str
    facts: tuple[Fact, ...]
    posts: tuple[PostState, ...]
    persons: tuple[PersonState, ...]
    deficiencies: tuple[DeficiencyState, ...]
    notes: tuple[str, ...]
    made: str
    rehearsal: str = ""  # the words of a test directory
    headings: tuple[str, str, str, str] = ("", "", "", "")  # of facts, posts, persons, deficiencies
    nobody_short: str = ""  # what stands where no deficiency is proposed
