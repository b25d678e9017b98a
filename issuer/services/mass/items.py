"""The certificates of a mass operation as a worker handles them: locked, asked for, noted."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, select, update

from issuer.adapters.repository import among, execute_many, in_force
from issuer.adapters.tables import certificate, mass_item
from issuer.services.issuing.issuer import IssueRequest


def those(
    connection: Connection, number: int, certificates: Iterable[int]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Items of an operation, as criteria."""
    return mass_item.c.operation_id == number, among(connection, mass_item.c.certificate_id, certificates)


def locked(connection: Connection, certificates: Sequence[int]) -> Sequence[Row[Any]]:
    """In the order in which everybody locks them; they stay as they are until we commit."""
    mine = select(certificate).where(among(connection, certificate.c.id, certificates))
    return connection.execute(mine.order_by(certificate.c.id).with_for_update()).all()


def still_in_force(connection: Connection, certificates: Collection[int], today: date) -> set[int]:
    """Which of these certificates are in force today."""
    mine = select(certificate.c.id).where(among(connection, certificate.c.id, certificates), in_force(today))
    return set(connection.execute(mine).scalars())


def asked_before(connection: Connection, number: int, certificates: Sequence[int]) -> dict[int, IssueRequest]:
    """Papers that a worker asked for before it died or was held up: the same ones are asked for again."""
    query = (
        select(mass_item.c.certificate_id, mass_item.c.request, certificate.c.document_number)
        .join(certificate, certificate.c.id == mass_item.c.certificate_id)
        .where(*those(connection, number, certificates), mass_item.c.request.is_not(None))
    )
    return {
        row.certificate_id: IssueRequest(
            document_number=row.document_number, holder_key=None, idempotency_key=row.request
        )
        for row in connection.execute(query)
    }


def note_requests(connection: Connection, number: int, papers: Mapping[int, IssueRequest]) -> None:
    """Write down under which keys papers are asked for, before they are."""
    if not papers:
        return
    mine = (mass_item.c.operation_id == bindparam("of")) & (mass_item.c.certificate_id == bindparam("one"))
    noted = update(mass_item).where(mine).values(request=bindparam("key"))
    rows = [{"of": number, "one": one, "key": paper.idempotency_key} for one, paper in papers.items()]
    execute_many(connection, noted, rows)
