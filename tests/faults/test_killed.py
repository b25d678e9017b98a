"""`kill -9` before and after every step of issuing, revoking, publishing and logging: nothing is lost.

Each round: a process works through requests and is killed at one point; perhaps one that finishes is killed
too; a last one repeats every request with its idempotency key. Then the invariants of docs/faults.md hold.
"""

import os
import random

import pytest
from support.faults_hooks import Fault
from support.faults_rounds import ROUNDS, SEED, Stage, play
from support.faults_workload import WORKLOADS

ALONE = os.environ.get("OMBORD_FAULT_ROUND")  # one round's number: that one alone
AGAIN = 0.3  # of rounds in which whoever finishes is killed too


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def stage(request: pytest.FixtureRequest) -> Stage:
    found: Stage = request.getfixturevalue("sqlite_stage" if request.param == "sqlite" else "postgres_stage")
    return found


def chosen(stage: Stage, number: int) -> tuple[str, list[Fault]]:
    """Workloads in turn; of each, every point once before any comes twice."""
    turn, which = divmod(number, len(WORKLOADS))
    workload = list(WORKLOADS)[which]
    points = list(range(1, stage.unharmed(workload)[0] + 1))
    random.Random(f"{SEED} {turn // len(points)}").shuffle(points)
    draw = random.Random(f"{SEED} {number}")
    again = [Fault(draw.randrange(1, 60))] if draw.random() < AGAIN else []
    return workload, [Fault(points[turn % len(points)]), *again]


def test_nothing_is_lost_doubled_or_left_unlogged_wherever_the_process_is_killed(
    stage: Stage, request: pytest.FixtureRequest
) -> None:
    short = (2, 5) if stage.kind == "sqlite" else (3, 4)  # the suite: other workloads play in other tests
    for number in [int(ALONE)] if ALONE else range(ROUNDS) if ROUNDS else short:
        try:
            play(stage, *chosen(stage, number))
        except AssertionError as error:
            error.add_note(
                f"seed {SEED}, round {number}; to repeat it alone:\n"
                f"  OMBORD_FAULT_SEED={SEED} OMBORD_FAULT_ROUND={number} .venv/bin/pytest tests/faults "
                f"-k {request.node.callspec.id}"
            )
            raise
