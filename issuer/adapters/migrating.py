"""Bring a database to this version's schema with Alembic, or say why that cannot be.

Alembic itself is imported by whoever migrates: it takes longer than most commands have work to do.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import OperationalError

from issuer.adapters import address, indexing, revisions
from issuer.domain.errors import DatabaseUnusable

if TYPE_CHECKING:
    from alembic.config import Config

ATTEMPTS = 60  # to get the locks that a migration needs
LOCK_TIMEOUT = "500ms"  # for one of them
PAUSE = 0.2  # seconds, more with each attempt
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL, appendix A
_ADVISORY_LOCK = 0x6F6D_626F_7264  # "ombord": two servers that start at once migrate one after the other


def configuration(connection: Connection, in_use: Collection[str] = ()) -> "Config":
    """Alembic's configuration for one open connection; there is no alembic.ini to forget.

    Indexes of tables that are in use are left out of the transaction: see `indexing`.
    """
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(revisions.MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["in_use"] = in_use
    return config


def upgrade(engine: Engine, *, create: bool) -> bool:
    """Apply the migrations that are missing; returns whether they made a register where there was none.

    Raises DatabaseUnusable for a database from a newer version, and, unless `create`, for one without a
    register.
    """
    before = revisions.standing(engine, create=create)
    if before != revisions.head():
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
        f"the database {address.shown(engine.url)} is too busy to be brought to schema "
        f"{revisions.head()}: a long transaction holds one of its tables",
        hint="end it (SELECT pid, query FROM pg_stat_activity), then try again; nothing was changed",
    )


def _migrate_once(connection: Connection) -> str | None:
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        before = revisions.revision(connection)
        revisions.refuse_newer(before)
        in_use = inspect(connection).get_table_names() if connection.dialect.name == "postgresql" else ()
        _apply(connection, revisions.head(), in_use)
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


def make_schema(connection: Connection, revision: str) -> None:
    """An earlier version's schema, or this one's, in an empty database, within the caller's transaction.

    Raises DatabaseUnusable for a database with anything in it, and for a schema of a later version.
    """
    if inspect(connection).get_table_names():
        raise DatabaseUnusable(
            f"the database {address.shown(connection.engine.url)} is not empty",
            hint="restore into a new one: what is there is neither overwritten nor mixed with a backup",
        )
    revisions.refuse_newer(revision)
    _apply(connection, revision)


def _apply(connection: Connection, revision: str, in_use: Collection[str] = ()) -> None:
    from alembic import command

    command.upgrade(configuration(connection, in_use), revision)
