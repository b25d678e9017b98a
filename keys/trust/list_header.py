"""What a status list for ships begins with: kind, flag, name, number; one grammar for writers and readers.

The bytes are those of docs/sea-pack-format.md, section 3. The publisher reads them for its index, verifiers
read on from there (`verifier.status_wire`). Nothing here is verified, and nothing else is imported: a check
on board comes by here.
"""

import re
from enum import IntEnum
from typing import Final, NamedTuple

MAX_NUMBER: Final = (1 << 31) - 1  # of a status list
MAX_HEADER: Final = 1 + 2 + 1 + 64 + 5  # bytes

_FLAG: Final = re.compile("[A-Z]{2}")
_PART: Final = "[0-9A-Za-z_][0-9A-Za-z._~-]*"
_NAME: Final = re.compile(rf"(?=.{{1,64}}\Z){_PART}(?:/{_PART}){{0,3}}", re.ASCII)
_MAX_VARINT: Final = 5  # bytes


class HeaderError(ValueError):
    """Bytes that no status list begins with; says why."""


class Kind(IntEnum):
    """What the body of a blob is."""

    SNAPSHOT = 1
    DELTA = 2


class ListHeader(NamedTuple):
    """Which list, and which publication of it."""

    kind: Kind
    flag: str
    name: str  # what follows the flag's status prefix in the list's address
    number: int


def is_flag(text: str) -> bool:
    """Two capitals, as in ISO 3166-1 alpha-2."""
    return _FLAG.fullmatch(text) is not None


def is_list_name(text: str) -> bool:
    """1 to 4 parts with `/` between, 64 characters in all, none beginning with a dot, a dash or a tilde."""
    return _NAME.fullmatch(text) is not None


def write(header: ListHeader) -> bytes:
    """The first bytes of a blob; the caller has asked `is_flag` and `is_list_name`."""
    name = header.name.encode("ascii")
    return b"".join(
        (
            bytes((header.kind,)),
            header.flag.encode("ascii"),
            bytes((len(name),)),
            name,
            varint(header.number),
        )
    )


def read(data: bytes) -> tuple[ListHeader, int]:
    """What these bytes begin with, and where it ends. Raises HeaderError."""
    if len(data) < 4:
        raise HeaderError("a status list that is cut off")
    if data[0] not in (Kind.SNAPSHOT, Kind.DELTA):
        raise HeaderError(f"no status list of a kind that is known here: {data[0]}")
    end = 4 + data[3]
    flag, name = data[1:3].decode("latin-1"), data[4:end].decode("latin-1")
    if not is_flag(flag) or len(name) != data[3] or not is_list_name(name):
        raise HeaderError("a status list whose flag or name is none")
    number, end = read_varint(data, end, 1, MAX_NUMBER)
    return ListHeader(Kind(data[0]), flag, name, number), end


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first, the top bit set where another byte follows (as in LEB128)."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def read_varint(data: bytes, at: int, low: int, high: int) -> tuple[int, int]:
    """A number within bounds in its shortest spelling, and where it ends. Raises HeaderError."""
    number = 0
    for place, byte in enumerate(data[at : at + _MAX_VARINT]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            if not low <= number <= high or (place and not byte):
                break
            return number, at + place + 1
    else:
        if len(data) - at < _MAX_VARINT:
            raise HeaderError("a status list that is cut off")
    raise HeaderError("a status list with a number that is out of range, or spelled too long")
