"""An authority that takes reports, on SQLite and on PostgreSQL."""

import pytest
from support.databases import database, database_url, postgres, sqlite_template
from support.records import RecordsOffice

from issuer.adapters.database import Database

__all__ = ["database", "database_url", "postgres", "sqlite_template"]


@pytest.fixture
def office(database: Database) -> RecordsOffice:
    """Ingrid is in the register; everybody may report."""
    return RecordsOffice.open(database)
