"""`kill -9` before and after every step of issuing, revoking, publishing and logging: nothing is lost.

Each round: a process works through requests and is killed at one point; perhaps one that finishes is killed
too; a last one repeats every request with its idempotency key. Then docs/faults.md's invariants hold.
"""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.databases import PostgresServer
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
from support.faults_workload import WORKLOADS, later

SEED = int(os.environ.get("OMBORD_FAULT_SEED", "2026"))
ROUNDS = int(os.environ.get("OMBORD_FAULT_ROUNDS", "8"))
ALONE = os.environ.get("OMBORD_FAULT_ROUND")  # one round's number: that one alone
AGAIN = 0.3  # of rounds in which whoever finishes is killed too


@dataclass
class Stage:
    """A kind of database: a fresh register for each round, and how its workloads end if nobody is killed."""

    kind: str
    fresh: Callable[[], str]
    folder: Path
    parent: Nursery

    def __post_init__(self) -> None:
        self.unharmed = lru_cache(self._unharmed)

    def run(self, url: str, workload: str, kill_at: int | None, hours: int) -> Ended:
        ended = self.parent.run(
            Order(
                workload=workload,
                database_url=url,
                folder=str(self.folder / "published"),
                record=str(self.folder / "record"),
                kill_at=kill_at,
                hours=hours,
            )
        )
        assert ended.error is None, ended.error
        return ended

    def _unharmed(self, workload: str) -> tuple[int, Outline]:
        shutil.rmtree(self.folder / "published", ignore_errors=True)
        url = self.fresh()
        points = self.run(url, workload, None, 0).points
        return points, outline(Rows(url))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, parent: Nursery
) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")

        def fresh() -> str:
            for path in folder.glob("register.db*"):
                path.unlink()
            return f"sqlite:///{shutil.copy(template, folder / 'register.db')}"

        yield Stage("sqlite", fresh, folder, parent)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    yield Stage("postgresql", server.emptied, folder, parent)


def chosen(stage: Stage, number: int) -> tuple[str, int, int | None]:
    """Which workload a round runs, and where it is killed: every point once before any comes twice."""
    points = [(name, at) for name in WORKLOADS for at in range(1, stage.unharmed(name)[0] + 1)]
    draw = random.Random(f"{SEED} {number // len(points)}")
    draw.shuffle(points)
    workload, at = points[number % len(points)]
    draw = random.Random(f"{SEED} {number}")
    return workload, at, draw.randrange(1, 60) if draw.random() < AGAIN else None


def play(stage: Stage, number: int) -> None:
    workload, kill_at, again_at = chosen(stage, number)
    wanted = stage.unharmed(workload)[1]
    shutil.rmtree(stage.folder / "published", ignore_errors=True)
    url = stage.fresh()
    rows, requests = Rows(url), WORKLOADS[workload]

    runs: list[Ended] = []
    seen: list[Any] = []
    for hours, at in enumerate([kill_at, *([again_at] if again_at else []), None]):
        runs.append(stage.run(url, workload, at, hours))
        seen.append(published(stage.folder / "published"))
    where = [one.killed for one in runs if one.killed]
    try:
        last = runs[-1]
        for before in runs[:-1]:
            check_answers(rows, before.answers, last.answers)
            assert list(before.answers) == [one.key for one in requests][: len(before.answers)]
        check_answers(rows, last.answers, last.answers)
        check_signed(rows, [one for run in runs for one in run.signed])
        check_register(rows)
        for ended, shown in zip(runs, seen, strict=True):
            check_promised(requests, ended.answers, shown)
        for earlier, after in pairwise(seen):
            check_no_regress(earlier, after, lifted=workload == "life")
        check_published(rows, seen[-1])
        check_verdicts(rows, seen[-1], later(len(runs)))
        check_same(outline(rows), wanted)
    except AssertionError as error:
        error.add_note(
            f"{stage.kind}, seed {SEED}, round {number}: {workload}, killed at {where}; to repeat it alone:\n"
            f"  OMBORD_FAULT_SEED={SEED} OMBORD_FAULT_ROUND={number} "
            f".venv/bin/pytest tests/faults/test_killed.py -k {stage.kind}"
        )
        raise


def test_nothing_is_lost_doubled_or_left_unlogged_wherever_the_process_is_killed(stage: Stage) -> None:
    numbers = range(ROUNDS) if ALONE is None else [int(ALONE)]
    for number in numbers:
        play(stage, number)
