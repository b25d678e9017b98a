"""Signature checks on all processors: `cryptography` lets go of the interpreter while it computes."""

import os
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from cryptography.exceptions import InvalidSignature

Item = TypeVar("Item")
Result = TypeVar("Result")

FEW: Final = 8  # to start a thread takes as long as a check or two
MOST_THREADS: Final = 4


def which_hold(checks: Sequence[Callable[[], None]]) -> list[bool]:
    """Which `pending` signatures hold, in their order.

    The threads do nothing but compute: with more between two checks they wait for each other's interpreter
    lock, and to be woken takes about as long as a check.
    """
    return _shared(_held, checks)


def side_by_side(check: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """`check` of each item, in their order; raises what the first one to fail raises.

    `check` must change nothing that another one reads.
    """
    return _shared(lambda share: [check(item) for item in share], items)


def _shared(work: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item]) -> list[Result]:
    threads = min(MOST_THREADS, os.cpu_count() or 1, len(items) // FEW)
    if threads < 2:
        return work(items)
    size = -(-len(items) // threads)
    shares = [items[start : start + size] for start in range(0, len(items), size)]
    from concurrent.futures import ThreadPoolExecutor  # 4 ms, which a check of one credential can do without

    with ThreadPoolExecutor(threads) as pool:
        return [result for done in pool.map(work, shares) for result in done]


def _held(checks: Sequence[Callable[[], None]]) -> list[bool]:
    found = []
    for check in checks:
        try:
            check()
            found.append(True)
        except InvalidSignature:
            found.append(False)
    return found
