"""Signature checks on all processors: `cryptography` lets go of the interpreter while it computes.

The caller's thread takes its share: it would only wait, and one thread less is started.
"""

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

    def holds(check: Callable[[], None]) -> bool:
        try:
            check()
        except InvalidSignature:
            return False
        return True

    return side_by_side(holds, checks)


def side_by_side(check: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """`check` of each item, in their order; raises the ValueError that the first one to fail raises.

    `check` must change nothing that another one reads. A thread takes the next item that nobody has taken:
    items differ in how long they take, and processors that others use too in how fast they are.
    """
    found: dict[int, Result] = {}
    failed: dict[int, ValueError] = {}
    untaken = iter(range(len(items)))  # one for all: what a thread takes from it, no other gets

    def work() -> None:
        for number in untaken:
            try:
                found[number] = check(items[number])
            except ValueError as error:
                failed[number] = error
                return  # whatever is untaken comes after

    _share(work, _threads(len(items)))
    if failed:
        raise failed[min(failed)]
    return [found[number] for number in range(len(items))]


def _threads(items: int) -> int:
    """How many are worth while."""
    return max(1, min(MOST_THREADS, os.cpu_count() or 1, items // FEW))


def _share(work: Callable[[], None], threads: int) -> None:
    """Do the work on this thread, and on others beside it."""
    if threads < 2:
        work()
        return
    from concurrent.futures import ThreadPoolExecutor  # 4 ms, which a check of one credential can do without

    with ThreadPoolExecutor(threads - 1) as pool:
        others = [pool.submit(work) for _ in range(threads - 1)]
        work()
    for other in others:
        other.result()
