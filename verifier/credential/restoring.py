"""Puts lifted values back into the carrier's text, mark by mark; the other half of `lifting`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

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
    SAME_DATE,
    SAME_POINT,
    SAME_SEAFARER,
    SEAFARER_ID,
    SEPARATOR,
    day_of,
)

# Two translations of a part find its marks in half the time of a regular expression.
_NO_MARKS: Final = bytes(range(0x20, 0x100))
_MARKS_AS_NUL: Final = bytes(0x20) + _NO_MARKS
_MAX_REPEATED: Final = 80_000  # bytes: a muster has no more characters in all
_FIRST_DATE: Final = DATES.start
_PAIRS: Final = tuple(first + second for first in BASE32 for second in BASE32)


class LiftingError(ValueError):
    """Marks and lifted bytes that do not fit each other, or are not what a packer writes."""


class Restored(NamedTuple):
    """The parts, and the last point among them as a key, so that nobody need read it a second time."""

    parts: list[bytes]
    key: PublicKey | None


def restore(text: bytes, lifted: bytes) -> Restored:
    """The parts again. Raises LiftingError if the lifted bytes do not come out even, or are not canonical."""
    values = _Restoring(lifted)
    parts = [_restored(part, values) for part in text.split(SEPARATOR)]
    if values.position != len(lifted):
        raise LiftingError("more lifted bytes than marks for them")
    return Restored(parts, values.key)


def restore_all(text: bytes, lifted: bytes, sizes: Sequence[int]) -> list[Restored]:
    """As `restore`, for several tokens with so many parts each. Each has its own instants."""
    parts = text.split(SEPARATOR)
    if len(parts) != sum(sizes):
        raise LiftingError("more parts, or fewer, than the tokens have together")
    values, tokens, start = _Restoring(lifted), [], 0
    for size in sizes:
        values.begin()
        found = [_restored(part, values) for part in parts[start : start + size]]
        tokens.append(Restored(found, values.key))
        start += size
    if values.position != len(lifted):
        raise LiftingError("more lifted bytes than marks for them")
    return tokens


def _restored(part: bytes, values: "_Restoring") -> bytes:
    marks = part.translate(None, _NO_MARKS)
    if not marks:
        return part
    pieces = [b""] * (2 * len(marks) + 1)
    pieces[0::2] = part.translate(_MARKS_AS_NUL).split(b"\0")
    try:
        pieces[1::2] = [_RESTORERS[mark](values) for mark in marks]
    except KeyError as unknown:
        raise LiftingError(f"unknown mark {unknown.args[0]:02x}") from None
    return b"".join(pieces)


class _Restoring:
    """Reads lifted bytes, mark by mark."""

    __slots__ = (
        *("_coordinates", "_date", "_instants", "_lifted", "_point", "_repeated", "_seafarer"),
        *("key", "position"),
    )

    def __init__(self, lifted: bytes) -> None:
        self.key: PublicKey | None = None
        self._lifted = lifted
        self._instants: list[int] = []
        self.position = 0
        self._point: PublicKey | None = None
        self._coordinates = self._seafarer = self._date = b""
        self._repeated = 0

    def begin(self) -> None:
        """The next token: its instants are counted anew, and its key is none of the one before."""
        self._instants.clear()
        self.key = None

    def take(self, size: int) -> bytes:
        start = self.position
        self.position = end = start + size
        if end > len(self._lifted):
            raise LiftingError("fewer lifted bytes than the marks ask for")
        return self._lifted[start:end]

    def number(self, size: int) -> int:  # as `take`, in line: most marks are numbers
        start = self.position
        self.position = end = start + size
        if end > len(self._lifted):
            raise LiftingError("fewer lifted bytes than the marks ask for")
        return int.from_bytes(self._lifted[start:end], "big")

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
        try:
            return self._instants[index]
        except IndexError:
            raise LiftingError("a mark that follows from an instant that is not there") from None

    def seafarer_id(self) -> bytes:
        value = self.number(5)
        left, right = _PAIRS[value >> 30] + _PAIRS[value >> 20 & 1023], _PAIRS[value >> 10 & 1023]
        self._seafarer = f'"{left}{right}{_PAIRS[value & 1023]}"'.encode("ascii")
        return self._seafarer

    def date(self) -> bytes:
        found = _iso(self.number(2) + _FIRST_DATE)
        if not self._date:
            self._date = found
        return found

    def same_seafarer(self) -> bytes:
        return self._again(self._seafarer)

    def same_date(self) -> bytes:
        return self._again(self._date)

    def _again(self, before: bytes) -> bytes:
        self._repeated += len(before)
        if not before or self._repeated > _MAX_REPEATED:
            raise LiftingError("a mark that repeats what is not there, or more of them than any token has")
        return before

    def point(self) -> bytes:
        try:
            self.key = self._point = PublicKey.from_coordinates(self.take(64))
        except JwkError as error:
            raise LiftingError(str(error)) from None
        jwk = self.key.to_jwk()
        self._coordinates = f'"x":"{jwk["x"]}","y":"{jwk["y"]}"'.encode("ascii")
        return self._coordinates

    def same_point(self) -> bytes:
        self.key = self._point
        return self._again(self._coordinates)

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


_BY_MARK: Final[Mapping[bytes, Callable[[_Restoring], bytes]]] = {
    POINT: _Restoring.point,
    BASE64URL: _Restoring.base64url,
    **{mark: _integer_restorer(size) for size, mark in INTEGER.items()},
    QUARTER: lambda values: values.instant(values.number(3) * QUARTER_HOUR),
    HOURS_LATER: lambda values: values.instant(values.earlier_instant(-1) + values.number(2) * HOUR),
    DATE: _Restoring.date,
    FIRST_DAY: lambda values: _iso(day_of(values.earlier_instant(1) + HALF_DAY)),
    LAST_DAY: lambda values: _iso(day_of(values.earlier_instant(2) - HALF_DAY)),
    SEAFARER_ID: _Restoring.seafarer_id,
    LINE_FEED: lambda _: b"\n",
    SAME_POINT: _Restoring.same_point,
    SAME_SEAFARER: _Restoring.same_seafarer,
    SAME_DATE: _Restoring.same_date,
    CONTROL: _Restoring.control,
}
_RESTORERS: Final = {mark[0]: restorer for mark, restorer in _BY_MARK.items()}
