"""Which schema a database has, and whether this version can work with it: asked by every command.

Alembic is not needed for that, and takes as long to import as many a command runs.
"""

from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect

from issuer.adapters import address
from issuer.adapters.schema import metadata
from issuer.domain.errors import DatabaseUnusable

MIGRATIONS: Final = Path(__file__).parent / "migrations"
TABLE: Final = "alembic_version"


@cache
def known() -> frozenset[str]:
    """The schemas of this version and of those before it: `0024_deadlines.py` makes 0024."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return frozenset(file.name.partition("_")[0] for file in files)


@cache
def head() -> str:
    """This version's schema."""
    return max(known())


def revision(connection: Connection) -> str | None:
    """The schema's number, as Alembic keeps it; None where there is no register. Raises DatabaseUnusable."""
    if not inspect(connection).has_table(TABLE):
        return None
    found = connection.exec_driver_sql(f"SELECT version_num FROM {TABLE}").scalars().all()  # noqa: S608
    if len(found) > 1:  # Alembic's for branches, of which no version of ours has any
        raise DatabaseUnusable(
            f"the database {address.shown(connection.engine.url)} is damaged: it says of itself that it has "
            f"the schemas {', '.join(sorted(map(str, found)))}",
            hint="restore a backup",
        )
    return found[0] if found else None


def revision_of(connection: Connection) -> str:
    """The schema's number. Raises DatabaseUnusable where there is no register."""
    found = revision(connection)
    if found is None:
        raise no_register(connection.engine)
    return found


def revision_problem(connection: Connection) -> str | None:
    """Why a process of this version cannot work on this schema; None when it can.

    A newer one is fine for whoever is at work already: changes only add (decision 0028).
    """
    found = revision(connection)
    if found is None:
        return "there is no register in this database any more"
    if found in known() and found != head():
        return f"the schema is {found}, this version's is {head()}"
    return None


def standing(engine: Engine, *, create: bool) -> str | None:
    """The schema that there is, which may be an older or a newer one; None where a register is to be made.

    Raises DatabaseUnusable for what is no register of ours and, unless `create`, where there is none: a
    command in the wrong folder must not make an empty one and blame what it looked for.
    """
    if not create:
        _refuse_missing_file(engine)
    with engine.connect() as connection:
        found = revision(connection)
        _refuse_foreign(connection, found)
    if found is None and not create:
        raise no_register(engine)
    return found


def _refuse_missing_file(engine: Engine) -> None:
    """SQLite makes a missing file as soon as it is opened."""
    if engine.dialect.name != "sqlite":
        return
    file = address.sqlite_file(engine.url)
    if file is None or not file.exists():
        raise no_register(engine)


def _refuse_foreign(connection: Connection, before: str | None) -> None:
    """Nothing is put beside another program's tables, and nothing is done with half a register."""
    found = set(inspect(connection).get_table_names()) - {TABLE}
    ours = set(metadata.tables)
    later = revision(connection)  # another process may have made the register between the two looks
    where = address.shown(connection.engine.url)
    if later is None and (found if connection.dialect.name == "sqlite" else found & ours):
        raise DatabaseUnusable(
            f"the database {where} belongs to another program",
            hint="use another OMBORD_DATABASE_URL: a register has a database of its own",
        )
    missing = sorted(ours - found)
    if before == head() and missing:
        raise DatabaseUnusable(
            f"the database {where} is damaged: there is no table {', '.join(missing)}",
            hint="restore a backup",
        )


def refuse_newer(found: str | None) -> None:
    """Raises DatabaseUnusable for a schema that a later version made."""
    if found is None or found in known():
        return
    raise DatabaseUnusable(
        f"the database has schema {found}, which this version of Ombord does not know",
        hint="it was written by a newer version: install that one, or use another OMBORD_DATABASE_URL",
    )


def no_register(engine: Engine) -> DatabaseUnusable:
    """What is said where a register should be."""
    return DatabaseUnusable(
        f"there is no register at {address.shown(engine.url)}",
        hint="set OMBORD_DATABASE_URL to the register's address; `ombord-issuer import` makes a new one",
    )
