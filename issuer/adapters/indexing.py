"""Indexes of tables that are in use (PostgreSQL): built and dropped beside those who work, in no transaction.

`CREATE INDEX` keeps everybody from writing to its table until it is done, minutes where there are a hundred
million rows; `CONCURRENTLY` keeps nobody, and cannot be part of a migration's transaction. So a migration of
a register that is there leaves them out, and whoever opens the register next builds what is missing. What a
crash left half built is found and built anew (postgresql.org/docs/current/sql-createindex.html).
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Engine, Index, text
from sqlalchemy.schema import CreateIndex

from issuer.adapters.tables import metadata

if TYPE_CHECKING:
    from alembic.ddl.impl import DefaultImpl

# What migrations dropped since 0008. Others that are not ours an operator may have made.
OBSOLETE: Final = frozenset(("ix_credential_not_valid", "ix_credential_unfinished"))
_ADVISORY_LOCK: Final = 0x6F6D_6964_78  # "omidx"
_STANDING: Final = text(
    "SELECT c.relname AS name, i.indisvalid AS is_valid FROM pg_index i "
    "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = current_schema()"
)


def leave_out(impl: "DefaultImpl", tables: Collection[str]) -> None:
    """Let migrations neither build nor drop indexes of these tables."""
    build, drop = impl.create_index, impl.drop_index

    def create_index(index: Index, **more: Any) -> None:
        if index.table is None or index.table.name not in tables:
            build(index, **more)

    def drop_index(index: Index, **more: Any) -> None:
        if index.table is None or index.table.name not in tables:
            drop(index, **more)

    setattr(impl, "create_index", create_index)  # noqa: B010 -- mypy forbids assigning to a method
    setattr(impl, "drop_index", drop_index)  # noqa: B010


def settle(engine: Engine) -> list[str]:
    """Build what is missing, then drop what is obsolete; returns the names, usually none.

    While another process does that, it is left to it.
    """
    if engine.dialect.name != "postgresql":
        return []
    with engine.connect() as connection:
        if not _due(connection):
            return []
    alone = engine.execution_options(isolation_level="AUTOCOMMIT")
    with alone.connect() as connection:
        if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_ADVISORY_LOCK})").scalar():
            return []
        try:
            due = _due(connection)
            for name, statements in due.items():
                del name
                for statement in statements:
                    connection.exec_driver_sql(statement)
            return list(due)
        finally:
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_ADVISORY_LOCK})")


def _due(connection: Connection) -> dict[str, list[str]]:
    """What is to be done, by index: those that are missing first."""
    standing = {row.name: bool(row.is_valid) for row in connection.execute(_STANDING)}
    due: dict[str, list[str]] = {}
    for table in metadata.sorted_tables:
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            name = str(index.name)
            if not standing.get(name, False):
                remains = [f"DROP INDEX CONCURRENTLY {name}"] if name in standing else []
                due[name] = [*remains, _statement(connection, index)]
    for name in sorted(OBSOLETE & standing.keys()):
        due[name] = [f"DROP INDEX CONCURRENTLY {name}"]
    return due


def _statement(connection: Connection, index: Index) -> str:
    plain = str(CreateIndex(index).compile(dialect=connection.dialect))
    return plain.replace(" INDEX ", " INDEX CONCURRENTLY ", 1)
