"""Status blobs for ships, byte by byte: their header is put together and taken apart here, and nowhere else.

The bytes are those of docs/sea-pack-format.md, section 3. Nothing here verifies anything.
"""

import re
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final, NamedTuple

from keys.algorithms import SIGNATURE_BYTES
from keys.trust.record import unix
from verifier import rice
from verifier.statement import BEFORE_BYTES, DAY, EPOCH, MAX_NUMBER, Statement
from verifier.status import StatusListError

MAX_BLOB: Final = rice.MAX_SIZE // 4 + 256  # bytes: the largest array and its header
CHECK_BYTES: Final = 2  # of the hash of a delta's base
MAX_DAYS: Final = 100_000  # from iat to exp: later than any date that is read

_FLAG: Final = re.compile("[A-Z]{2}")
_NAME: Final = re.compile(r"[0-9A-Za-z._~/-]{1,64}")
_MAX_VARINT: Final = 5  # bytes


class Kind(IntEnum):
    """What the body of a blob is."""

    SNAPSHOT = 1
    DELTA = 2


class Header(NamedTuple):
    """What a blob says of itself, before anything is verified."""

    kind: Kind
    flag: str
    name: str  # what follows the flag's status prefix in the list's address
    number: int
    since: int | None  # the number that a delta builds on
    iat: datetime


class Parsed(NamedTuple):
    """A blob in its parts."""

    header: Header
    exp: datetime | None
    key_hint: int
    size: int | None  # entries; a delta's are those of its base
    before: bytes | None  # None where a delta's base itself is what was before
    check: bytes  # first bytes of the hash of a delta's base
    signature: bytes
    body: bytes


# Writing


def names(flag: str, name: str, uri: str) -> bool:
    """Whether a flag and the end of an address can stand for a list."""
    return _FLAG.fullmatch(flag) is not None and _NAME.fullmatch(name) is not None and uri.endswith(name)


def start(kind: Kind, statement: Statement, flag: str, name: str) -> bytes:
    """What both kinds begin with."""
    days = 0 if statement.exp is None else (unix(statement.exp) - unix(statement.iat)) // DAY
    return b"".join(
        (
            bytes((kind,)),
            flag.encode("ascii"),
            bytes((len(name),)),
            name.encode("ascii"),
            varint(statement.number),
            (unix(statement.iat) - EPOCH).to_bytes(4, "big"),
            varint(days),
            bytes((statement.key_hint,)),
        )
    )


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first, the top bit set where another byte follows (as in LEB128)."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


# Reading


def parse(blob: bytes) -> Parsed:
    """Take a blob apart; every byte has one meaning, and no number two spellings. Raises StatusListError."""
    if len(blob) > MAX_BLOB:
        raise StatusListError(f"a status list of {len(blob)} bytes; at most {MAX_BLOB} are read")
    reader = _Reader(blob)
    kind = reader.take(1)[0]
    if kind not in (Kind.SNAPSHOT, Kind.DELTA):
        raise StatusListError(f"no status list of a kind that is known here: {kind}")
    flag, name = reader.text(2, _FLAG), reader.text(reader.take(1)[0], _NAME)
    number = reader.number(1, MAX_NUMBER)
    iat = int.from_bytes(reader.take(4), "big") + EPOCH
    days, hint = reader.number(0, MAX_DAYS), reader.take(1)[0]
    since = size = before = None
    check = b""
    if kind == Kind.SNAPSHOT:
        size, before = reader.number(1, rice.MAX_SIZE // 8) * 8, reader.take(BEFORE_BYTES)
    else:
        distance = reader.number(1, MAX_NUMBER)
        before = reader.take(BEFORE_BYTES) if distance > 1 else None
        check, since = reader.take(CHECK_BYTES), number - distance
        if since < 1:
            raise StatusListError(f"a delta to number {number} that builds on number {since}")
    exp = datetime.fromtimestamp(iat + days * DAY, UTC) if days else None
    header = Header(Kind(kind), flag, name, number, since, datetime.fromtimestamp(iat, UTC))
    return Parsed(header, exp, hint, size, before, check, reader.take(SIGNATURE_BYTES), reader.rest())


class _Reader:
    """The bytes of a blob, from the first to the last."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise StatusListError("a status list that is cut off")
        self._at += count
        return taken

    def text(self, count: int, pattern: re.Pattern[str]) -> str:
        text = self.take(count).decode("latin-1")
        if pattern.fullmatch(text) is None:
            raise StatusListError("a status list whose flag or name is none")
        return text

    def number(self, low: int, high: int) -> int:
        number = 0
        for place in range(_MAX_VARINT):
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                if not low <= number <= high or (place and not byte):
                    break
                return number
        raise StatusListError("a status list with a number that is out of range, or spelled too long")

    def rest(self) -> bytes:
        return self._data[self._at :]
