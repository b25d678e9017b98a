"""What the tests of applications share: an authority over an empty register."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from support.cases import Bench
from support.databases import compiled_once, database, postgres, sqlite_template

from issuer.adapters.database import Database

__all__ = ["compiled_once", "database", "postgres", "sqlite_template"]


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh register, for tests in which the database plays no part."""
    return f"sqlite:///{copy(sqlite_template, tmp_path / 'register.db')}"


@pytest.fixture
def bench(sqlite_url: str) -> Iterator[Bench]:
    """A Swedish authority and one seafarer who holds nothing."""
    database = Database.open(sqlite_url)
    yield Bench.open(database)
    database.close()
