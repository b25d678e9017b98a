"""One round: a process works and something goes wrong, others finish and repeat, and then all must hold."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from support.faults_hooks import Fault
from support.faults_invariants import (
    check_answers,
    check_no_regress,
    check_promised,
    check_published,
    check_register,
    check_same,
    check_signed,
    check_verdicts,
)
from support.faults_nursery import Ended, Nursery, Order
from support.faults_register import Outline, Rows, outline, published
from support.faults_workload import UNAPPROVED, WORKLOADS, later

SEED: Final = int(os.environ.get("OMBORD_FAULT_SEED", "2026"))
ROUNDS: Final = int(os.environ.get("OMBORD_FAULT_ROUNDS", "0"))  # 0: the suite's few


_UNHARMED: Final[dict[tuple[str, str], tuple[int, Outline, list[int]]]] = {}
_OUTLINES: Final[dict[str, Outline]] = {}


def rounds(in_the_suite: int, part: float = 1.0) -> int:
    """How many rounds to play: as many as were asked for, or a part of them, or the suite's."""
    return max(1, int(ROUNDS * part)) if ROUNDS else in_the_suite


@dataclass
class Stage:
    """A kind of database: a fresh register for each round, and how its workloads end when all is well."""

    kind: str
    fresh: Callable[[], str]
    folder: Path  # for what is published
    parent: Nursery
    notes: Path  # for what processes tell: not on the disk that is going to fail

    @property
    def published(self) -> Path:
        return self.folder / "published"

    @property
    def record(self) -> Path:
        return self.notes / "record"

    def run(self, url: str, workload: str, fault: Fault | None, hours: int, flushes: bool = False) -> Ended:
        """One process's life."""
        order = Order(
            workload=workload,
            database_url=url,
            folder=str(self.published),
            record=str(self.record),
            fault=fault,
            hours=hours,
            flushes=flushes,
        )
        ended = self.parent.run(order)
        assert ended.error is None, ended.error
        return ended

    def unharmed(self, workload: str) -> tuple[int, Outline, list[int]]:
        """How many points there are, what the register says in the end, and the points just after answers.

        What it says is the same on both databases; how many questions that takes is not.
        """
        of = self.kind, workload
        if of not in _UNHARMED:
            self.clear()
            url = self.fresh()
            ended = self.run(url, workload, None, 0)
            assert not ended.refusals, ended.refusals
            answers = [count + 1 for count in ended.acknowledged if count < ended.points]
            said = outline(Rows(url))
            check_same(said, _OUTLINES.setdefault(workload, said))
            _UNHARMED[of] = ended.points, said, answers
        return _UNHARMED[of]

    def clear(self) -> None:
        shutil.rmtree(self.published, ignore_errors=True)


def play(
    stage: Stage,
    workload: str,
    faults: Sequence[Fault],
    *,
    mend: Callable[[], object] = lambda: None,
    flushes: bool = False,
) -> list[Ended]:
    """A process for each fault, `mend`, then one to which nothing happens; all invariants hold at the end."""
    wanted = stage.unharmed(workload)[1]
    stage.clear()
    url = stage.fresh()
    rows, requests = Rows(url), WORKLOADS[workload]
    runs: list[Ended] = []
    seen: list[Any] = []
    for hours, fault in enumerate([*faults, None]):
        if fault is None:
            mend()
        runs.append(stage.run(url, workload, fault, hours, flushes))
        seen.append(published(stage.published))
    try:
        last = runs[-1]
        assert not last.refusals, f"refused when all was well again: {last.refusals}"
        for ended in runs:
            check_answers(rows, ended.answers, last.answers)
        signed = [one for run in runs for one in run.signed]
        check_signed(rows, signed, UNAPPROVED.get(workload, ()))
        check_register(rows)
        for ended, shown in zip(runs, seen, strict=True):
            check_promised(requests, ended.answers, shown)
        for earlier, after in pairwise(seen):
            check_no_regress(earlier, after, lifted=workload == "life")
        check_published(rows, seen[-1])
        check_verdicts(rows, seen[-1], later(len(runs)))
        check_same(outline(rows), wanted)
    except AssertionError as error:
        error.add_note(f"{workload}: {[one.fault for one in runs if one.fault]}")
        raise
    return runs
