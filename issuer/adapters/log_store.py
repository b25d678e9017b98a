"""The transparency log's rows: appending costs two short rows an entry, a proof reads one row a level.

Every complete subtree is stored once and never again, so that a proof about any size that the log ever had
is read, not computed: leaves in `log_entry`, what stands above them in `log_node` under its number.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Table, func, select, update
from sqlalchemy.exc import IntegrityError

from issuer.adapters.repository import among, insert_many, insert_rows
from issuer.adapters.tables import log_checkpoint, log_entry, log_node
from issuer.domain.errors import DatabaseUnusable
from keys.transparency.merkle import Frontier, Node, subtrees

_ADVISORY_LOCK = 0x6F6D_626C_6F67  # "omblog": on PostgreSQL those who append do so one after the other


# Columns in the order of what is stored.
_ENTRY: Final = ("idx", "leaf_hash", "serial", "salt")
_NODE: Final = ("number", "hash")


class AlreadyThere(Exception):
    """A row of this key was stored before."""


class NewLeaf(NamedTuple):
    """A row of `log_entry` that has no index yet."""

    leaf_hash: bytes
    serial: str
    salt: bytes


def lock(connection: Connection) -> None:
    """Wait until nobody else appends, until our transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")


def size(connection: Connection) -> int:
    """How many entries there are."""
    last = connection.execute(select(func.max(log_entry.c.idx))).scalar()
    return 0 if last is None else int(last) + 1


def frontier(connection: Connection) -> Frontier:
    """All that appending needs, and the root. Raises DatabaseUnusable."""
    entries = size(connection)
    return Frontier(entries, tuple(hashes(connection, subtrees(0, entries))))


def hashes(connection: Connection, nodes: Sequence[Node]) -> list[bytes]:
    """Hashes of complete subtrees, in the order asked for. Raises DatabaseUnusable where one is missing."""
    leaves = [node.position for node in nodes if node.level == 0]
    inner = [node.number for node in nodes if node.level]
    found: dict[int, bytes] = {}
    if leaves:
        query = select(log_entry.c.idx, log_entry.c.leaf_hash).where(
            among(connection, log_entry.c.idx, leaves)
        )
        found |= {Node(0, row.idx).number: row.leaf_hash for row in connection.execute(query)}
    if inner:
        query = select(log_node.c.number, log_node.c.hash).where(among(connection, log_node.c.number, inner))
        found |= {row.number: row.hash for row in connection.execute(query)}
    try:
        return [found[node.number] for node in nodes]
    except KeyError:
        raise DatabaseUnusable(
            "the transparency log has a gap: the hash of some of its entries is missing",
            hint="stop issuing, and restore a backup that holds all entries",
        ) from None


def add(
    connection: Connection, first: int, leaves: Sequence[NewLeaf], made: Sequence[tuple[Node, bytes]]
) -> None:
    """Store new leaves from index `first` on, and the subtrees that they completed.

    Raises AlreadyThere, and nothing may be committed then, where an index or a serial has a row.
    """
    entries = [(idx, *leaf) for idx, leaf in enumerate(leaves, start=first)]
    _insert(connection, log_entry, _ENTRY, entries)
    _insert(connection, log_node, _NODE, [(node.number, found) for node, found in made])


def _insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Raises AlreadyThere."""
    if not rows:
        return
    try:
        insert_rows(connection, table, columns, rows)
    except IntegrityError as error:
        raise AlreadyThere from error


def entry(connection: Connection, serial: str) -> Row[Any] | None:
    """A credential's row, if it has one."""
    return connection.execute(select(log_entry).where(log_entry.c.serial == serial)).one_or_none()


def delete_salt(connection: Connection, serial: str) -> bool:
    """The one change that there is; whether there was a salt."""
    chosen = update(log_entry).where(log_entry.c.serial == serial, log_entry.c.salt.is_not(None))
    return connection.execute(chosen.values(salt=None)).rowcount == 1


def newest_checkpoint(connection: Connection) -> str | None:
    """The signed note of the checkpoint that was made last."""
    query = select(log_checkpoint.c.note).order_by(log_checkpoint.c.number.desc()).limit(1)
    return connection.execute(query).scalar()


def newest_checkpoint_at(connection: Connection) -> int | None:
    """When that was, in Unix seconds."""
    query = select(log_checkpoint.c.at).order_by(log_checkpoint.c.number.desc()).limit(1)
    return connection.execute(query).scalar()


def first_checkpoint_with(connection: Connection, index: int) -> str | None:
    """The signed note of the smallest checkpoint that an entry is in: ever the same one."""
    query = select(log_checkpoint.c.note).where(log_checkpoint.c.size > index)
    ordered = query.order_by(log_checkpoint.c.size, log_checkpoint.c.number)
    return connection.execute(ordered.limit(1)).scalar()


def add_checkpoint(connection: Connection, entries: int, at: int, note: str) -> None:
    """Store a signed checkpoint."""
    insert_many(connection, log_checkpoint, [{"size": entries, "at": at, "note": note}])
