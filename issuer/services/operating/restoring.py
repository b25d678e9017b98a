"""Restore a backup into an empty database: all of it, proven to be the same, or nothing.

What a restored register cannot know is what was issued after the backup. So it goes on elsewhere: in new
status lists, for an index of the old ones may be on somebody's phone; and stopped, until a person has looked.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Connection, Table, delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from issuer.adapters import log_store
from issuer.adapters.backup_files import BackupUnusable, check_files, reading
from issuer.adapters.database import Database
from issuer.adapters.migrating import make_schema, rebuilding, refuse_broken_references
from issuer.adapters.repository import insert_many
from issuer.adapters.tables import log_entry, status_list
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.issuing import stopping
from issuer.services.operating.backing_up import Summary, TableSum, sum_of, summed_up, tables_of
from issuer.services.operating.backup_contents import OTHER, Contents
from issuer.services.register import binding
from issuer.settings import Settings
from keys.transparency.checkpoint import Checkpoint
from keys.transparency.merkle import Frontier, subtrees

RESTORED: Final = "register-restored"
SUBJECT: Final = "register"
LISTS_LEFT_OUT: Final = 1_000  # more than can have been opened since the backup
Secret = bytes | Path


class Verified(NamedTuple):
    """What a backup holds; and how many log entries a checkpoint has that the backup lacks."""

    summary: Summary
    missing: int


def verify(folder: Path, secret: Secret, checkpoint: Checkpoint | None = None) -> Verified:
    """Read a backup through, without a database. Raises BackupUnusable for anything that is not as it was."""
    check_files(folder)
    with reading(folder, secret) as pieces:
        contents = Contents(folder, pieces)
        counts: dict[str, int] = dict.fromkeys(contents.columns, 0)
        digests = {name: sha256() for name in contents.columns}
        frontier, then = Frontier(), None
        for name, piece in contents.parts():
            counts[name] += piece.content.count(b"\n")
            digests[name].update(piece.content)
            if name == log_entry.name:
                at = contents.columns[name].index(log_entry.c.leaf_hash.name)
                for row in contents.rows(name, piece):
                    frontier = frontier.append([row[at]])[0]
                    if checkpoint is not None and frontier.size == checkpoint.size:
                        then = frontier.root
    found = {name: TableSum(counts[name], digests[name].hexdigest()) for name in counts}
    summary = contents.summary
    if found != summary.tables or (frontier.size, frontier.root.hex()) != (
        summary.log_size,
        summary.log_root,
    ):
        raise BackupUnusable(f"{folder}: its rows are not those that its summary names", hint=OTHER)
    return Verified(summary, _missing(folder, checkpoint, frontier.size, then))


def restore(
    url: str,
    folder: Path,
    secret: Secret,
    checkpoint: Checkpoint | None = None,
    *,
    settings: Settings | None = None,
) -> Verified:
    """Fill the empty database at `url` with a backup, as it was, in one transaction.

    Read again from the database, every table, the log's root and the audit trail's head are what the backup
    says; with `settings`, it is their authority's. Raises BackupUnusable, DatabaseUnusable, SettingsInvalid;
    nothing was kept then.
    """
    check_files(folder)
    database = Database.bare(url)
    with database.removed_unless_filled():
        verified = _fill(database, folder, secret, checkpoint, settings)
    Database.open(url, create=False).close()  # an earlier version's schema is brought up to date
    return verified


def _fill(
    database: Database,
    folder: Path,
    secret: Secret,
    checkpoint: Checkpoint | None,
    settings: Settings | None,
) -> Verified:
    try:
        with database.engine.connect() as connection, rebuilding(connection):
            writing = connection.execution_options(ombord_write=True)
            with writing.begin():
                with reading(folder, secret) as pieces:
                    summary = _load(writing, Contents(folder, pieces))
                refuse_broken_references(writing)
                if settings is not None:
                    binding.refuse_other(writing, settings, where=f"in {folder}", said=summary.issuer)
                missing = _missing(folder, checkpoint, summary.log_size, _root(writing, checkpoint, summary))
    except SQLAlchemyError as error:
        raise BackupUnusable(
            f"{folder} does not go into {database.address}: {str(error).splitlines()[0]}", hint=OTHER
        ) from error
    return Verified(summary, missing)


def go_on(database: Database, clock: Clock, settings: Settings, summary: Summary, *, actor: str) -> int:
    """Let a restored register go on beside what it does not know of; returns the number of its new list.

    No index of a list that was there is given out again, nor the number of a list that may have been opened
    since. Issuing is stopped until `ombord-issuer start`. Raises SettingsInvalid for another authority's.
    """
    binding.hold(database, clock, settings)
    with database.write() as connection:
        last = connection.execute(select(func.max(status_list.c.number))).scalar() or 0
        connection.execute(update(status_list).values(taken=status_list.c.size))
        number = last + LISTS_LEFT_OUT
        values = {"number": number, "uri": settings.status_uri(number), "size": settings.list_size}
        connection.execute(insert(status_list).values(values))
        details: dict[str, str | int | None] = {
            "made_at": summary.made_at, "log_size": summary.log_size, "log_root": summary.log_root,
            "list": number,
        }  # fmt: skip
        record(connection, clock, [AuditEvent(RESTORED, SUBJECT, details, actor)])
        reason = f"restored from the backup of {summary.made_at}"
        stopping.throw(connection, clock, reason=reason, actor=actor)
    return number


def _load(connection: Connection, contents: Contents) -> Summary:
    make_schema(connection, contents.schema)
    tables = {table.name: table for table in tables_of(connection)}
    if {name: [one.name for one in table.columns] for name, table in tables.items()} != contents.columns:
        raise BackupUnusable(f"the backup is not of schema {contents.schema}, which it names", hint=OTHER)
    for table in reversed(tables.values()):  # the rows that a new register begins with
        if connection.execute(select(func.count()).select_from(table)).scalar():
            connection.execute(delete(table))
    for name, piece in contents.parts():
        names = contents.columns[name]
        rows = [dict(zip(names, row, strict=True)) for row in contents.rows(name, piece)]
        insert_many(connection, tables[name], rows)
    for table in tables.values():
        _number_on(connection, table)
    said = contents.summary
    sums = {name: sum_of(connection, table) for name, table in tables.items()}
    if summed_up(connection, sums, issuer=said.issuer, made_at=said.made_at) != said:
        raise BackupUnusable("what was restored is not what was backed up; nothing was kept", hint=OTHER)
    return said


def _number_on(connection: Connection, table: Table) -> None:
    """PostgreSQL's own numbering goes on after the highest that there is; SQLite's does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for column in inspect(connection).get_columns(table.name):
        names = {"table": table.name, "column": column["name"]}
        found = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), names).scalar()
        if found is not None:
            last = connection.execute(select(func.max(table.c[column["name"]]))).scalar()
            set_to = {"sequence": found, "last": last or 1, "used": last is not None}
            connection.execute(text("SELECT setval(:sequence, :last, :used)"), set_to)


def _root(connection: Connection, checkpoint: Checkpoint | None, summary: Summary) -> bytes | None:
    if checkpoint is None or checkpoint.size > summary.log_size:
        return None
    hashes = log_store.hashes(connection, subtrees(0, checkpoint.size))
    return Frontier(checkpoint.size, tuple(hashes)).root


def _missing(folder: Path, checkpoint: Checkpoint | None, size: int, root: bytes | None) -> int:
    """How many entries the checkpoint has more. Raises BackupUnusable where the logs are two."""
    if checkpoint is None or checkpoint.size == 0:
        return 0
    if checkpoint.size > size:
        return checkpoint.size - size
    if root != checkpoint.root:
        raise BackupUnusable(
            f"{folder}: its log contradicts the checkpoint of {checkpoint.size} entries",
            hint="one of the two is forged, or of another register: find out which",
        )
    return 0
