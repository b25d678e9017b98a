"""Measure areas one after the other, each in a process of its own: no heap of one slows the next."""

import importlib
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from benchmarks.row import Row


def measured(areas: Sequence[str]) -> Iterator[Row]:
    """The rows of each area, as they come."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as fresh:
        for area in areas:
            print(f"  measuring: {area} …", file=sys.stderr, flush=True)
            yield from fresh.submit(_rows, area).result()


def _rows(area: str) -> list[Row]:
    return list(importlib.import_module(f"benchmarks.{area}").rows())
