"""Back up a register: every row of one snapshot, and by what to tell that they are all there again.

Rows are written as canonical JSON in the order of their keys, so that the digest of a table is the same on
SQLite and on PostgreSQL, before and after. Tables are those that the database has, whatever they will be.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Column, Connection, MetaData, String, Table, collate, select

from issuer.adapters import log_store
from issuer.adapters.backup_files import Add, BackupUnusable, Recipient, finish, writing
from issuer.adapters.database import Database
from issuer.adapters.revisions import revision_of
from issuer.adapters.tables import audit_head
from issuer.services.clock import Clock
from issuer.settings import Settings
from keys.encoding import Json, json_dumps

FORMAT: Final = "ombord-backup"
VERSION: Final = 1
SCHEMA, SUMMARY = "schema.json", "manifest.json"  # the first piece and the last
ROWS: Final = 2_000  # in one piece
APART: Final = frozenset(("alembic_version",))  # the schema's number is in the summary


class TableSum(NamedTuple):
    """How many rows a table has, and the digest of them all."""

    rows: int
    sha256: str


class Summary(NamedTuple):
    """By what to tell that a register is the one that was backed up."""

    issuer: str
    made_at: str
    schema: str
    tables: dict[str, TableSum]
    log_size: int
    log_root: str
    events: int
    audit_head: str
    checkpoint: str | None

    def said(self) -> dict[str, Json]:
        """As it is written down."""
        tables: dict[str, Json] = {
            name: {"rows": one.rows, "sha256": one.sha256} for name, one in self.tables.items()
        }
        return {
            "format": FORMAT, "version": VERSION, "ombord": version("ombord"), "issuer": self.issuer,
            "made_at": self.made_at, "schema": self.schema, "tables": tables,
            "log": {"size": self.log_size, "root": self.log_root},
            "audit": {"events": self.events, "head": self.audit_head}, "checkpoint": self.checkpoint,
        }  # fmt: skip


def back_up(
    database: Database, clock: Clock, settings: Settings, folder: Path, secret: bytes | Recipient
) -> Summary:
    """Write a backup into the new `folder`, while others go on working. Raises BackupUnusable."""
    with snapshot(database) as connection, writing(folder, secret) as add:
        tables = tables_of(connection)
        add(SCHEMA, json_dumps({"schema": revision_of(connection), "tables": _columns(tables)}))
        sums = {table.name: _write(connection, table, add) for table in tables}
        made_at = clock().isoformat(timespec="seconds")
        summary = summed_up(connection, sums, issuer=settings.issuer, made_at=made_at)
        add(SUMMARY, json_dumps(summary.said()))
    finish(folder, summary.said())
    return summary


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """Everything as it was at one moment, however long the block takes."""
    if database.is_sqlite:
        with database.read() as connection:  # a reader of its own snapshot, from its first question on
            yield connection
        return
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        yield connection


def tables_of(connection: Connection) -> list[Table]:
    """The tables that there are, each after those that it refers to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in APART]


def rows_of(connection: Connection, table: Table) -> Iterator[list[bytes]]:
    """All rows of a table by their keys, each as a line of JSON, some at a time."""
    order = [_by_code_point(connection, column) for column in table.primary_key.columns]
    query = select(*table.columns).order_by(*order).execution_options(yield_per=ROWS, stream_results=True)
    try:
        for some in connection.execute(query).partitions():
            yield [_line(row) for row in some]
    except (UnicodeError, orjson.JSONEncodeError) as error:
        raise BackupUnusable(
            f"table {table.name} holds what is no text of ours: {error}",
            hint="find it with `ombord-issuer audit verify`, and restore an earlier backup",
        ) from error


def sum_of(connection: Connection, table: Table) -> TableSum:
    """Read a table through."""
    count, digest = 0, sha256()
    for lines in rows_of(connection, table):
        count += len(lines)
        digest.update(b"".join(lines))
    return TableSum(count, digest.hexdigest())


def summed_up(connection: Connection, sums: dict[str, TableSum], *, issuer: str, made_at: str) -> Summary:
    """The summary of a register whose tables were read through."""
    frontier = log_store.frontier(connection)
    head = connection.execute(select(audit_head)).one()
    return Summary(
        issuer=issuer,
        made_at=made_at,
        schema=revision_of(connection),
        tables=sums,
        log_size=frontier.size,
        log_root=frontier.root.hex(),
        events=head.sequence,
        audit_head=head.hash,
        checkpoint=log_store.newest_checkpoint(connection),
    )


def _write(connection: Connection, table: Table, add: Add) -> TableSum:
    count, digest = 0, sha256()
    for number, lines in enumerate(rows_of(connection, table)):
        content = b"".join(lines)
        add(f"tables/{table.name}/{number:08}", content)
        count += len(lines)
        digest.update(content)
    return TableSum(count, digest.hexdigest())


def _columns(tables: list[Table]) -> dict[str, Json]:
    return {table.name: [column.name for column in table.columns] for table in tables}


def _by_code_point(connection: Connection, column: Column[Any]) -> Any:
    """SQLite sorts text so; PostgreSQL as its server's country does, unless it is told."""
    if connection.dialect.name == "postgresql" and isinstance(column.type, String):
        return collate(column, "C")
    return column


def _line(row: Any) -> bytes:
    return orjson.dumps(list(row), default=_bytes, option=orjson.OPT_APPEND_NEWLINE)


def _bytes(value: Any) -> dict[str, str]:
    if isinstance(value, bytes | memoryview):
        return {"hex": bytes(value).hex()}
    raise TypeError(type(value).__name__)
