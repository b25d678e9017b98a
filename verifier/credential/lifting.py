"""Lifts what deflate cannot shorten out of JSON text, as raw bytes; each value leaves a control byte: a mark.

Lossless for any bytes: what has no lifted form stays, and control bytes of the text itself are lifted too.
What to lift is the packer's choice, by a guess of what is worth it; `restoring` follows the marks alone.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from keys.encoding import EncodingError, b64url_decode
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

_BASE32_VALUE: Final = {ord(character): value for value, character in enumerate(BASE32)}

_LIFTABLE: Final = re.compile(
    rb'"x":"(?P<x>[A-Za-z0-9_-]{43})","y":"(?P<point>[A-Za-z0-9_-]{43})"'
    rb"|(?P<date>(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9])"
    rb'|"(?P<seafarer_id>[0-9A-HJKMNP-TV-Z]{8})"'
    rb'|"(?P<base64url>[A-Za-z0-9_-]{22,340})"'
    rb'|(?P<integer>[1-9][0-9]{4,14}|(?<="idx":)[1-9][0-9]{3})'
    rb"|(?P<control>[\x00-\x1f])"
)


def lift(parts: Iterable[bytes]) -> tuple[bytes, bytes]:
    """The parts as one text with marks and separators, and the lifted bytes in the order of the marks."""
    return lift_all((parts,))


def lift_all(tokens: Sequence[Iterable[bytes]]) -> tuple[bytes, bytes]:
    """As `lift`, for the parts of several tokens: what they repeat of a holder is lifted once."""
    lifted = _Lifting()
    texts = []
    for parts in tokens:
        lifted.instants.clear()
        texts += [_LIFTABLE.sub(lifted.replace, part) for part in parts]
    return SEPARATOR.join(texts), bytes(lifted.data)


class _Lifting:
    """Collects lifted bytes; remembers the instants seen, since later dates may follow from them.

    Remembers also the last point and seafarer, and the first date, which the next token may repeat.
    """

    __slots__ = ("data", "first_date", "instants", "point", "seafarer")

    def __init__(self) -> None:
        self.data = bytearray()
        self.instants: list[int] = []
        self.point: bytes | None = None
        self.seafarer: bytes | None = None
        self.first_date: int | None = None

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
        if value in INSTANTS:
            mark = self._round_instant(value)
            self.instants.append(value)
            if mark is not None:
                return mark
        size = (value.bit_length() + 7) // 8
        self.data += value.to_bytes(size, "big")
        return INTEGER[size]

    def _round_instant(self, value: int) -> bytes | None:
        """Midnights of any time zone: hours after the instant before, or quarters of an hour since 1970."""
        hours, rest = divmod(value - self.instants[-1], HOUR) if self.instants else (0, 0)
        if rest == 0 and 0 < hours < 2**16:
            self.data += hours.to_bytes(2, "big")
            return HOURS_LATER
        quarters, rest = divmod(value, QUARTER_HOUR)
        if rest == 0:
            self.data += quarters.to_bytes(3, "big")
            return QUARTER
        return None

    def _date(self, text: bytes) -> bytes:
        try:
            day = date.fromisoformat(text.decode("ascii")).toordinal()
        except ValueError:
            return text
        if day not in DATES:
            return text
        if len(self.instants) > 1 and day == day_of(self.instants[1] + HALF_DAY):
            return FIRST_DAY
        if len(self.instants) > 2 and day == day_of(self.instants[2] - HALF_DAY):
            return LAST_DAY
        if day == self.first_date:
            return SAME_DATE
        if self.first_date is None:
            self.first_date = day
        self.data += (day - DATES.start).to_bytes(2, "big")
        return DATE

    def _seafarer_id(self, text: bytes) -> bytes:
        if text == self.seafarer:
            return SAME_SEAFARER
        self.seafarer = text
        value = 0
        for character in text:
            value = value << 5 | _BASE32_VALUE[character]
        self.data += value.to_bytes(5, "big")
        return SEAFARER_ID

    def _point(self, match: re.Match[bytes]) -> bytes:
        if match[0] == self.point:
            return SAME_POINT
        x, y = match["x"].decode("ascii"), match["point"].decode("ascii")
        try:
            self.data += PublicKey.from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y}).coordinates()
        except JwkError:
            return match[0]
        self.point = match[0]
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
