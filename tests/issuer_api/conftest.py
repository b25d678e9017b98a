"""What the HTTP tests share: one authority's application in this process, on each kind of database."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.databases import database_url, postgres, sqlite_template
from support.in_process import client_of
from support.issuer_app import KEYS, HandClock, Office, issuer_settings, register, two_certificates

from issuer.app import build
from issuer.composition import compose
from issuer.settings import Settings

__all__ = ["database_url", "postgres", "sqlite_template"]  # fixtures


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    """An authority whose address has a path."""
    with _open(issuer_settings(database_url)) as office:
        yield office


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A register for tests in which the database plays no part."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'register.db')}"


@pytest.fixture
def rootless_office(sqlite_url: str) -> Iterator[Office]:
    """An authority with a host of its own."""
    with _open(issuer_settings(sqlite_url, base_url="https://certificates.example")) as office:
        yield office


@pytest.fixture
def closed_office(sqlite_url: str) -> Iterator[Office]:
    """An authority that set no operator token."""
    with _open(issuer_settings(sqlite_url, operator_token=None)) as office:
        yield office


@contextmanager
def _open(settings: Settings) -> Iterator[Office]:
    clock = HandClock()
    services = compose(settings, keys=KEYS, clock=clock)
    register(services.database, clock, settings, *two_certificates())
    with client_of(build(services), settings.base_url) as client:
        yield Office(settings, services.database, clock, client)
