"""Reed-Solomon erasure shares over GF(2⁸): any K different shares of a content give it back.

Each column of the content's K rows is taken for the values, at 0 … K-1, of the one polynomial of degree
below K that fits; share n is the polynomials' values at n. So the first K shares are the rows themselves,
and there are 256 different ones (the systematic form of the code in Reed and Solomon's own paper, 1960).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

MAX_SHARES: Final = 256  # as many as the field has elements

_POLYNOMIAL: Final = 0x11D  # x⁸ + x⁴ + x³ + x² + 1, as in QR codes themselves; 2 is a primitive element
_ORDER: Final = 255


def _powers() -> Iterator[int]:
    """Of 2, twice over, so that a sum of two logarithms needs no remainder."""
    power = 1
    for _ in range(2 * _ORDER):
        yield power
        power <<= 1
        if power > 0xFF:
            power ^= _POLYNOMIAL


_EXP: Final = bytes(_powers())
_LOG: Final = (0, *(_EXP.index(element) for element in range(1, 256)))
_LOGS: Final = bytes(_LOG[1:])


def share(rows: Sequence[bytes], index: int) -> bytes:
    """Share `index` (0-255) of a content in rows of one length."""
    if index < len(rows):
        return rows[index]
    return _interpolated(dict(enumerate(rows)), (index,))[0]


def restore(shares: Mapping[int, bytes], needed: int) -> list[bytes]:
    """The rows of the content, from exactly `needed` shares of one length by their index."""
    missing = tuple(index for index in range(needed) if index not in shares)
    found = dict(zip(missing, _interpolated(shares, missing), strict=True)) if missing else {}
    return [shares[index] if index in shares else found[index] for index in range(needed)]


def _interpolated(known: Mapping[int, bytes], wanted: Sequence[int]) -> list[bytes]:
    """The polynomials' values at each of `wanted`, none of which is known (Lagrange)."""
    places = tuple(known)
    # Logarithms of the denominators: the product of all differences from one place to the others.
    below = [sum([_LOG[place ^ other] for other in places if other != place]) for place in places]
    size = len(known[places[0]])
    values = []
    for at in wanted:
        above = [_LOG[at ^ place] for place in places]
        whole = sum(above)
        total = 0
        for place, own, denominator in zip(places, above, below, strict=True):
            times = _times((whole - own - denominator) % _ORDER)
            total ^= int.from_bytes(known[place].translate(times), "big")
        values.append(total.to_bytes(size, "big"))
    return values


@cache  # at most 255 of them
def _times(log: int) -> bytes:
    """The products of 2^log with every element, as a table of translation."""
    return b"\0" + _LOGS.translate(_EXP[log : log + _ORDER] + b"\0")
