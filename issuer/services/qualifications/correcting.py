"""Corrections: a seafarer or the authority says that a record is wrong, and its reporter answers.

What is asked and answered is free text about a person, and is sealed with that person's key.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from issuer.adapters.database import Database
from issuer.adapters.tables_qualifications import correction_request, qualification_record
from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.domain.qualifications import ReportingParty
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.qualifications.persons import Persons, locked
from issuer.services.qualifications.safe import PersonKey, Place

ASKED: Final = "correction-asked"
ANSWERED: Final = "correction-answered"
SEEN: Final = "corrections-seen"
MOST_OPEN: Final = 10  # of one record
_LONGEST: Final = 2_000  # characters


class AskedBy(StrEnum):
    """Who finds a record wrong."""

    SEAFARER = "seafarer"
    AUTHORITY = "authority"


class RequestState(StrEnum):
    """What became of a request."""

    OPEN = "open"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


class CorrectionRequest(NamedTuple):
    """What somebody asked for, and the answer. None: not answered, or erased with the person's key."""

    id: int
    record_id: str
    version: int
    asked_by: AskedBy
    asked: str | None
    asked_at: int
    state: RequestState
    answer: str | None
    answered_at: int | None


class Correcting:
    """Requests for corrections, and their answers."""

    def __init__(self, database: Database, clock: Clock, persons: Persons) -> None:
        self._database = database
        self._clock = clock
        self._persons = persons

    def ask(
        self, record_id: str, text: str, *, asked_by: AskedBy, actor: str, about: str | None = None
    ) -> int:
        """The request's number. A seafarer asks `about` a record of their own: others are not found.

        Raises NotFound, InvalidInput for a text that is none, Conflict for what was withdrawn, has many open
        requests already, or is of somebody whose data was erased.
        """
        _check(text)
        now = int(self._clock().timestamp())
        with self._database.write() as connection:
            row = _record(connection, record_id, about)
            key = self._key(connection, row.seafarer_id)
            place = Place(table="correction_request", column="asked", row=f"{record_id}@{now}")
            values = {
                "record_id": record_id,
                "version": row.version,
                "asked_by": asked_by.value,
                "actor": actor,
                "asked": key.seal(text.encode(), place),
                "asked_at": now,
                "state": RequestState.OPEN.value,
            }
            number = connection.execute(
                insert(correction_request).values(**values).returning(correction_request.c.id)
            ).scalar_one()
            event = AuditEvent(ASKED, record_id, {"request": number, "version": row.version}, actor)
            record(connection, self._clock, [event])
            return int(number)

    def decline(self, request_id: int, answer: str, *, by: ReportingParty) -> None:
        """The reporter says why the record is right. Raises NotFound, Conflict for what was answered."""
        _check(answer)
        now = int(self._clock().timestamp())
        table = correction_request.c
        with self._database.write() as connection:
            query = select(correction_request, qualification_record.c.seafarer_id).join(qualification_record)
            mine = query.where(table.id == request_id, *_reported(by))
            row = connection.execute(mine.with_for_update(of=correction_request)).one_or_none()
            if row is None:
                raise NotFound(
                    f"nobody asked you for correction {request_id}", hint="list those that are open"
                )
            if row.state != RequestState.OPEN:
                raise Conflict(
                    f"correction {request_id} was {row.state} already", hint="nothing is left to do"
                )
            key = self._key(connection, row.seafarer_id)
            place = Place(table="correction_request", column="answer", row=str(request_id))
            values = {
                "state": RequestState.DECLINED.value,
                "answer": key.seal(answer.encode(), place),
                "answered_by": by.actor,
                "answered_at": now,
            }
            connection.execute(update(correction_request).where(table.id == request_id).values(**values))
            record(
                connection,
                self._clock,
                [_said_so(row.record_id, request_id, RequestState.DECLINED, by)],
            )

    def open_for(self, by: ReportingParty) -> list[CorrectionRequest]:
        """What this reporter is asked for and has not answered, oldest first. The look is noted."""
        seen = AuditEvent(SEEN, by.organisation_id, {}, by.actor)
        return self._read(seen, *_reported(by), correction_request.c.state == RequestState.OPEN.value)

    def about(self, seafarer_id: str, *, actor: str) -> list[CorrectionRequest]:
        """Everything that was asked about a seafarer's records, oldest first. The look is noted."""
        seen = AuditEvent(SEEN, seafarer_id, {}, actor)
        return self._read(seen, qualification_record.c.seafarer_id == seafarer_id)

    def _read(self, seen: AuditEvent, *chosen: ColumnElement[bool]) -> list[CorrectionRequest]:
        query = select(correction_request, qualification_record.c.seafarer_id).join(qualification_record)
        with self._database.write() as connection:
            record(connection, self._clock, [seen])
            rows = connection.execute(query.where(*chosen).order_by(correction_request.c.id)).all()
            keys = self._persons.keys(connection, {row.seafarer_id for row in rows}) if rows else {}
            return [_opened(row, keys[row.seafarer_id]) for row in rows]

    def _key(self, connection: Connection, seafarer_id: str) -> PersonKey:
        key = self._persons.keys(connection, [seafarer_id])[seafarer_id]
        if key is None:
            raise Conflict("this person's data was erased", hint="nothing about them is corrected any more")
        return key


