"""One authority's database: SQLite with one writer (the embedded default) or PostgreSQL; its clear errors."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from issuer.adapters.address import shown, sqlite_file
from issuer.adapters.leases import Leases
from issuer.adapters.migrating import upgrade
from issuer.domain.errors import DatabaseUnusable

BUSY_SECONDS = 15  # how long a writer waits for another process (an operator's command beside `serve`)
CACHE_KB = 32_000  # SQLite's 2 MB are too little for the random serials and indices of a large register
PAGE_BYTES = 8_192  # of a new database: two signed texts fill one; half as many pages are written
CHECKPOINT_PAGES = 4_000  # 32 MB of log: pages that a bulk run changes five times are copied back once
_WRITE = "ombord_write"
_WAIT = "ombord_wait"


class Database:
    """Transactions on the register. `read()` and `write()` each give a connection inside one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.is_new = False  # opening it made it
        self._writer = threading.Lock()  # SQLite: threads queue here rather than poll the file's lock
        self.leases = Leases()
        self._mine = threading.local()  # `.connection`: of the transaction that this thread writes in

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> "Database":
        """Connect and bring the schema up to this version; raises DatabaseUnusable with what to do.

        Without `create`, that there is no register is an error too.
        """
        parsed = _parse(url)
        database = cls.bare(url)
        try:
            with _explained(parsed):
                database.is_new = upgrade(database.engine, create=create)
        except DBAPIError as error:  # what nobody foresaw, at a moment when nothing was begun
            database.close()
            said = str(error.orig).splitlines()[0] if str(error.orig) else type(error.orig).__name__
            raise DatabaseUnusable(
                f"the database {shown(parsed)} cannot be used: {said}",
                hint="check OMBORD_DATABASE_URL, or restore a backup",
            ) from error
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def bare(cls, url: str) -> "Database":
        """A database as it is, with whatever schema or none: to be filled. Raises DatabaseUnusable."""
        parsed = _parse(url)
        return cls(
            _sqlite_engine(parsed) if parsed.get_backend_name() == "sqlite" else _server_engine(parsed)
        )

    @property
    def address(self) -> str:
        """Where it is, for people: no password."""
        return shown(self.engine.url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot; nothing is written. Within this thread's `write()` it sees what that did."""
        outer = self._outer
        if outer is not None:
            yield outer
            return
        with _explained(self.engine.url), self._session() as connection:
            yield connection

    @contextmanager
    def write(self, *, wait: bool = True) -> Iterator[Connection]:
        """One transaction that commits when the block ends well (SQLite: BEGIN IMMEDIATE, one writer).

        Within another `write()` of the same thread the block joins that transaction: both commit together,
        and when the block fails alone, what it did is undone alone.
        Without `wait`, a crash of the host may lose the transaction, though never one that waited after it.
        """
        outer = self._outer
        if outer is not None:
            assert self._mine.wait or not wait, "what waits for the disk joins what waits"  # noqa: S101
            with outer.begin_nested():
                yield outer
            return
        with _explained(self.engine.url), self._transaction(wait) as connection:
            self._mine.connection, self._mine.wait = connection, wait
            try:
                yield connection
            finally:
                self._mine.connection = None

    @contextmanager
    def lease(self) -> Iterator[int]:
        """A number that says in whose hand something is, while this worker lives and the block goes on.

        On PostgreSQL the thread works through one session as long as that is: it holds the lease.
        """
        if self.is_sqlite:
            with self.leases.held(None) as number:
                yield number
            return
        with (
            _explained(self.engine.url),
            self.engine.connect() as session,
            self.leases.held(session) as number,
        ):
            self._mine.session = session
            try:
                yield number
            finally:
                self._mine.session = None

    @contextmanager
    def session(self) -> Iterator[None]:
        """On PostgreSQL one session for all that this thread does in the block: it is asked for once."""
        if self.is_sqlite or self._outer is not None or getattr(self._mine, "session", None) is not None:
            yield
            return
        with _explained(self.engine.url), self.engine.connect() as session:
            self._mine.session = session
            try:
                yield
            finally:
                self._mine.session = None

    @property
    def is_writing(self) -> bool:
        """Whether this thread is inside `write()`: what must commit by itself cannot begin there."""
        return self._outer is not None

    @property
    def _outer(self) -> Connection | None:
        found: Connection | None = getattr(self._mine, "connection", None)
        return found

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        """The one of this thread's lease, or any; with no transaction begun."""
        own: Connection | None = getattr(self._mine, "session", None)
        if own is None:
            with self.engine.connect() as connection:
                yield connection
            return
        try:
            yield own
        finally:
            own.rollback()  # what was read, if anything; a transaction that was begun has ended

    @contextmanager
    def _transaction(self, wait: bool) -> Iterator[Connection]:
        if not self.is_sqlite:
            with self._session() as connection, connection.begin():
                if not wait:
                    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
                yield connection
            return
        with self._writer, self.engine.connect() as connection:
            connection = connection.execution_options(**{_WRITE: True, _WAIT: wait})
            with connection.begin():
                yield connection

    @contextmanager
    def removed_unless_filled(self) -> Iterator[None]:
        """Close it after the block; when that fails, no SQLite file is left that was not there before."""
        file = sqlite_file(self.engine.url) if self.is_sqlite else None
        is_ours = file is not None and not file.exists()
        try:
            yield
        except BaseException:
            self.close()
            if file is not None and is_ours:
                for ending in ("", "-wal", "-shm"):
                    file.with_name(file.name + ending).unlink(missing_ok=True)
            raise
        self.close()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


@contextmanager
def any_text(connection: Connection) -> Iterator[None]:
    """Read also what is no UTF-8 (SQLite keeps whatever is put there): such bytes become surrogates."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        yield
        return
    raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = str  # the connection goes back to all others


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUnusable("database_url is no database address", hint=_HINT_URL) from error
    if parsed.drivername not in _DRIVERS:
        raise DatabaseUnusable(f"database_url: {parsed.drivername} is not supported", hint=_HINT_URL)
    if parsed.get_backend_name() == "sqlite" and sqlite_file(parsed) is None:
        raise DatabaseUnusable(
            "database_url: a register in memory would be gone with the process", hint=_HINT_URL
        )
    return parsed.set(drivername=_DRIVERS[parsed.drivername])


_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


_HINT_URL = "use sqlite:///FILE or postgresql://USER@HOST/DATABASE"


def _server_engine(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")
    except (NoSuchModuleError, ImportError) as error:
        raise DatabaseUnusable(
            "the PostgreSQL driver is missing", hint="pip install 'ombord[issuer]'"
        ) from error


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:
    """Durable and strict; transactions are begun by us, since sqlite3 begins them late and deferred."""
    del record
    connection.isolation_level = None
    for pragma in (
        f"page_size={PAGE_BYTES}",  # an existing database keeps its own
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=FULL",
        f"cache_size=-{CACHE_KB}",
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(_WRITE, False):
        connection.exec_driver_sql("BEGIN")
        return
    # NORMAL writes the log's file without waiting for it; the next FULL waits for all that is in it.
    connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options.get(_WAIT, True) else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


# What the drivers say, and what that means for an operator.
_COMPLAINTS = (
    ("unable to open database file", "cannot be opened: its folder is missing or closed to this user",
     "create the folder, or change OMBORD_DATABASE_URL"),
    ("readonly database", "is read-only", "give this user write access to the file and its folder"),
    ("read-only transaction", "is read-only", "connect to the primary server"),
    ("database is locked", "is locked by another process", "wait for it to finish, then try again"),
    ("file is not a database", "is not a database file", "check OMBORD_DATABASE_URL, or restore a backup"),
    ("deadlock detected", "was asked for the same rows from two sides", "try again; nothing was changed"),
    ("malformed", "is damaged", "restore a backup"),
    ("disk is full", "cannot grow: the disk is full", "make room; nothing was lost"),
    ("disk i/o error", "cannot be read or written", "check the disk; nothing that was committed is lost"),
    ("no space left on device", "cannot grow: the disk is full", "make room; nothing was lost"),
    ("terminating connection", "ended our session", "try again; what was not answered is finished then"),
    ("closed the connection", "went away in mid-sentence", "start the server, then try again"),
    ("connection is lost", "went away in mid-sentence", "start the server, then try again"),
    ("connection is closed", "went away in mid-sentence", "start the server, then try again"),
    ("is shutting down", "is being stopped", "start the server, then try again"),
    ("is starting up", "is being started", "wait a moment, then try again"),
    ("recovery mode", "is being started after a crash", "wait a moment, then try again"),
    ("too many clients", "has no connection left", "start fewer workers, or raise max_connections"),
    ("connection slots", "has no connection left", "start fewer workers, or raise max_connections"),
    ("connection refused", "is not reachable", "start the server, or check OMBORD_DATABASE_URL"),
    ("no such file or directory", "is not reachable", "start the server, or check OMBORD_DATABASE_URL"),
    ("failed to resolve host", "is not reachable", "check the host in OMBORD_DATABASE_URL"),
    ("authentication failed", "refuses this user", "check user and password in OMBORD_DATABASE_URL"),
    ("does not exist", "does not exist on the server", "create it: createdb NAME"),
)  # fmt: skip


@contextmanager
def _explained(url: URL) -> Iterator[None]:
    """Turn what a driver says about the whole database into one clear error; all else passes through."""
    try:
        yield
    except DBAPIError as error:
        text = str(error.orig).lower()
        for words, meaning, hint in _COMPLAINTS:
            if words in text and not text.startswith("no such"):
                raise DatabaseUnusable(f"the database {shown(url)} {meaning}", hint=hint) from error
        raise
