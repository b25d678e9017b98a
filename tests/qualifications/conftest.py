"""An authority that takes reports, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.databases import compiled_once, database, database_url, postgres, sqlite_template
from support.records import RecordsOffice

from issuer.adapters.database import Database

__all__ = ["compiled_once", "database", "database_url", "postgres", "sqlite_template"]


@pytest.fixture
def office(database: Database) -> RecordsOffice:
    """Ingrid is in the register; everybody may report."""
    return RecordsOffice.open(database)


@pytest.fixture
def small_office(sqlite_template: Path, tmp_path: Path) -> Iterator[RecordsOffice]:
    """The same on SQLite alone, for what no database decides."""
    path = shutil.copy(sqlite_template, tmp_path / "register.db")
    opened = Database.open(f"sqlite:///{path}")
    yield RecordsOffice.open(opened)
    opened.close()