def answered(
    connection: Connection,
    record_id: str,
    state: RequestState,
    by: ReportingParty,
    at: int,
    number: int | None = None,
) -> list[AuditEvent]:
    """Close what is open about a record that has changed: one request or all; the events that say so.

    Raises NotFound for a request that is none of this record's, or is not open.
    """
    table = correction_request.c
    chosen = [table.record_id == record_id, table.state == RequestState.OPEN.value]
    if number is not None:
        chosen.append(table.id == number)
    done = (
        update(correction_request)
        .where(*chosen)
        .values(state=state.value, answered_by=by.actor, answered_at=at)
        .returning(table.id)
    )
    numbers: Sequence[int] = sorted(connection.execute(done).scalars().all())
    if number is not None and not numbers:
        raise NotFound(f"record {record_id} has no open request {number}", hint="list those that are open")
    return [_said_so(record_id, one, state, by) for one in numbers]


def _said_so(record_id: str, number: int, state: RequestState, by: ReportingParty) -> AuditEvent:
    return AuditEvent(ANSWERED, record_id, {"request": number, "state": state.value}, by.actor)


def _reported(by: ReportingParty) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Records of this reporter's, of the kinds that they may report."""
    table = qualification_record.c
    return table.organisation_id == by.organisation_id, table.kind.in_(by.kinds)


def _record(connection: Connection, record_id: str, about: str | None) -> Row[Any]:
    table = qualification_record.c
    query = select(qualification_record).where(table.record_id == record_id)
    if about is not None:
        query = query.where(table.seafarer_id == about)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("there is no such record", hint="list the records about this person")
    locked(connection, [row.seafarer_id])  # before the record, as whoever reports does
    row = connection.execute(query.with_for_update()).one()
    if not row.standing:
        raise Conflict(
            f"record {record_id} was withdrawn", hint="it counts no more: there is nothing to mend"
        )
    waiting = correction_request.c
    is_open = waiting.record_id == record_id, waiting.state == RequestState.OPEN.value
    if len(connection.execute(select(waiting.id).where(*is_open)).all()) >= MOST_OPEN:
        raise Conflict(
            f"{MOST_OPEN} requests about record {record_id} wait already",
            hint="wait for the reporter's answer",
        )
    return row


def _opened(row: Row[Any], key: PersonKey | None) -> CorrectionRequest:
    asked = Place(table="correction_request", column="asked", row=f"{row.record_id}@{row.asked_at}")
    answer = Place(table="correction_request", column="answer", row=str(row.id))
    return CorrectionRequest(
        row.id,
        row.record_id,
        row.version,
        AskedBy(row.asked_by),
        None if key is None else key.open(row.asked, asked).decode(),
        row.asked_at,
        RequestState(row.state),
        None if key is None or row.answer is None else key.open(row.answer, answer).decode(),
        row.answered_at,
    )


def _check(text: str) -> None:
    plain = text.replace("\n", " ").replace("\t", " ")
    if not plain.strip() or len(text) > _LONGEST or not plain.isprintable():
        raise InvalidInput(
            f"that is no text of 1 to {_LONGEST} printable characters",
            hint="say what is wrong in a few words",
        )
