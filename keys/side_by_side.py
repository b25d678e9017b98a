"""Signature checks on all processors: `cryptography` lets go of the interpreter while it computes."""

import os
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

FEW: Final = 8  # to start a thread takes as long as a check or two
MOST_THREADS: Final = 4


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
