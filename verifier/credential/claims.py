"""Strict readers of single claims: the type asked for, in its range, or `MalformedCredential` with the path.

Nothing is coerced: `true` is no number, `"2026-1-1"` no date, `null` no absence. Text that could deceive a
reader's eye (control characters, bidirectional overrides) is refused.
"""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from keys.encoding import Json
from keys.said import Reasoned

Claims = Mapping[str, Json]

MAX_ITEMS: Final = 64
FIRST_YEAR: Final = 1900
END_OF_TIME: Final = 7_258_118_400  # 2200-01-01T00:00:00Z

# Right-to-left overrides and isolates reorder what stands around them (UAX #9): never in a certificate.
_REORDERING: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


class MalformedCredential(Reasoned):
    """A claim is missing, of the wrong type or out of range; `path` says which one."""

    def __init__(self, path: str, problem: str, *values: object) -> None:
        """The `problem` is a template that `values` fill."""
        self.what = Reasoned(problem, *values)
        super().__init__("{}: {}", path, self.what)
        self.path = path

    @property
    def problem(self) -> str:
        """What is wrong, in English."""
        return str(self.what)

    def inside(self, parent: str) -> "MalformedCredential":
        """The same problem, seen from the claim around it."""
        return MalformedCredential(f"{parent}.{self.path}", "{}", self.what)


def text(claims: Claims, name: str) -> str:
    """A required text of at least one visible character."""
    value = claims.get(name)
    if type(value) is str and value.isprintable() and value.strip():
        return value  # almost always: the rest says what is wrong, or lets a rare character pass
    if type(value) is not str:
        raise MalformedCredential(name, "a text is needed" if name in claims else "is missing")
    if not value.strip():
        raise MalformedCredential(name, "a text of visible characters is needed")
    _refuse_deceptive(value, name)
    return value


def optional_text(claims: Claims, name: str) -> str | None:
    """The text, or None where the claim is absent."""
    return text(claims, name) if name in claims else None


def texts(claims: Claims, name: str) -> tuple[str, ...]:
    """A list of texts; absent is empty."""
    if name not in claims:
        return ()
    items = claims[name]
    if type(items) is not list or not 1 <= len(items) <= MAX_ITEMS:  # as `array`, in line
        raise MalformedCredential(name, "a list of 1 to {} items is needed", MAX_ITEMS)
    for position, item in enumerate(items):
        if type(item) is not str or not item or not item.isprintable():
            raise MalformedCredential(f"{name}[{position}]", "a text of visible characters is needed")
    return tuple(items)  # type: ignore[arg-type]  # each item was just seen to be a str


def array(claims: Claims, name: str) -> list[Json]:
    """A required list with 1 to 64 items: an empty one is left out."""
    value = claims.get(name)
    if type(value) is not list or not 1 <= len(value) <= MAX_ITEMS:
        raise MalformedCredential(name, "a list of 1 to {} items is needed", MAX_ITEMS)
    return value


def member(claims: Claims, name: str) -> dict[str, Json]:
    """A required object."""
    value = claims.get(name)
    if type(value) is not dict:
        raise MalformedCredential(name, "an object is needed" if name in claims else "is missing")
    return value


def boolean(claims: Claims, name: str) -> bool:
    """A required true or false."""
    value = claims.get(name)
    if type(value) is not bool:
        raise MalformedCredential(name, "true or false is needed")
    return value


def optional_boolean(claims: Claims, name: str) -> bool | None:
    """True or false, or None where the claim is absent."""
    return boolean(claims, name) if name in claims else None


def integer(claims: Claims, name: str, limit: int) -> int:
    """A required whole number from 0 to `limit`."""
    value = claims.get(name)
    if type(value) is not int or not 0 <= value <= limit:
        raise MalformedCredential(name, "a whole number from 0 to {} is needed", limit)
    return value


def optional_integer(claims: Claims, name: str, limit: int) -> int | None:
    """The number, or None where the claim is absent."""
    return integer(claims, name, limit) if name in claims else None


def instant(claims: Claims, name: str) -> datetime:
    """A required NumericDate (RFC 7519 section 2) in whole seconds, years 1970 to 2199."""
    value = claims.get(name)
    if type(value) is not int or not 0 <= value < END_OF_TIME:
        raise MalformedCredential(name, "whole seconds since 1970, before the year 2200, are needed")
    return datetime.fromtimestamp(value, UTC)


def calendar_date(claims: Claims, name: str) -> date:
    """A required date as YYYY-MM-DD, and in no other ISO 8601 form."""
    value = claims.get(name)
    # date.fromisoformat also reads 20260131 and 2026-W05-6.
    if type(value) is str and len(value) == 10 and value[4::3] == "--":
        try:
            day = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            if FIRST_YEAR <= day.year < 2200:
                return day
    raise MalformedCredential(name, "a date YYYY-MM-DD of the years 1900 to 2199 is needed")


def optional_date(claims: Claims, name: str) -> date | None:
    """The date, or None where the claim is absent."""
    return calendar_date(claims, name) if name in claims else None


def _refuse_deceptive(value: str, name: str) -> None:
    """Unassigned and private characters pass (Unicode grows), joiners pass (scripts need them)."""
    for character in value:
        if character in _REORDERING or unicodedata.category(character) in _REFUSED_CATEGORIES:
            raise MalformedCredential(
                name, "character U+{:04X} has no place in a certificate", ord(character)
            )
