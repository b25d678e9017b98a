"""Bring a database to this version's schema with Alembic, or say why that cannot be."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import sleep

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import OperationalError

from issuer.adapters import address, indexing
from issuer.adapters.schema import metadata
from issuer.domain.errors import DatabaseUnusable

MIGRATIONS = Path(__file__).parent / "migrations"
ATTEMPTS = 60  # to get the locks that a migration needs
LOCK_TIMEOUT = "500ms"  # for one of them
PAUSE = 0.2  # seconds, more with each attempt
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL, appendix A
_ADVISORY_LOCK = 0x6F6D_626F_7264  # "ombord": two servers that start at once migrate one after the other


def configuration(connection: Connection, in_use: Collection[str] = ()) -> Config:
    """Alembic's configuration for one open connection; there is no alembic.ini to forget.

    Indexes of tables that are in use are left out of the transaction: see `indexing`.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["in_use"] = in_use
    return config


def upgrade(engine: Engine, *, create: bool) -> bool:
    """Apply the migrations that are missing; returns whether they made a register where there was none.

    Raises DatabaseUnusable for a database from a newer version, and, unless `create`, for one without a
    register: a command in the wrong folder must not make an empty one and blame what it looked for.
    """
    if not create:
        _refuse_missing_file(engine)
    with engine.connect() as connection:
        before = _revision(connection)
        _refuse_foreign(connection, before)
        if before is None and not create:
            raise _no_register(engine)
    if before != _head():
        before = _migrate(engine)
    indexing.settle(engine)
    return before is None


def _migrate(engine: Engine) -> str | None:
    """Apply what is missing in one transaction; returns the schema that there was.

    Whoever waits for a lock on a table makes all who come later wait too. So nobody waits for one longer than
    a moment: all is undone then, and tried again (decision 0028). Raises DatabaseUnusable at last.
    """
    for attempt in range(ATTEMPTS):
        try:
            with engine.connect() as connection, rebuilding(connection):
                return _migrate_once(connection.execution_options(ombord_write=True))
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            sleep(PAUSE * min(attempt + 1, 10))
    raise DatabaseUnusable(
        f"the database {address.shown(engine.url)} is too busy to be brought to schema {_head()}: a long "
        "transaction holds one of its tables",
        hint="end it (SELECT pid, query FROM pg_stat_activity), then try again; nothing was changed",
    )


def _migrate_once(connection: Connection) -> str | None:
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        _refuse_newer(connection)
        before = _revision(connection)
        in_use = inspect(connection).get_table_names() if connection.dialect.name == "postgresql" else ()
        command.upgrade(configuration(connection, in_use), "head")
        refuse_broken_references(connection)
    return before


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """SQLite changes a column by copying its table, whose references must not be enforced meanwhile.

    That is set before a transaction or not at all (sqlite.org/lang_altertable.html, section 7).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None, "the connection is open"  # noqa: S101
    enforced = driver.execute("PRAGMA foreign_keys").fetchone()[0]
    driver.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        driver.execute(f"PRAGMA foreign_keys={enforced}").close()


def refuse_broken_references(connection: Connection) -> None:
    """What enforcement would have refused; the transaction is undone with this."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise DatabaseUnusable(
            f"the database {address.shown(connection.engine.url)} is damaged: table {broken[0]} refers to "
            f"what is not in {broken[2]}",
            hint="nothing was changed; restore a backup",
        )


def revision_problem(connection: Connection) -> str | None:
    """Why a process of this version cannot work on this schema; None when it can.

    A newer one is fine for whoever is at work already: changes only add (decision 0028).
    """
    found = _revision(connection)
    if found is None:
        return "there is no register in this database any more"
    if found in _known() and found != _head():
        return f"the schema is {found}, this version's is {_head()}"
    return None


def revision_of(connection: Connection) -> str:
    """The schema's number. Raises DatabaseUnusable where there is no register."""
    found = _revision(connection)
    if found is None:
        raise _no_register(connection.engine)
    return found


def make_schema(connection: Connection, revision: str) -> None:
    """An earlier version's schema, or this one's, in an empty database, within the caller's transaction.

    Raises DatabaseUnusable for a database with anything in it, and for a schema of a later version.
    """
    if inspect(connection).get_table_names():
        raise DatabaseUnusable(
            f"the database {address.shown(connection.engine.url)} is not empty",
            hint="restore into a new one: what is there is neither overwritten nor mixed with a backup",
        )
    if revision not in _known():
        raise _newer(revision)
    command.upgrade(configuration(connection), revision)


@cache
def _known() -> frozenset[str]:
    return frozenset(one.revision for one in _scripts().walk_revisions())


@cache
def _head() -> str:
    head = _scripts().get_current_head()
    assert head is not None, "the package ships at least one migration"  # noqa: S101
    return head


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_missing_file(engine: Engine) -> None:
    """SQLite makes a missing file as soon as it is opened."""
    if engine.dialect.name != "sqlite":
        return
    file = address.sqlite_file(engine.url)
    if file is None or not file.exists():
        raise _no_register(engine)


def _no_register(engine: Engine) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"there is no register at {address.shown(engine.url)}",
        hint="set OMBORD_DATABASE_URL to the register's address; `ombord-issuer import` makes a new one",
    )


def _refuse_foreign(connection: Connection, revision: str | None) -> None:
    """Nothing is put beside another program's tables, and nothing is done with half a register."""
    found = set(inspect(connection).get_table_names()) - {"alembic_version"}
    ours = set(metadata.tables)
    later = _revision(connection)  # another process may have made the register between the two looks
    where = address.shown(connection.engine.url)
    if later is None and (found if connection.dialect.name == "sqlite" else found & ours):
        raise DatabaseUnusable(
            f"the database {where} belongs to another program",
            hint="use another OMBORD_DATABASE_URL: a register has a database of its own",
        )
    missing = sorted(ours - found)
    if revision == _head() and missing:
        raise DatabaseUnusable(
            f"the database {where} is damaged: there is no table {', '.join(missing)}",
            hint="restore a backup",
        )


def _refuse_newer(connection: Connection) -> None:
    revision = _revision(connection)
    if revision is None:
        return
    try:
        _scripts().get_revision(revision)
    except CommandError as error:
        raise _newer(revision) from error


def _newer(revision: str) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"the database has schema {revision}, which this version of Ombord does not know",
        hint="it was written by a newer version: install that one, or use another OMBORD_DATABASE_URL",
    )
