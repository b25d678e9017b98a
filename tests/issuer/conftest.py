"""What the issuer's tests share: a desk over an empty register, on SQLite and on PostgreSQL."""

import pytest
from support.databases import compiled_once, database, database_url, postgres, sqlite_template
from support.desk import Desk
from support.issuer_cli import extract, run, sealed
from support.object_stores import answering, answering_process, credentials, s3, s3_process

from issuer.adapters.database import Database

__all__ = [
    "answering",
    "answering_process",
    "compiled_once",
    "credentials",
    "database",
    "database_url",
    "extract",
    "postgres",
    "run",
    "s3",
    "s3_process",
    "sealed",
    "sqlite_template",
]


@pytest.fixture
def desk(database: Database) -> Desk:
    """An authority's services over an empty register."""
    return Desk.open(database)
