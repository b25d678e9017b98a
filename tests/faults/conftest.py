"""What the tests of faults share: registers to use up, and the parent of processes that are killed."""

from collections.abc import Iterator

import pytest
from support.databases import database, database_url, postgres, sqlite_template
from support.faults_nursery import Nursery, nursery

__all__ = ["database", "database_url", "postgres", "sqlite_template"]


@pytest.fixture(scope="session")
def parent() -> Iterator[Nursery]:
    """Forks the processes that are killed."""
    with nursery() as one:
        yield one
