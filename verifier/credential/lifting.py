"""What deflate cannot shorten, lifted out of JSON text as raw bytes; each leaves a control byte, its mark.

Lossless for any bytes: what has no lifted form stays, and control bytes of the text itself are lifted too.
What to lift is the packer's choice, by a guess of what is worth it; restoring follows the marks alone. The
table of marks, from which a second decoder can be written, is in docs/credential-format.md.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Final

from keys.encoding import EncodingError, b64url_decode, b64url_encode
from keys.jwk import JwkError, PublicKey

SEPARATOR: Final = b"\n"  # between header, payload and disclosures: the one control byte that is no mark

POINT: Final = b"\x01"
BASE64URL: Final = b"\x02"
INTEGER: Final = {2: b"\x03", 3: b"\x04", 4: b"\x05", 5: b"\x06", 6: b"\x07", 7: b"\x08"}  # by size in bytes
QUARTER: Final = b"\x09"
HOURS_LATER: Final = b"\x0b"
DATE: Final = b"\x0c"
FIRST_DAY: Final = b"\x0d"
LAST_DAY: Final = b"\x0e"
SEAFARER_ID: Final = b"\x0f"
LINE_FEED: Final = b"\x10"
CONTROL: Final = b"\x1f"

_INTEGERS: Final = range(10**3, 10**15)
_INSTANTS: Final = range(10**8, 10**10)  # an integer of nine or ten digits is taken for Unix seconds
_DATES: Final = range(date(1920, 1, 1).toordinal(), date(1920, 1, 1).toordinal() + 2**16)
_UNIX_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY, _HALF_DAY, _HOUR, _QUARTER_HOUR = 86_400, 43_200, 3_600, 900

_BASE32: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, in capitals
_BASE32_VALUE: Final = {ord(character): value for value, character in enumerate(_BASE32)}

_MARK: Final = re.compile(rb"([\x00-\x09\x0b-\x1f])")
_LIFTABLE: Final = re.compile(
    rb'"x":"(?P<x>[A-Za-z0-9_-]{43})","y":"(?P<point>[A-Za-z0-9_-]{43})"'
    rb"|(?P<date>(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9])"
    rb'|"(?P<seafarer_id>[0-9A-HJKMNP-TV-Z]{8})"'
    rb'|"(?P<base64url>[A-Za-z0-9_-]{22,340})"'
    rb'|(?P<integer>[1-9][0-9]{4,14}|(?<="idx":)[1-9][0-9]{3})'
    rb"|(?P<control>[\x00-\x1f])"
)


class LiftingError(ValueError):
    """Marks and lifted bytes that do not fit each other, or are not what a packer writes."""


def lift(parts: Iterable[bytes]) -> tuple[bytes, bytes]:
    """The parts as one text with marks and separators, and the lifted bytes in the order of the marks."""
    lifted = _Lifting()
    text = SEPARATOR.join([_LIFTABLE.sub(lifted.replace, part) for part in parts])
    return text, bytes(lifted.data)


def restore(text: bytes, lifted: bytes) -> list[bytes]:
    """The parts again. Raises LiftingError if the lifted bytes do not come out even, or are not canonical."""
    values = _Restoring(lifted)
    parts = []
    for part in text.split(SEPARATOR):
        pieces = _MARK.split(part)
        for index in range(1, len(pieces), 2):
            pieces[index] = values.restore(pieces[index])
        parts.append(b"".join(pieces))
    if values.position != len(lifted):
        raise LiftingError("more lifted bytes than marks for them")
    return parts


class _Lifting:
    """Collects lifted bytes; remembers the instants seen, since later dates may follow from them."""

    __slots__ = ("data", "instants")

    def __init__(self) -> None:
        self.data = bytearray()
        self.instants: list[int] = []

    def replace(self, match: re.Match[bytes]) -> bytes:
        """The mark for a value that has a shorter form, whose bytes are kept; else the text as it is."""
        kind = match.lastgroup
        if kind == "integer":
            return self._integer(int(match[0]))
        if kind == "date":
            return self._date(match[0])
        if kind == "seafarer_id":
            return self._seafarer_id(match["seafarer_id"])
        if kind == "point":
            return self._point(match)
        if kind == "base64url":
            return self._base64url(match["base64url"], match[0])
        return self._control(match[0])

    def _integer(self, value: int) -> bytes:
        if value in _INSTANTS:
            mark = self._round_instant(value)
            self.instants.append(value)
            if mark is not None:
                return mark
        size = (value.bit_length() + 7) // 8
        self.data += value.to_bytes(size, "big")
        return INTEGER[size]

    def _round_instant(self, value: int) -> bytes | None:
        """Midnights of any time zone: hours after the instant before, or quarters of an hour since 1970."""
        hours, rest = divmod(value - self.instants[-1], _HOUR) if self.instants else (0, 0)
        if rest == 0 and 0 < hours < 2**16:
            self.data += hours.to_bytes(2, "big")
            return HOURS_LATER
        quarters, rest = divmod(value, _QUARTER_HOUR)
        if rest == 0:
            self.data += quarters.to_bytes(3, "big")
            return QUARTER
        return None

    def _date(self, text: bytes) -> bytes:
        try:
            day = date.fromisoformat(text.decode("ascii")).toordinal()
        except ValueError:
            return text
        if day not in _DATES:
            return text
        if len(self.instants) > 1 and day == _day_of(self.instants[1] + _HALF_DAY):
            return FIRST_DAY
        if len(self.instants) > 2 and day == _day_of(self.instants[2] - _HALF_DAY):
            return LAST_DAY
        self.data += (day - _DATES.start).to_bytes(2, "big")
        return DATE

    def _seafarer_id(self, text: bytes) -> bytes:
        value = 0
        for character in text:
            value = value << 5 | _BASE32_VALUE[character]
        self.data += value.to_bytes(5, "big")
        return SEAFARER_ID

    def _point(self, match: re.Match[bytes]) -> bytes:
        x, y = match["x"].decode("ascii"), match["point"].decode("ascii")
        try:
            self.data += PublicKey.from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y}).point()
        except JwkError:
            return match[0]
        return POINT

    def _base64url(self, text: bytes, quoted: bytes) -> bytes:
        # Words and names of claims compress better as text; random bytes have all three kinds of character.
        if text.islower() or text.isupper() or text.isalpha():
            return quoted
        try:
            data = b64url_decode(text)
        except EncodingError:
            return quoted
        self.data.append(len(data))
        self.data += data
        return BASE64URL

    def _control(self, text: bytes) -> bytes:
        if text == b"\n":
            return LINE_FEED
        self.data += text
        return CONTROL


class _Restoring:
    """Reads lifted bytes, mark by mark."""

    __slots__ = ("_instants", "_lifted", "position")

    def __init__(self, lifted: bytes) -> None:
        self._lifted = lifted
        self._instants: list[int] = []
        self.position = 0

    def restore(self, mark: bytes) -> bytes:
        """The text that left `mark`."""
        try:
            return _RESTORERS[mark](self)
        except KeyError:
            raise LiftingError(f"unknown mark {mark.hex()}") from None

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
        if value not in _INTEGERS or value >> 8 * (size - 1) == 0:
            raise LiftingError("a lifted integer out of range or with leading zeros")
        if value in _INSTANTS:
            self._instants.append(value)
        return b"%d" % value

    def instant(self, value: int) -> bytes:
        if value not in _INSTANTS:
            raise LiftingError("a lifted instant out of range")
        self._instants.append(value)
        return b"%d" % value

    def earlier_instant(self, index: int) -> int:
        if not -len(self._instants) <= index < len(self._instants):
            raise LiftingError("a mark that follows from an instant that is not there")
        return self._instants[index]

    def seafarer_id(self) -> bytes:
        value = self.number(5)
        return f'"{"".join([_BASE32[value >> shift & 31] for shift in range(35, -1, -5)])}"'.encode("ascii")

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


def _day_of(instant: int) -> int:
    return instant // _DAY + _UNIX_EPOCH


def _iso(day: int) -> bytes:
    return date.fromordinal(day).isoformat().encode("ascii")


def _integer_restorer(size: int) -> Callable[[_Restoring], bytes]:
    return lambda values: values.integer(size)


_RESTORERS: Final[Mapping[bytes, Callable[[_Restoring], bytes]]] = {
    POINT: _Restoring.point,
    BASE64URL: _Restoring.base64url,
    **{mark: _integer_restorer(size) for size, mark in INTEGER.items()},
    QUARTER: lambda values: values.instant(values.number(3) * _QUARTER_HOUR),
    HOURS_LATER: lambda values: values.instant(values.earlier_instant(-1) + values.number(2) * _HOUR),
    DATE: lambda values: _iso(values.number(2) + _DATES.start),
    FIRST_DAY: lambda values: _iso(_day_of(values.earlier_instant(1) + _HALF_DAY)),
    LAST_DAY: lambda values: _iso(_day_of(values.earlier_instant(2) - _HALF_DAY)),
    SEAFARER_ID: _Restoring.seafarer_id,
    LINE_FEED: lambda _: b"\n",
    CONTROL: _Restoring.control,
}
