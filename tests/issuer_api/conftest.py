"""What the HTTP tests share: one authority's application in this process, on each kind of database."""

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from support.databases import PostgresServer, compiled_once, database_url, postgres, sqlite_template
from support.in_process import client_of
from support.issuer_app import KEYS, HandClock, Office, issuer_settings, register, two_certificates

from issuer.app import WHOLE, Part, build
from issuer.composition import compose
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.settings import Settings

__all__ = ["compiled_once", "database_url", "postgres", "sqlite_template"]  # fixtures


@pytest.fixture
def parts(request: pytest.FixtureRequest) -> Collection[Part]:
    """Of the application of `office`: what a module's tests ask for, since each test has one made."""
    if request.path.name.startswith(("test_machine", "test_metrics")):
        return WHOLE
    if request.path.name.startswith("test_sync"):
        return (Part.EVERYBODY,)
    return Part.EVERYBODY, Part.OPERATORS


@pytest.fixture
def office(database_url: str, parts: Collection[Part]) -> Iterator[Office]:
    """An authority whose address has a path."""
    with _open(issuer_settings(database_url), parts=parts) as office:
        yield office


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shared_office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """An authority for all tests of a module that leave clock and certificates as they are."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("shared") / "register.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        with _open(issuer_settings(f"sqlite:///{path}")) as office:
            yield office
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.bare_database() as url, _open(issuer_settings(url)) as office:
        yield office


@pytest.fixture(scope="module")
def module_office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An authority with a host of its own, for tests each of which has an organisation of its own."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("module") / "register.db")
    with _open(issuer_settings(f"sqlite:///{path}", base_url="https://certificates.example")) as office:
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


@pytest.fixture
def office_without_pass(sqlite_url: str) -> Iterator[Office]:
    """An authority that has no key for the pass."""
    with _open(issuer_settings(sqlite_url), replace(KEYS, pass_kid=None)) as office:
        yield office


@contextmanager
def _open(
    settings: Settings, keys: AuthorityKeys = KEYS, parts: Collection[Part] = WHOLE
) -> Iterator[Office]:
    clock = HandClock()
    services = compose(settings, keys=keys, clock=clock)
    register(services.database, clock, settings, *two_certificates())
    with client_of(build(services, parts), settings.base_url) as client:
        yield Office(settings, services.database, clock, client)
