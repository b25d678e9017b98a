"""Reading a Golomb-Rice coded status array: strictly, and many places with each operation.

Python's whole numbers are as long as one likes, so a list of places is one number, 32 bits (a lane) for each
place: remainders are put together from their bit planes, and gaps summed up, for thousands of places at once.
The bytes are those of docs/sea-pack-format.md, section 1.
"""

import sys
from array import array
from collections.abc import Sequence
from typing import Final, NamedTuple

MAX_SIZE: Final = 1 << 24  # entries; the most that a status list token may have
MAX_PARAMETER: Final = 24  # no gap is longer than the longest list

_LANE: Final = 32  # bits, of which a place needs 24
_LOWEST: Final = (1 << _LANE) - 1  # the last lane
_MOST: Final = 4_096  # places at once: numbers of 16 kB
_ONES: Final = int.from_bytes(b"\0\0\0\1" * _MOST, "big")
_BYTES: Final = int.from_bytes(b"\0\xff\xff\xff" * _MOST, "big")
_FROM_DIGITS: Final = b"\0\1" * 128  # from ASCII digits to the numbers 0 and 1
# What the byte of an entry gets, by its state and the lowest byte of its place.
_MASKS: Final = tuple(bytes(state << 2 * place for place in range(4)) * 64 for state in range(4))


class RiceError(ValueError):
    """Bytes that code no status array of this size."""


class _Gaps(NamedTuple):
    """One state's places: how many, and the Rice parameter that their gaps are coded with."""

    places: int
    parameter: int


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
    bits = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}"
    lists, at = _read_headers(bits, size)
    end = bits.rfind("1") + 1
    quotients = at + sum(one.places * one.parameter for one in lists)
    if len(bits) - end >= 8:
        raise RiceError("with something after its end")
    planes = bits[at:quotients].encode("ascii").translate(_FROM_DIGITS)
    return _place(planes, bits[quotients:end], lists, size)


def usual_parameter(count: int, size: int) -> int:
    """The parameter that is best for places without a pattern: floor(log2(2 ln φ · size / count)).

    In whole numbers, 2 ln φ = 0.9624 being 63072 / 65536, so that every decoder finds the same.
    """
    return max(0, (size * 63_072 // (count << 16)).bit_length() - 1)


def _read_headers(bits: str, size: int) -> tuple[list[_Gaps], int]:
    """The three lists that follow, and where they start."""
    lists, at = [], 0
    for _ in range(3):
        one = bits.find("1", at)
        end = 2 * one - at + 1
        if one < 0 or one - at > MAX_PARAMETER or end > len(bits):
            raise RiceError("cut off before its lists begin")
        count = int(bits[one:end], 2) - 1
        if count > size:
            raise RiceError(f"{count} places in a list of {size} entries")
        parameter, at = _read_parameter(bits, end, count, size) if count else (0, end)
        lists.append(_Gaps(count, parameter))
    if at + sum(one.places * (one.parameter + 1) for one in lists) > len(bits):
        raise RiceError("cut off: there are fewer bits than places")
    return lists, at


def _read_parameter(bits: str, at: int, count: int, size: int) -> tuple[int, int]:
    usual = usual_parameter(count, size)
    if bits[at : at + 1] == "0":
        return usual, at + 1
    named = int(bits[at : at + 6] or "0", 2) & 31
    if at + 6 > len(bits) or named > MAX_PARAMETER or named == usual:
        raise RiceError("a Rice parameter that is out of range, or named without need")
    return named, at + 6


def _place(planes: bytes, quotients: str, lists: Sequence[_Gaps], size: int) -> bytes:
    """Set each list's places to its state. `planes` are the numbers 0 and 1, `quotients` ASCII digits."""
    states, at, plane = bytearray(size // 4), 0, 0
    for state, (places, parameter) in enumerate(lists, 1):
        done = after = 0  # places of this state, and the entry after the last of them
        while done < places:
            # So few that the sum of their remainders stays within its lane.
            runs, end = _runs(quotients, at, min(places - done, _MOST, 1 << 31 - parameter))
            count = len(runs)
            if not count or end - at - count << parameter >= size:
                raise RiceError("cut off, or a place outside the list")
            gaps = (_lengths(runs) << parameter) + _remainders(planes, plane + done, places, count, parameter)
            found = _summed(gaps, count, after)
            after = (found & _LOWEST) + 1
            if after > size:
                raise RiceError(f"a place outside the list of {size} entries")
            _set(states, found, count, _MASKS[state])
            done, at = done + count, end
        plane += places * parameter
    if at != len(quotients):
        raise RiceError("with something after its end")
    return bytes(states)


def _runs(quotients: str, at: int, most: int) -> tuple[list[str], int]:
    """The next quotients, at most so many, each as its zeros; and where they end."""
    whole = quotients.find("1", at) + 1  # one run may be longer than many usually are together
    window = quotients[at : max(whole, at + 2 * _MOST)]
    runs = window.split("1", most)
    return runs, at + len(window) - len(runs.pop())


def _lengths(runs: Sequence[str]) -> int:
    """The lengths of these texts, a lane each."""
    try:
        lengths = bytes(map(len, runs))
    except ValueError:  # one of more than 255, as where places have a pattern
        return int.from_bytes(b"".join(len(run).to_bytes(4, "big") for run in runs), "big")
    lanes = bytearray(4 * len(runs))
    lanes[3::4] = lengths
    return int.from_bytes(lanes, "big")


def _remainders(planes: bytes, at: int, places: int, count: int, parameter: int) -> int:
    """`count` numbers, a lane each, from their planes of `places` bits, the highest first, from `at` on."""
    lanes, number = bytearray(4 * count), 0
    for plane in reversed(range(parameter)):
        number = number << 1 | int.from_bytes(planes[at : at + count], "big")
        at += places
        if plane % 8 == 0:  # with up to 8 planes, a byte of each number
            lanes[3 - plane // 8 :: 4] = number.to_bytes(count, "big")
            number = 0
    return int.from_bytes(lanes, "big")


def _summed(gaps: int, count: int, after: int) -> int:
    """The places, a lane each, that have these gaps between them; the first gap begins at `after`."""
    sums = gaps + (_ONES >> _LANE * (_MOST - count)) + (after - 1 << _LANE * (count - 1))
    step = _LANE
    while step < _LANE * count:  # each lane is the sum of twice as many every time
        sums += sums >> step
        step *= 2
    return sums


def _set(states: bytearray, found: int, count: int, masks: bytes) -> None:
    """Give a state to the places found, a lane each. Raises RiceError for one that has a state."""
    inside = found.to_bytes(4 * count, "big")[3::4].translate(masks)
    bytes_ = found >> 2 & _BYTES >> _LANE * (_MOST - count)  # without two bits of the lane above
    numbers = array("I", bytes_.to_bytes(4 * count, "big"))
    if sys.byteorder == "little":
        numbers.byteswap()
    for byte, mask in zip(numbers, inside, strict=True):
        if not states[byte]:
            states[byte] = mask
        elif states[byte] & 3 << (mask.bit_length() - 1 & 6):
            raise RiceError(f"entry {4 * byte + (mask.bit_length() - 1) // 2} with two states")
        else:
            states[byte] |= mask
