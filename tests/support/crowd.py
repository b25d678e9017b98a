"""Many at once: threads that start together, as wallets and workers do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

CROWD = 8
Result = TypeVar("Result")


def at_once(act: Callable[[int], Result], crowd: int = CROWD) -> list[Result]:
    """`act(0)` … `act(crowd - 1)`, started together."""
    start = Barrier(crowd)

    def run(number: int) -> Result:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(crowd) as pool:
        return list(pool.map(run, range(crowd)))
