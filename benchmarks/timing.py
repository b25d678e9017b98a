"""Paired timing on a noisy machine: two things in turn, the median of the ratios pair by pair."""

import gc
from collections.abc import Callable
from statistics import median
from time import perf_counter

ROUNDS = 41
BATCH_SECONDS = 0.02


Call = Callable[[], object]


def speed_ratio(subject: Call, reference: Call, rounds: int = ROUNDS) -> float:
    """How fast `subject` is against `reference`: 1 is as fast, 0.5 takes twice the time.

    Both run in batches of about 20 ms, one after the other, so that a change of the machine's speed
    meets both; the median of the batch ratios is the figure.
    """
    subject_count, reference_count = _batch_size(subject), _batch_size(reference)
    ratios = []
    enabled = gc.isenabled()
    gc.disable()
    try:
        for _ in range(rounds):
            spent = _seconds(subject, subject_count) / subject_count
            needed = _seconds(reference, reference_count) / reference_count
            ratios.append(needed / spent)
    finally:
        if enabled:
            gc.enable()
    return median(ratios)


def _batch_size(call: Call) -> int:
    """Calls that take about BATCH_SECONDS; measuring them also warms the caches."""
    count = 1
    while (seconds := _seconds(call, count)) < BATCH_SECONDS / 4:
        count *= 2
    return max(1, round(count * BATCH_SECONDS / seconds))


def _seconds(call: Call, count: int) -> float:
    start = perf_counter()
    for _ in range(count):
        call()
    return perf_counter() - start
