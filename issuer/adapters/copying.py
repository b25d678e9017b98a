"""Rows into PostgreSQL by binary COPY, within a connection's transaction: half the time of inserting them."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, String, Table
from sqlalchemy.exc import DBAPIError

# A binary COPY must be told the columns' types; the first that fits.
_TYPES: Final = ((BigInteger, "int8"), (Integer, "int4"), (LargeBinary, "bytea"), (String, "text"))


def copy_in(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Each row's values in the order of `columns`. Raises what SQLAlchemy's own statements raise."""
    import psycopg  # takes a while to load, and SQLite needs none

    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection), "the one driver that there is"  # noqa: S101
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    try:
        with raw.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.set_types([_type(table, name) for name in columns])
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def _type(table: Table, name: str) -> str:
    kind = table.c[name].type
    return next(found for python, found in _TYPES if isinstance(kind, python))
