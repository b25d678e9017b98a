"""Signature checks on all processors: `cryptography` lets go of the interpreter while it computes.

The caller's thread takes its share: it would only wait, and one thread less is started.
"""

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from cryptography.exceptions import InvalidSignature

Item = TypeVar("Item")
Result = TypeVar("Result")

FEW: Final = 8  # to start a thread takes as long as a check or two
MOST_THREADS: Final = 4


def which_hold(checks: Sequence[Callable[[], None]]) -> list[bool]:
    """Which `pending` signatures hold, in their order.

    The threads do nothing but compute: with more between two checks they wait for each other's interpreter
    lock, and to be woken takes about as long as a check. Each takes the next check that nobody has taken, for
    keys of different algorithms, and processors that others use too, differ in speed.
    """
    held = [False] * len(checks)
    untaken = iter(range(len(checks)))  # one for all: what a thread takes from it, no other gets

    def work() -> None:
        for number in untaken:
            try:
                checks[number]()
            except InvalidSignature:
                continue
            held[number] = True

    _shared([work] * _threads(len(checks)))
    return held


def side_by_side(check: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """`check` of each item, in their order; raises what the first one to fail raises.

    `check` must change nothing that another one reads.
    """
    size = -(-len(items) // _threads(len(items)))

    def work(start: int) -> list[Result]:
        return [check(item) for item in items[start : start + size]]

    shares = [partial(work, start) for start in range(0, len(items), size)] if items else []
    return [result for done in _shared(shares) for result in done]


def _threads(items: int) -> int:
    """How many are worth while."""
    return max(1, min(MOST_THREADS, os.cpu_count() or 1, items // FEW))


def _shared(work: Sequence[Callable[[], Result]]) -> list[Result]:
    """What each returns, the first on this thread; raises what the first of them to fail raises."""
    if len(work) < 2:
        return [one() for one in work]
    from concurrent.futures import ThreadPoolExecutor  # 4 ms, which a check of one credential can do without

    with ThreadPoolExecutor(len(work) - 1) as pool:
        others = [pool.submit(one) for one in work[1:]]
        return [work[0](), *(other.result() for other in others)]
