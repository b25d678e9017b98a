"""Queries and statements that several services share."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    Row,
    Select,
    String,
    Table,
    Text,
    Update,
    and_,
    any_,
    bindparam,
    cast,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql.compiler import SQLCompiler

from issuer.adapters.copying import copy_in
from issuer.adapters.tables import certificate, credential, seafarer, status_list
from issuer.domain.errors import NotFound
from issuer.domain.register import CertificateState, CredentialState

CHUNK = 1_000  # rows a statement: SQLite binds at most 32,766 values
COPIED = 8  # rows from which on PostgreSQL's COPY takes less time than statements


def in_force(today: date) -> ColumnElement[bool]:
    """Certificates in force and not past their last day: the only ones that are signed or offered."""
    unexpired = or_(certificate.c.expiry_date.is_(None), certificate.c.expiry_date >= today.isoformat())
    return and_(certificate.c.state == CertificateState.IN_FORCE.value, unexpired)


def unfinished() -> ColumnElement[bool]:
    """Credentials between two steps; those of a version that knew no leases have no configuration either."""
    ends = (CredentialState.RELEASED.value, CredentialState.VOID.value)
    between = credential.c.state.not_in(ends)
    return and_(or_(credential.c.lease.is_not(None), credential.c.configuration.is_(None)), between)


def among(
    connection: Connection, column: ColumnElement[Any], values: Iterable[str] | Iterable[int]
) -> ColumnElement[bool]:
    """`column` is one of many `values`, which travel as one parameter (fast for thousands)."""
    if connection.dialect.name == "postgresql":
        kind = Text if isinstance(column.type, String) else BigInteger
        return column == any_(cast(list(values), ARRAY(kind)))
    return column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))


def insert_many(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns, as fast as the driver takes them."""
    names = list(rows[0])
    insert_rows(connection, table, names, [tuple(map(row.__getitem__, names)) for row in rows])


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """The same, of values in the order of `names`: what is many is not put into a dictionary each."""
    if connection.dialect.name == "postgresql" and len(rows) >= COPIED:
        copy_in(connection, table, names, rows)
        return
    compiled = _insertion(table, tuple(names), connection.dialect)
    order = compiled.positiontup
    if order is not None and sorted(order) == sorted(names):  # SQLite takes values by their places
        places = [names.index(name) for name in order]
        connection.exec_driver_sql(str(compiled), [tuple(map(row.__getitem__, places)) for row in rows])
        return
    _execute(connection, compiled, [dict(zip(names, row, strict=True)) for row in rows])


@lru_cache(256)
def _insertion(table: Table, names: Sequence[str], dialect: Dialect) -> SQLCompiler:
    """An insert of these columns: to compile one takes longer than to insert a row."""
    statement = insert(table).values({name: bindparam(name) for name in names})
    return statement.compile(dialect=dialect)


def execute_many(connection: Connection, statement: Insert | Update, rows: Sequence[dict[str, Any]]) -> None:
    """Hand `statement` to the driver once for all rows: SQLAlchemy's own way takes 6 µs a row on top.

    Only for columns of text and numbers, which need no conversion.
    """
    _execute(connection, statement.compile(dialect=connection.dialect), rows)


def _execute(connection: Connection, compiled: SQLCompiler, rows: Sequence[dict[str, Any]]) -> None:
    constants = {name: value for name, value in compiled.params.items() if name not in rows[0]}
    complete = ({**constants, **row} for row in rows) if constants else rows
    order = compiled.positiontup
    if order is None:
        connection.exec_driver_sql(str(compiled), list(complete))
    else:
        connection.exec_driver_sql(str(compiled), [tuple(map(row.__getitem__, order)) for row in complete])


def locked_certificate(connection: Connection, document_number: str) -> Row[Any]:
    """The certificate, locked until the transaction ends, so that its state cannot change under us."""
    query = select(certificate).where(certificate.c.document_number == document_number).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"no certificate {document_number} in the register", hint="check the document number")
    return row


# A ship's certificate has no holder, and so no claims of one.
HOLDER_CLAIMS = func.coalesce(seafarer.c.claims, "{}").label("holder_claims")


def with_holder() -> Select[Any]:
    """Certificates together with their holder's claims."""
    return select(certificate, HOLDER_CLAIMS).outerjoin(
        seafarer, seafarer.c.seafarer_id == certificate.c.seafarer_id
    )


def lists_of(connection: Connection, credentials: ColumnElement[bool]) -> Sequence[int]:
    """Numbers of the status lists that the chosen credentials have entries in, in order."""
    query = select(credential.c.list_number).where(credentials).distinct().order_by(credential.c.list_number)
    return connection.execute(query).scalars().all()


def bump_lists(connection: Connection, numbers: Collection[int]) -> None:
    """Note that entries of these lists changed, so that the next reader gets a newly signed one."""
    if numbers:
        changed = update(status_list).where(status_list.c.number.in_(numbers))
        connection.execute(changed.values(revision=status_list.c.revision + 1))


def set_status(connection: Connection, credentials: ColumnElement[bool], status: int) -> int:
    """Give the chosen credentials a status; returns how many changed. Void ones keep theirs for ever."""
    chosen = and_(
        credentials, credential.c.status != status, credential.c.state != CredentialState.VOID.value
    )
    numbers = lists_of(connection, chosen)
    if not numbers:
        return 0
    bump_lists(connection, numbers)
    return connection.execute(update(credential).where(chosen).values(status=status)).rowcount
