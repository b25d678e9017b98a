"""Status arrays to measure, and how few bytes can tell such arrays apart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import lgamma, log
from random import Random

STATES = 4


def random_states(size: int, count: int, mix: Sequence[int], seed: int = 1) -> bytes:
    """The raw array of `size` entries of which `count` are not valid, in the states 1 to 3 by `mix`."""
    random = Random(seed)
    return changed(bytes(size // 4), random.sample(range(size), count), mix, seed)


def changed(states: bytes, indices: Iterable[int], mix: Sequence[int], seed: int = 1) -> bytes:
    """The array after some entries have left the state they were in for one by `mix`."""
    random, array = Random(seed), bytearray(states)
    for idx in indices:
        place = 2 * (idx & 3)
        old = array[idx >> 2] >> place & 3
        while (new := random.choices((1, 2, 3), mix)[0]) == old:
            mix = mix if sum(mix) > mix[new - 1] else (1, 1, 1)
        array[idx >> 2] ^= (old ^ new) << place
    return bytes(array)


def bound(states: bytes) -> float:
    """Bytes that tell apart all arrays with as many entries in each state: a multinomial coefficient."""
    return _multinomial(_count((byte, 0) for byte in states).values())


def change_bound(before: bytes, after: bytes) -> float:
    """Bytes that tell apart all changes of `before` with as many entries from each state to each other."""
    moves = _count(zip(after, before, strict=True))
    return sum(
        _multinomial([count for (_, old), count in moves.items() if old == state]) for state in range(STATES)
    )


def _count(bytes_of: Iterable[tuple[int, int]]) -> Counter[tuple[int, int]]:
    """How many entries of two bits are in each pair of states."""
    entries: Counter[tuple[int, int]] = Counter()
    for (one, other), count in Counter(bytes_of).items():
        for place in (0, 2, 4, 6):
            entries[one >> place & 3, other >> place & 3] += count
    return entries


def _multinomial(counts: Iterable[int]) -> float:
    """log256 of n! / (n1! n2! …)."""
    counts = [*counts]
    return (lgamma(sum(counts) + 1) - sum(lgamma(count + 1) for count in counts)) / log(256)
