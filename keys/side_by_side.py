"""Signature checks on all processors: `cryptography` lets go of the interpreter while it computes."""

import os
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

FEW: Final = 8  # to start a thread takes as long as a check or two
MOST_THREADS: Final = 4


def which_hold(checks: Sequence[Callable[[], None]]) -> list[bool]:
    """Which `pending` signatures hold, in their order.

    The threads do nothing but compute: with more between two checks they wait for each other's interpreter
    lock, and to be woken takes about as long as a check.
    """
    from cryptography.exceptions import InvalidSignature

    def compute(share: Sequence[Callable[[], None]]) -> list[bool]:
        found = []
        for check in share:
            try:
                check()
                found.append(True)
            except InvalidSignature:
                found.append(False)
        return found

    threads = min(MOST_THREADS, os.cpu_count() or 1, len(checks) // FEW)
    if threads < 2:
        return compute(checks)
    size = -(-len(checks) // threads)
    first, *others = [checks[start : start + size] for start in range(0, len(checks), size)]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(others)) as pool:
        meanwhile = [pool.submit(compute, share) for share in others]
        return [held for share in (compute(first), *(one.result() for one in meanwhile)) for held in share]


def side_by_side(check: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """`check` of each item, in their order; raises what the first one to fail raises.

    `check` must change nothing that another one reads.
    """
    threads = min(MOST_THREADS, os.cpu_count() or 1, len(items) // FEW)
    if threads < 2:
        return [check(item) for item in items]
    size = -(-len(items) // threads)
    shares = [items[start : start + size] for start in range(0, len(items), size)]
    from concurrent.futures import ThreadPoolExecutor  # 4 ms, which a check of one credential can do without

    with ThreadPoolExecutor(threads) as pool:
        done = pool.map(lambda share: [check(item) for item in share], shares)
        return [result for share in done for result in share]
