"""Status blobs for ships, byte by byte: put together and taken apart here, after what they begin with.

The bytes are those of docs/sea-pack-format.md, section 3. Nothing here verifies anything.
"""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from keys.algorithms import SIGNATURE_BYTES
from keys.trust import list_header
from keys.trust.list_header import MAX_NUMBER, HeaderError, Kind, ListHeader, varint
from keys.trust.record import unix
from verifier import rice
from verifier.statement import BEFORE_BYTES, DAY, EPOCH, Statement
from verifier.status import StatusListError

__all__ = ["CHECK_BYTES", "MAX_BLOB", "Header", "Kind", "Parsed", "names", "parse", "start", "varint"]

MAX_BLOB: Final = rice.MAX_SIZE // 4 + 256  # bytes: the largest array and its header
CHECK_BYTES: Final = 2  # of the hash of a delta's base
MAX_DAYS: Final = 100_000  # from iat to exp: later than any date that is read


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
    return list_header.is_flag(flag) and list_header.is_list_name(name) and uri.endswith(name)


def start(kind: Kind, statement: Statement, flag: str, name: str) -> bytes:
    """What both kinds begin with."""
    days = 0 if statement.exp is None else (unix(statement.exp) - unix(statement.iat)) // DAY
    return b"".join(
        (
            list_header.write(ListHeader(kind, flag, name, statement.number)),
            (unix(statement.iat) - EPOCH).to_bytes(4, "big"),
            varint(days),
            bytes((statement.key_hint,)),
        )
    )


# Reading


def parse(blob: bytes) -> Parsed:
    """Take a blob apart; every byte has one meaning, and no number two spellings. Raises StatusListError."""
    if len(blob) > MAX_BLOB:
        raise StatusListError(f"a status list of {len(blob)} bytes; at most {MAX_BLOB} are read")
    try:
        return _parse(blob)
    except HeaderError as error:
        raise StatusListError(str(error)) from error


def _parse(blob: bytes) -> Parsed:
    (kind, flag, name, number), end = list_header.read(blob)
    reader = _Reader(blob, end)
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
    header = Header(kind, flag, name, number, since, datetime.fromtimestamp(iat, UTC))
    return Parsed(header, exp, hint, size, before, check, reader.take(SIGNATURE_BYTES), reader.rest())


class _Reader:
    """The bytes of a blob after what it begins with, to the last."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise StatusListError("a status list that is cut off")
        self._at += count
        return taken

    def number(self, low: int, high: int) -> int:
        number, self._at = list_header.read_varint(self._data, self._at, low, high)
        return number

    def rest(self) -> bytes:
        return self._data[self._at :]
