"""What a document must contain at the least, and what is missing in one, field by field. Pure.

The law lists numbered fields; each has parts (text, a day, a number), or is a list of such. What is not said
is missing: where there may be none of something, an empty list says so, and silence does not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

LONGEST_TEXT: Final = 500
LONGEST_LIST: Final = 1_000
LARGEST_NUMBER: Final = 10_000_000


class Slip(StrEnum):
    """What may be wrong with one part."""

    MISSING = "missing"
    NOT_TEXT = "not-text"
    NOT_A_DAY = "not-a-day"
    NOT_A_NUMBER = "not-a-number"
    NOT_A_LIST = "not-a-list"
    NOT_NAMES_AND_VALUES = "not-names-and-values"
    ENDS_BEFORE_IT_BEGINS = "ends-before-it-begins"
    TOTAL_DIFFERS = "total-differs"


class Flaw(NamedTuple):
    """One thing that a document lacks: in which field of the law's list, and where in what was given."""

    number: int  # of the field, as the law counts them
    pointer: str  # RFC 6901, such as /ship/gt
    slip: Slip
    message: str  # English: what is wrong, and what belongs there
    names: Mapping[str, str]  # of the field


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_TEXT


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER


def day_of(value: object) -> date | None:
    """A day, or its text such as 2024-07-01; None for anything else."""
    if type(value) is date:
        return value
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.isoformat() == value else None


PARTS: Final[Mapping[str, tuple[Callable[[object], bool], Slip, str]]] = {
    "text": (_is_text, Slip.NOT_TEXT, f"text of 1 to {LONGEST_TEXT} characters is expected"),
    "day": (lambda value: day_of(value) is not None, Slip.NOT_A_DAY, "a date such as 2024-07-01 is expected"),
    "number": (_is_number, Slip.NOT_A_NUMBER, f"a whole number of 0 to {LARGEST_NUMBER} is expected"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One of the law's fields: `parts` are all needed, of `one_of` one is; `each`: it is a list of those."""

    number: int
    id: str
    names: Mapping[str, str]
    parts: Mapping[str, str]
    one_of: Mapping[str, str]
    each: bool
    may_be_empty: bool

    def flaws(self, given: Mapping[str, object]) -> Iterator[Flaw]:
        """What this field lacks in a document."""
        pointer, value = f"/{self.id}", given.get(self.id)
        if value is None:
            yield self.flaw(pointer, Slip.MISSING, f"{self._called} is missing")
        elif not self.each:
            yield from self._group(value, pointer)
        elif not isinstance(value, list) or len(value) > LONGEST_LIST:
            yield self.flaw(pointer, Slip.NOT_A_LIST, f"a list of at most {LONGEST_LIST} is expected")
        elif not value and not self.may_be_empty:
            yield self.flaw(pointer, Slip.MISSING, f"{self._called}: at least one is needed")
        else:
            for at, one in enumerate(value):
                yield from self._group(one, f"{pointer}/{at}")

    def flaw(self, pointer: str, slip: Slip, message: str) -> Flaw:
        """A flaw of this field."""
        return Flaw(self.number, pointer, slip, message, self.names)

    @property
    def _called(self) -> str:
        return self.names.get("en", self.id)

    def _group(self, value: object, pointer: str) -> Iterator[Flaw]:
        if not isinstance(value, Mapping):
            parts = ", ".join((*self.parts, *self.one_of))
            yield self.flaw(pointer, Slip.NOT_NAMES_AND_VALUES, f"names and values are expected: {parts}")
            return
        for name, kind in self.parts.items():
            if value.get(name) is None:
                yield self.flaw(f"{pointer}/{name}", Slip.MISSING, f"{self._called}: {name} is missing")
            else:
                yield from self._part(value[name], f"{pointer}/{name}", kind)
        said = [name for name in self.one_of if value.get(name) is not None]
        if self.one_of and not said:
            yield self.flaw(
                pointer, Slip.MISSING, f"{self._called}: one of {', '.join(self.one_of)} is missing"
            )
        for name in said:
            yield from self._part(value[name], f"{pointer}/{name}", self.one_of[name])

    def _part(self, value: object, pointer: str, kind: str) -> Iterator[Flaw]:
        fits, slip, expected = PARTS[kind]
        if not fits(value):
            yield self.flaw(pointer, slip, expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredContent:
    """The least that one document must contain."""

    id: str
    act: str  # whose law asks for it
    ref: str
    names: Mapping[str, str]
    fields: tuple[Field, ...]

    def flaws(self, given: Mapping[str, object]) -> tuple[Flaw, ...]:
        """All that is missing or no such thing, in the law's order; none when the document is complete."""
        return tuple(flaw for field in self.fields for flaw in field.flaws(given))

    def field(self, name: str) -> Field:
        """A field by its id. Raises KeyError."""
        return {one.id: one for one in self.fields}[name]
