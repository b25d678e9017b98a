"""Which characters a font has: its `cmap` table (OpenType 1.9), read without a library, which phones lack."""

import struct
from bisect import bisect_right
from functools import cache
from typing import Final, NamedTuple

_MAX_TABLES: Final = 64
_MAX_GROUPS: Final = 100_000


class Coverage(NamedTuple):
    """Ranges of code points that a font draws, in their order."""

    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    def has(self, character: str) -> bool:
        """Whether there is a glyph for `character`."""
        code = ord(character)
        place = bisect_right(self.starts, code)
        return place > 0 and code <= self.ends[place - 1]


@cache
def of(path: str) -> Coverage:
    """What the font at `path` draws; nothing where there is no font that can be read."""
    try:
        with open(path, "rb") as file:
            return _coverage(file.read())
    except (OSError, struct.error, ValueError):
        return Coverage()


def _coverage(font: bytes) -> Coverage:
    (tables,) = struct.unpack_from(">H", font, 4)
    for number in range(min(tables, _MAX_TABLES)):
        tag, _, start, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if tag == b"cmap":
            return _ranges(font, start)
    raise ValueError("no font: it has no table of characters")


def _ranges(font: bytes, start: int) -> Coverage:
    """From the widest subtable of Unicode: format 12, else format 4."""
    (count,) = struct.unpack_from(">H", font, start + 2)
    records = [struct.unpack_from(">HHI", font, start + 4 + 8 * number) for number in range(count)]
    unicode = [start + place for platform, encoding, place in records if (platform, encoding) in _UNICODE]
    formats = {struct.unpack_from(">H", font, place)[0]: place for place in unicode}
    if 12 in formats:
        return _joined(_groups(font, formats[12]))
    return _joined(_segments(font, formats[4])) if 4 in formats else Coverage()


_UNICODE: Final = {(0, 3), (0, 4), (3, 1), (3, 10)}


def _groups(font: bytes, place: int) -> list[tuple[int, int]]:
    (count,) = struct.unpack_from(">I", font, place + 12)
    found = (
        struct.unpack_from(">III", font, place + 16 + 12 * one) for one in range(min(count, _MAX_GROUPS))
    )
    return [(first, last) for first, last, _ in found]


def _segments(font: bytes, place: int) -> list[tuple[int, int]]:
    """Of format 4; its last segment, U+FFFF, is an end mark."""
    (twice,) = struct.unpack_from(">H", font, place + 6)
    form = f">{twice // 2}H"
    ends = struct.unpack_from(form, font, place + 14)
    starts = struct.unpack_from(form, font, place + 16 + twice)
    return [(first, last) for first, last in zip(starts, ends, strict=True) if first != 0xFFFF]


def _joined(ranges: list[tuple[int, int]]) -> Coverage:
    """Neighbours as one."""
    starts: list[int] = []
    ends: list[int] = []
    for first, last in sorted(ranges):
        if ends and first == ends[-1] + 1:
            ends[-1] = last
        else:
            starts.append(first)
            ends.append(last)
    return Coverage(tuple(starts), tuple(ends))
