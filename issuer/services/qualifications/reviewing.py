"""Certificates that rest on a record which changed afterwards: flagged for a person, and nothing more.

What a certificate rests on the decision about it says (`services.applications.decisions`), and is handed in.
"""

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from issuer.adapters.database import Database
from issuer.adapters.repository import among
from issuer.adapters.tables_qualifications import certificate_review
from issuer.domain.errors import NotFound
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.qualifications.reasons import checked_reason
from issuer.settings import Settings

FLAGGED: Final = "certificate-review-due"
SETTLED: Final = "certificate-review-settled"

# Records and the document numbers of the certificates that rest on them.
ReliedOn = Callable[[Connection, Collection[str]], Iterable[tuple[str, str]]]


class Cause(StrEnum):
    """What happened to the record."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    CONTRADICTED = "contradicted"


class Flag(NamedTuple):
    """A certificate that somebody has to look at."""

    document_number: str
    record_id: str
    cause: Cause
    at: int
    settled_at: int | None
    settled_by: str | None
    note: str | None


def flag(
    connection: Connection, at: int, records: Collection[str], cause: Cause, relied_on: ReliedOn, actor: str
) -> list[AuditEvent]:
    """Flag what rests on these records; the events that say so. What waits already is not flagged twice."""
    found = sorted(set(relied_on(connection, records))) if records else []
    if not found:
        return []
    review = certificate_review.c
    waiting = select(review.document_number, review.record_id).where(
        among(connection, review.record_id, [name for name, _ in found]),
        review.cause == cause.value,
        review.settled_at.is_(None),
    )
    there = {(row.record_id, row.document_number) for row in connection.execute(waiting)}
    new = [pair for pair in found if pair not in there]
    rows = [
        {"document_number": number, "record_id": name, "cause": cause.value, "at": at} for name, number in new
    ]
    if rows:
        connection.execute(insert(certificate_review), rows)
    return [
        AuditEvent(FLAGGED, number, {"record": name, "cause": cause.value}, actor) for name, number in new
    ]


def waiting(connection: Connection) -> int:
    """How many flags wait for somebody."""
    query = select(func.count()).where(certificate_review.c.settled_at.is_(None))
    return int(connection.execute(query).scalar_one())


class Reviewing:
    """What waits for somebody's look, and that they looked."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def flags(self, *, all_of_them: bool = False, limit: int | None = None) -> list[Flag]:
        """Oldest first; those that wait, or the settled ones too."""
        review = certificate_review.c
        query = select(
            review.document_number, review.record_id, review.cause, review.at, review.settled_at,
            review.settled_by, review.note,
        ).order_by(review.id).limit(limit)  # fmt: skip
        if not all_of_them:
            query = query.where(review.settled_at.is_(None))
        with self._database.read() as connection:
            return [Flag(*row)._replace(cause=Cause(row.cause)) for row in connection.execute(query)]

    def settle(self, document_number: str, *, note: str, actor: str) -> int:
        """Note that the certificate was looked at; what was decided about it is another command's.

        Returns how many flags that settles. Raises NotFound where none waits.
        """
        checked_reason(note, self._settings.today(self._clock()))
        review = certificate_review.c
        mine = review.document_number == document_number, review.settled_at.is_(None)
        now = int(self._clock().timestamp())
        with self._database.write() as connection:
            done = connection.execute(
                update(certificate_review).where(*mine).values(settled_at=now, settled_by=actor, note=note)
            ).rowcount
            if not done:
                raise NotFound(
                    f"nothing about certificate {document_number} waits for a review",
                    hint="`ombord-issuer review list` names those that do",
                )
            event = AuditEvent(SETTLED, document_number, {"flags": done, "note": note}, actor)
            record(connection, self._clock, [event])
        return done
