"""What the issuer's tests share: a desk over an empty register, on SQLite and on PostgreSQL."""

import pytest
from support.databases import database, database_url, postgres, sqlite_template
from support.desk import Desk
from support.issuer_cli import extract, run, sealed

from issuer.adapters.database import Database

__all__ = ["database", "database_url", "extract", "postgres", "run", "sealed", "sqlite_template"]


@pytest.fixture
def desk(database: Database) -> Desk:
    """An authority's services over an empty register."""
    return Desk.open(database)
