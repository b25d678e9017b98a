"""What the tests of applications share: an authority over an empty register, on SQLite and on PostgreSQL."""

import pytest
from support.cases import Bench
from support.databases import database, database_url, postgres, sqlite_template

from issuer.adapters.database import Database

__all__ = ["database", "database_url", "postgres", "sqlite_template"]


@pytest.fixture
def bench(database: Database) -> Bench:
    """A Swedish authority and one seafarer who holds nothing."""
    return Bench.open(database)
