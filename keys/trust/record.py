"""Members of a JSON object, read with their types; a wrong one is refused with its place."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NoReturn, cast

from keys.encoding import Json

MAX_INSTANT = 7_258_118_400  # 2200-01-01: instants outside 1970-2199 are nonsense, never a far expiry


class RecordError(ValueError):
    """A record lacks a member, or has one of the wrong type; says which."""


class Record:
    """A JSON object and where it stands, for messages."""

    __slots__ = ("_members", "where")

    def __init__(self, value: Json, where: str) -> None:
        if not isinstance(value, dict):
            raise RecordError(f"{where} is no JSON object")
        self._members: Mapping[str, Json] = value
        self.where = where

    def text(self, name: str) -> str:
        """Non-empty text of at most 1,000 characters without control characters."""
        value = self._members.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= 1_000 or not value.isprintable():
            self.refuse(name, "short printable text")
        return value

    def text_or_none(self, name: str) -> str | None:
        """The same where the member may be absent."""
        return self.text(name) if name in self._members else None

    def long_text(self, name: str) -> str:
        """Text of any length, such as a file in base64url."""
        value = self._members.get(name)
        if not isinstance(value, str):
            self.refuse(name, "text")
        return value

    def number(self, name: str, low: int = 0, high: int = 2**53 - 1) -> int:
        """An integer within bounds; true and false are none."""
        value = self._members.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.refuse(name, f"an integer from {low} to {high}")
        return value

    def instant(self, name: str) -> datetime:
        """Unix seconds within the years 1970-2199."""
        return datetime.fromtimestamp(self.number(name, 0, MAX_INSTANT - 1), UTC)

    def texts(self, name: str, *, empty: bool = False) -> tuple[str, ...]:
        """A list of different texts; none at all only where `empty` says so."""
        values = self._members.get(name)
        if not isinstance(values, list) or not (values or empty):
            self.refuse(name, "a list of texts")
        texts = tuple(cast("list[str]", values))
        try:
            good = "".join(texts).isprintable() and "" not in texts
        except TypeError:  # one of them is no text
            good = False
        if not good:
            self.refuse(name, "a list of texts")
        if len(set(texts)) != len(texts):
            self.refuse(name, "a list of different texts")
        return texts

    def record(self, name: str) -> "Record":
        """An object within."""
        return Record(self._members.get(name), f"{self.where}, {name}")

    def records(self, name: str) -> "tuple[Record, ...]":
        """A list of objects, perhaps empty."""
        values = self._members.get(name)
        if not isinstance(values, list):
            self.refuse(name, "a list")
        return tuple(Record(value, f"{self.where}, {name}[{i}]") for i, value in enumerate(values))

    def members(self) -> Mapping[str, Json]:
        """All members, as read."""
        return self._members

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def refuse(self, name: str, wanted: str) -> NoReturn:
        """Say which member is not what it must be."""
        raise RecordError(f"{self.where}: {name} is not {wanted}")


def unix(instant: datetime) -> int:
    """Whole Unix seconds of an aware instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return int(instant.timestamp())
