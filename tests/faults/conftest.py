"""What the tests of faults share: registers to use up, and the parent of processes that are killed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.databases import compiled_once, sqlite_template
from support.faults_cluster import Cluster, cluster
from support.faults_nursery import Nursery, nursery
from support.faults_rounds import Stage

__all__ = ["compiled_once", "sqlite_template"]


@pytest.fixture(scope="session")
def parent() -> Iterator[Nursery]:
    """Forks the processes that are killed."""
    with nursery() as one:
        yield one


@pytest.fixture(scope="module")
def sqlite_stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, parent: Nursery) -> Stage:
    """A fresh SQLite register for each round."""
    folder = tmp_path_factory.mktemp("sqlite")

    def fresh() -> str:
        for path in folder.glob("register.db*"):
            path.unlink()
        return f"sqlite:///{shutil.copy(sqlite_template, folder / 'register.db')}"

    return Stage("sqlite", fresh, folder, parent, folder)


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A PostgreSQL server that tests may stop."""
    with cluster() as one:
        yield one


@pytest.fixture(scope="module")
def postgres_stage(server: Cluster, tmp_path_factory: pytest.TempPathFactory, parent: Nursery) -> Stage:
    """A PostgreSQL register that is emptied for each round."""
    folder = tmp_path_factory.mktemp("postgresql")
    return Stage("postgresql", server.emptied, folder, parent, folder)
