"""Golomb-Rice coding of a status array: the places that are not valid, in about as few bits as there can be.

For each of the states 1 to 3 the gaps between its places are Rice coded (Rice 1979): quotients in unary, the
remainders apart from them as bit planes, which whole-number and string operations read many at a time. Where
that saves nothing, the array itself. The bytes are those of docs/sea-pack-format.md, section 1, which
`rice_reading` reads.
"""

import re
from collections.abc import Sequence
from typing import Final

from verifier.rice_reading import MAX_PARAMETER, MAX_SIZE, RiceError, decode, usual_parameter

__all__ = ["MAX_SIZE", "RiceError", "apply_changes", "decode", "encode", "encode_changes"]

_PLACED: Final = re.compile(rb"[^\0]", re.DOTALL)
# What a byte of the array holds: (place, state) of its entries that are not valid.
_ENTRIES: Final = tuple(
    tuple((place, state) for place in range(4) if (state := byte >> 2 * place & 3)) for byte in range(256)
)


def encode(states: bytes) -> bytes:
    """Code an array of two bits an entry, as `pack_states` makes it. Raises ValueError for no such array."""
    size = len(states) * 4
    if not 0 < size <= MAX_SIZE or size % 8:
        raise ValueError(f"an array of {len(states)} bytes; 2 to {MAX_SIZE // 4}, an even number, are coded")
    gaps = _gaps(states)
    parameters = [_parameter(one, size) for one in gaps]
    bits = [_header(len(one), parameter, size) for one, parameter in zip(gaps, parameters, strict=True)]
    for one, parameter in zip(gaps, parameters, strict=True):
        low = (1 << parameter) - 1
        bits += map("".join, zip(*(f"{gap & low:0{parameter}b}" for gap in one if parameter), strict=True))
    for one, parameter in zip(gaps, parameters, strict=True):
        bits += ["0" * (gap >> parameter) + "1" for gap in one]
    text = "".join(bits)
    length = -(-len(text) // 8)
    if length >= len(states):
        return states
    return int(text.ljust(8 * length, "0"), 2).to_bytes(length, "big")


def encode_changes(before: bytes, after: bytes) -> bytes:
    """Code what differs between two arrays of one size. Raises ValueError."""
    if len(before) != len(after):
        raise ValueError(f"arrays of {len(before)} and {len(after)} bytes: only arrays of one size differ")
    return encode(_differ(before, after))


def apply_changes(before: bytes, data: bytes) -> bytes:
    """The array after the changes in `data`. Raises RiceError."""
    return _differ(before, decode(data, len(before) * 4))


def _differ(one: bytes, other: bytes) -> bytes:
    number = int.from_bytes(one, "little") ^ int.from_bytes(other, "little")
    return number.to_bytes(len(one), "little")


# Writing


def _gaps(states: bytes) -> tuple[list[int], list[int], list[int]]:
    """For each of the states 1, 2 and 3: how many entries lie between one of its places and the next."""
    gaps: tuple[list[int], list[int], list[int]] = ([], [], [])
    last = [-1, -1, -1]
    for match in _PLACED.finditer(states):
        first = match.start() * 4
        for place, state in _ENTRIES[states[match.start()]]:
            gaps[state - 1].append(first + place - last[state - 1] - 1)
            last[state - 1] = first + place
    return gaps


def _parameter(gaps: Sequence[int], size: int) -> int:
    """The parameter that codes these gaps in the fewest bits, not counting that it must be named."""
    if not gaps:
        return 0
    best = usual = usual_parameter(len(gaps), size)
    fewest = _bits(gaps, usual)
    for step in (-1, 1):
        parameter = usual + step
        while 0 <= parameter <= MAX_PARAMETER and (bits := _bits(gaps, parameter)) < fewest:
            best, fewest = parameter, bits
            parameter += step
    return best if fewest + 5 < _bits(gaps, usual) else usual


def _bits(gaps: Sequence[int], parameter: int) -> int:
    return len(gaps) * (parameter + 1) + sum(gap >> parameter for gap in gaps)


def _header(count: int, parameter: int, size: int) -> str:
    """How many places in Elias's gamma code, then whether the parameter is the usual one."""
    number = f"{count + 1:b}"
    gamma = "0" * (len(number) - 1) + number
    if not count:
        return gamma
    return gamma + ("0" if parameter == usual_parameter(count, size) else f"1{parameter:05b}")
