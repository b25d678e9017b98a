"""What an inspector types, read strictly: a day, a number, a flag; or a mistake that says what belongs there.

No guessing: `03/04/2026` is two different days on two sides of an ocean, so it is asked for again.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final, NamedTuple, Self, TypeVar

from verifier.inspection.ship import InvalidShip, imo_number
from verifier.inspector import texts_crew as texts
from verifier.ui import texts as shared
from verifier.ui.words import MONTHS, Words

Value = TypeVar("Value")

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2199, 12, 31)
MOST_TYPED: Final = 200
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\Z", re.ASCII)
_DOTTED: Final = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})\Z", re.ASCII)  # as the Nordics write
_NAMED: Final = re.compile(r"([0-9]{1,2}) ([A-Za-z]{3})[a-z]* ([0-9]{4})\Z", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,3}(?:[ ,.][0-9]{3})+\Z|[0-9]{1,10}\Z", re.ASCII)
_MONTH_OF: Final = {name.lower(): number for number, name in enumerate(MONTHS, 1)}


class Mistake(NamedTuple):
    """What is wrong with one field: a text of the app and its values."""

    message: str
    values: Mapping[str, object]

    def in_words(self, say: Words) -> str:
        """For people."""
        return say(self.message, **self.values)


class Mistyped(ValueError):
    """A field that cannot be read; `mistake` is for the person who typed it."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format(**values))
        self.mistake = Mistake(message, values)


class Reader:
    """Reads the fields of one form, and keeps every mistake by its field's name."""

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        self.mistakes: dict[str, Mistake] = {}

    def read(self, name: str, how: Callable[[], Value]) -> Value | None:
        """What `how` reads, or None and a mistake."""
        try:
            return how()
        except Mistyped as error:
            self.mistakes[name] = error.mistake
            return None


def text(typed: str, *, most: int = 120) -> str | None:
    """A line without control, bidirectional or zero-width characters; None where nothing was typed."""
    line = " ".join(typed[: 4 * MOST_TYPED].split())
    if not line:
        return None
    if not line.isprintable():
        raise Mistyped(texts.UNPRINTABLE)
    if len(line) > most:
        raise Mistyped(shared.TOO_LONG, most=most)
    return line


def number(typed: str, high: int) -> int | None:
    """A whole number from 0 to `high`; thousands may be set apart as 12 400, 12,400 or 12.400."""
    line = text(typed)
    if line is None:
        return None
    found = re.sub(r"[ ,.]", "", line) if _NUMBER.match(line) else ""
    if not found or int(found) > high:
        raise Mistyped(texts.NO_NUMBER, high=f"{high:,}")
    return int(found)


def flag(typed: str) -> str | None:
    """Two letters (ISO 3166-1), in capitals."""
    line = text(typed)
    if line is None:
        return None
    if not (len(line) == 2 and line.isascii() and line.isalpha()):
        raise Mistyped(texts.NO_FLAG)
    return line.upper()


def imo(typed: str) -> str | None:
    """Seven digits, of which the last one checks the others (IMO A.1117(30))."""
    line = text(typed)
    if line is None:
        return None
    try:
        return imo_number(line)
    except InvalidShip:
        raise Mistyped(texts.WRONG_IMO) from None


def day(typed: str, *, latest: date = LATEST) -> date | None:
    """A day as 2026-11-21, 21.11.2026 or 21 Nov 2026, not after `latest`."""
    line = text(typed)
    if line is None:
        return None
    found = _day(line)
    if found is None or not EARLIEST <= found <= LATEST:
        raise Mistyped(texts.NO_DAY)
    if found > latest:
        raise Mistyped(texts.DAY_TO_COME)
    return found


def _day(line: str) -> date | None:
    try:
        if found := _ISO.match(line):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DOTTED.match(line):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _NAMED.match(line):
            return date(int(found[3]), _MONTH_OF.get(found[2].lower(), 0), int(found[1]))
    except ValueError:
        pass
    return None


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form as they stand, each a text."""

    def with_field(self, name: str, value: str) -> Self:
        """The form after one field was changed."""
        changes: dict[str, Any] = {name: value}
        return replace(self, **changes)


def complaints(
    mistakes: Mapping[str, Mistake], say: Words, shown: frozenset[str] | None = None
) -> dict[str, str]:
    """What is wrong, in words; of a field not in `shown` nothing is said yet."""
    return {name: one.in_words(say) for name, one in mistakes.items() if shown is None or name in shown}


def days_read(form: Form, names: Iterable[str], say: Words, *, latest: date = LATEST) -> dict[str, str]:
    """How days were understood, so that nobody reads them the wrong way round."""
    reader, found = Reader(), {}
    for name in names:
        read = reader.read(name, partial(day, getattr(form, name), latest=latest))
        if read is not None:
            found[name] = say.day(read)
    return found
