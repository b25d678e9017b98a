"""Golomb-Rice coding of a status array: the places that are not valid, in about as few bits as there can be.

For each of the states 1 to 3 the gaps between its places are Rice coded (Rice 1979): quotients in unary, the
remainders apart from them as bit planes, which whole-number and string operations read many at a time. Where
that saves nothing, the array itself. The bytes are those of docs/sea-pack-format.md, section 1.
"""

import re
import sys
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, compress, islice, repeat
from operator import sub
from typing import Final, NamedTuple

MAX_SIZE: Final = 1 << 24  # entries; the most that a status list token may have
_MAX_PARAMETER: Final = 24  # no gap is longer than the longest list

_PLACED: Final = re.compile(rb"[^\0]", re.DOTALL)
_NUMBERS: Final = bytes(byte & 1 for byte in range(256))  # from ASCII digits to the numbers 0 and 1
_INVERTED: Final = bytes(~byte & 1 for byte in range(256))  # to 1 and 0
_MASKS: Final = tuple(tuple(state << 2 * place for place in range(4)) for state in range(4))
# What a byte of the array holds: (place, state) of its entries that are not valid.
_ENTRIES: Final = tuple(
    tuple((place, state) for place in range(4) if (state := byte >> 2 * place & 3)) for byte in range(256)
)


class RiceError(ValueError):
    """Bytes that code no status array of this size."""


class _Gaps(NamedTuple):
    """One state's places: how many, and the Rice parameter that their gaps are coded with."""

    places: int
    parameter: int


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


def decode(data: bytes, size: int) -> bytes:
    """The array of `size` entries that `data` codes. Raises RiceError.

    Time and memory are bounded by `size`; nothing may be left over, out of range or said twice.
    """
    if not 0 < size <= MAX_SIZE or size % 8:
        raise RiceError(f"a list of {size} entries; a multiple of 8 up to {MAX_SIZE} is read")
    if len(data) >= size // 4:
        if len(data) > size // 4:
            raise RiceError(f"{len(data)} bytes code no more than {size // 4} bytes of states")
        return data
    bits = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}".encode("ascii")
    lists, at = _read_headers(bits, size)
    end = bits.rfind(b"1") + 1
    quotients = at + sum(one.places * one.parameter for one in lists)
    count = sum(one.places for one in lists)
    if len(bits) - end >= 8 or bits.count(b"1", quotients) != count:
        raise RiceError("cut off, or with something after its end")
    return _place(bits[at:quotients], bits[quotients:end].translate(_NUMBERS), lists, size)


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


def _usual(count: int, size: int) -> int:
    """The parameter that is best for places without a pattern: floor(log2(2 ln φ · size / count)).

    In whole numbers, 2 ln φ = 0.9624 being 63072 / 65536, so that every decoder finds the same.
    """
    return max(0, (size * 63_072 // (count << 16)).bit_length() - 1)


def _parameter(gaps: Sequence[int], size: int) -> int:
    """The parameter that codes these gaps in the fewest bits, not counting that it must be named."""
    if not gaps:
        return 0
    best = usual = _usual(len(gaps), size)
    fewest = _bits(gaps, usual)
    for step in (-1, 1):
        parameter = usual + step
        while 0 <= parameter <= _MAX_PARAMETER and (bits := _bits(gaps, parameter)) < fewest:
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
    return gamma + ("0" if parameter == _usual(count, size) else f"1{parameter:05b}")


# Reading


def _read_headers(bits: bytes, size: int) -> tuple[list[_Gaps], int]:
    """The three lists that follow, and where they start. `bits` are ASCII digits."""
    lists, at = [], 0
    for _ in range(3):
        one = bits.find(b"1", at)
        end = 2 * one - at + 1
        if one < 0 or one - at > _MAX_PARAMETER or end > len(bits):
            raise RiceError("cut off before its lists begin")
        count = int(bits[one:end], 2) - 1
        if count > size:
            raise RiceError(f"{count} places in a list of {size} entries")
        parameter, at = _read_parameter(bits, end, count, size) if count else (0, end)
        lists.append(_Gaps(count, parameter))
    if at + sum(one.places * (one.parameter + 1) for one in lists) > len(bits):
        raise RiceError("cut off: there are fewer bits than places")
    return lists, at


def _read_parameter(bits: bytes, at: int, count: int, size: int) -> tuple[int, int]:
    usual = _usual(count, size)
    if bits[at : at + 1] == b"0":
        return usual, at + 1
    named = int(bits[at : at + 6] or b"0", 2) & 31
    if at + 6 > len(bits) or named > _MAX_PARAMETER or named == usual:
        raise RiceError("a Rice parameter that is out of range, or named without need")
    return named, at + 6


def _remainders(planes: bytes, at: int, count: int, parameter: int) -> Iterable[int]:
    """The numbers whose planes of `count` bits (a byte each), the highest first, start at `at`."""
    if not parameter:
        return repeat(0, count)
    groups = []  # of up to 8 planes, which make one byte of every number; the lowest is the last
    for plane in range(parameter, 0, -1):
        if plane % 8 == 0 or plane == parameter:
            number = 0
        number = number << 1 | int.from_bytes(planes[at : at + count], "big")
        if plane % 8 == 1:
            groups.append(number.to_bytes(count, "big"))
        at += count
    if len(groups) == 1:
        return groups[0]
    numbers = array("H" if len(groups) == 2 else "I")
    width = numbers.itemsize
    lanes = bytearray(width * count)
    for place, group in enumerate(reversed(groups)):
        lanes[place if sys.byteorder == "little" else width - 1 - place :: width] = group
    numbers.frombytes(lanes)
    return numbers


def _place(planes: bytes, quotients: bytes, lists: Sequence[_Gaps], size: int) -> bytes:
    """Set each list's places to its state. `planes` are ASCII digits, `quotients` the numbers 0 and 1.

    A quotient is the distance of two ones, so the place of the i-th gap is where the i-th one stands, times
    2^parameter, less what all remainders up to there lack of 2^parameter - 1.
    """
    states, at, bits = bytearray(size // 4), 0, iter(quotients)
    lacking, end = planes.translate(_INVERTED), len(quotients) + 1
    try:
        for masks, (places, parameter) in zip(_MASKS[1:], lists, strict=True):
            ones = islice(
                compress(range((1 << parameter) - 1, end << parameter, 1 << parameter), bits), places
            )
            lacks = accumulate(_remainders(lacking, at, places, parameter))
            for place in map(sub, ones, lacks):
                byte = place >> 2
                if not states[byte]:
                    states[byte] = masks[place & 3]
                elif states[byte] & _MASKS[3][place & 3]:
                    raise RiceError(f"entry {place} with two states")
                else:
                    states[byte] |= masks[place & 3]
            at += places * parameter
    except IndexError:
        raise RiceError(f"a place outside the list of {size} entries") from None
    return bytes(states)
