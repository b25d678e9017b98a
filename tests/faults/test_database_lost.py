"""The database goes away under the process, or its disk is full: clear refusals, and then nothing is lost."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.faults_cluster import Cluster
from support.faults_hooks import Fault
from support.faults_nursery import Ended
from support.faults_rounds import SEED, Stage, play, rounds
from support.faults_workload import WORKLOADS

SMALL_DISK = 8_000  # kB
LIMIT = 500_000  # bytes: a register has more, but not its log when the limit comes


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room; skips where nobody may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def points(stage: Stage, workload: str, count: int) -> list[int]:
    """Where it happens, spread over the whole workload."""
    found = list(range(1, stage.unharmed(workload)[0] + 1))
    random.Random(f"{SEED} {workload}").shuffle(found)
    return found[:count]


def assert_was_told(runs: list[Ended]) -> None:
    """Whoever could not be served was told that it was the database, or the folder."""
    assert runs[0].fault is not None
    for key, said in runs[0].refusals:
        assert said.startswith(("database-unusable: ", "store-unusable: ")), f"{key} was told {said}"


@pytest.mark.postgres
def test_sessions_that_the_server_ends_are_opened_again(postgres_stage: Stage) -> None:
    for workload in ("lost phone", "life", "bulk in parts")[: rounds(1, 3)]:
        for at in points(postgres_stage, workload, rounds(1, 0.1)):
            fault = Fault(at, "terminate", postgres_stage.fresh())
            runs = play(postgres_stage, workload, [fault])
            assert_was_told(runs)
            assert len(runs[0].answers) == len(WORKLOADS[workload]), "asking again was not enough"


@pytest.mark.postgres
def test_server_stopped_as_by_a_power_cut_had_all_that_was_acknowledged(
    server: Cluster, postgres_stage: Stage
) -> None:
    for workload in ("bulk", "life", "lost phone")[: rounds(1, 3)]:
        for at in points(postgres_stage, workload, rounds(1, 0.1)):
            fault = Fault(at, "run", server.stop_command)
            runs = play(postgres_stage, workload, [fault], mend=server.start)
            assert_was_told(runs)


def test_full_disk_is_told_and_loses_nothing(
    sqlite_stage: Stage, small_disk: Path, sqlite_template: Path
) -> None:
    def fresh() -> str:
        for path in small_disk.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return f"sqlite:///{shutil.copy(sqlite_template, small_disk / 'register.db')}"

    stage = Stage("sqlite", fresh, small_disk, sqlite_stage.parent, sqlite_stage.folder)
    for workload in ("life", "lost phone")[: rounds(1, 2)]:
        for at in points(stage, workload, rounds(1, 0.15)):
            fault = Fault(at, "fill", str(small_disk))
            runs = play(stage, workload, [fault], mend=(small_disk / "ballast").unlink)
            assert runs[0].refusals, "there was room"


def test_files_that_may_not_grow_are_told_and_lose_nothing(sqlite_stage: Stage) -> None:
    for at in points(sqlite_stage, "life", rounds(1, 0.1)):
        assert_was_told(play(sqlite_stage, "life", [Fault(at, "limit", str(LIMIT))]))
