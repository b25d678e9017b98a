"""Puts lifted values back into the carrier's text, mark by mark; the other half of `lifting`."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from keys.encoding import b64url_encode
from keys.jwk import JwkError, PublicKey
from verifier.credential.marks import (
    BASE32,
    BASE64URL,
    CONTROL,
    DATE,
    DATES,
    FIRST_DAY,
    HALF_DAY,
    HOUR,
    HOURS_LATER,
    INSTANTS,
    INTEGER,
    INTEGERS,
    LAST_DAY,
    LINE_FEED,
    POINT,
    QUARTER,
    QUARTER_HOUR,
    SEAFARER_ID,
    SEPARATOR,
    day_of,
)

_MARK: Final = re.compile(rb"([\x00-\x09\x0b-\x1f])")


class LiftingError(ValueError):
    """Marks and lifted bytes that do not fit each other, or are not what a packer writes."""


def restore(text: bytes, lifted: bytes) -> list[bytes]:
    """The parts again. Raises LiftingError if the lifted bytes do not come out even, or are not canonical."""
    values = _Restoring(lifted)
    parts = []
    for part in text.split(SEPARATOR):
        pieces = _MARK.split(part)
        try:
            pieces[1::2] = [_RESTORERS[mark](values) for mark in pieces[1::2]]
        except KeyError as unknown:
            raise LiftingError(f"unknown mark {unknown.args[0].hex()}") from None
        parts.append(b"".join(pieces))
    if values.position != len(lifted):
        raise LiftingError("more lifted bytes than marks for them")
    return parts


class _Restoring:
    """Reads lifted bytes, mark by mark."""

    __slots__ = ("_instants", "_lifted", "position")

    def __init__(self, lifted: bytes) -> None:
        self._lifted = lifted
        self._instants: list[int] = []
        self.position = 0

    def take(self, size: int) -> bytes:
        start = self.position
        self.position = end = start + size
        if end > len(self._lifted):
            raise LiftingError("fewer lifted bytes than the marks ask for")
        return self._lifted[start:end]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def integer(self, size: int) -> bytes:
        value = self.number(size)
        if value not in INTEGERS or value >> 8 * (size - 1) == 0:
            raise LiftingError("a lifted integer out of range or with leading zeros")
        if value in INSTANTS:
            self._instants.append(value)
        return b"%d" % value

    def instant(self, value: int) -> bytes:
        if value not in INSTANTS:
            raise LiftingError("a lifted instant out of range")
        self._instants.append(value)
        return b"%d" % value

    def earlier_instant(self, index: int) -> int:
        if not -len(self._instants) <= index < len(self._instants):
            raise LiftingError("a mark that follows from an instant that is not there")
        return self._instants[index]

    def seafarer_id(self) -> bytes:
        value = self.number(5)
        return f'"{"".join([BASE32[value >> shift & 31] for shift in range(35, -1, -5)])}"'.encode("ascii")

    def point(self) -> bytes:
        try:
            jwk = PublicKey.from_point(self.take(33)).to_jwk()
        except JwkError as error:
            raise LiftingError(str(error)) from None
        return f'"x":"{jwk["x"]}","y":"{jwk["y"]}"'.encode("ascii")

    def base64url(self) -> bytes:
        return b'"%b"' % b64url_encode(self.take(self.number(1))).encode("ascii")

    def control(self) -> bytes:
        data = self.take(1)
        if data >= b" " or data == b"\n":
            raise LiftingError("a lifted control byte that is none")
        return data


def _iso(day: int) -> bytes:
    return date.fromordinal(day).isoformat().encode("ascii")


def _integer_restorer(size: int) -> Callable[[_Restoring], bytes]:
    return lambda values: values.integer(size)


_RESTORERS: Final[Mapping[bytes, Callable[[_Restoring], bytes]]] = {
    POINT: _Restoring.point,
    BASE64URL: _Restoring.base64url,
    **{mark: _integer_restorer(size) for size, mark in INTEGER.items()},
    QUARTER: lambda values: values.instant(values.number(3) * QUARTER_HOUR),
    HOURS_LATER: lambda values: values.instant(values.earlier_instant(-1) + values.number(2) * HOUR),
    DATE: lambda values: _iso(values.number(2) + DATES.start),
    FIRST_DAY: lambda values: _iso(day_of(values.earlier_instant(1) + HALF_DAY)),
    LAST_DAY: lambda values: _iso(day_of(values.earlier_instant(2) - HALF_DAY)),
    SEAFARER_ID: _Restoring.seafarer_id,
    LINE_FEED: lambda _: b"\n",
    CONTROL: _Restoring.control,
}
