"""What is recorded: about a seafarer, by a reporter, and every version of one record. Looks are noted."""

from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Select, select

from issuer.adapters.database import Database
from issuer.adapters.tables_qualifications import (
    qualification_document,
    qualification_record,
    qualification_version,
)
from issuer.domain.errors import NotFound, unknown_seafarer
from issuer.domain.qualifications import Act, ReportingParty
from issuer.rules.facts import Channel, Kind, Reporter, Source
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.qualifications import papers
from issuer.services.qualifications.persons import Persons, locked
from keys.encoding import Json, json_object

SEEN: Final = "records-seen"
LISTED: Final = "records-listed"  # by whoever reported them
DOCUMENT_SEEN: Final = "record-document-seen"
_MOST_CONTENTS: Final = 65_536


class Version(NamedTuple):
    """What a record said from a moment on."""

    version: int
    act: Act
    contents: dict[str, Json]
    actor: str
    reason: str | None
    at: int


class Entry(NamedTuple):
    """A record with its versions, the oldest first; a reporter's list holds the newest alone."""

    record_id: str
    seafarer_id: str
    kind: Kind
    source: Source
    organisation_id: str
    reference: str | None
    is_standing: bool
    is_contradicted: bool
    reported_at: int
    versions: tuple[Version, ...]


class History:
    """Looks at records; each is noted before it happens."""

    def __init__(self, database: Database, clock: Clock, persons: Persons) -> None:
        self._database = database
        self._clock = clock
        self._persons = persons

    def about(self, seafarer_id: str, *, actor: str) -> list[Entry]:
        """Every record about a seafarer, withdrawn ones too, who reported it and when. Raises NotFound."""
        with self._database.write() as connection:
            if seafarer_id not in locked(connection, [seafarer_id]):
                raise unknown_seafarer(seafarer_id)
            record(connection, self._clock, [AuditEvent(SEEN, seafarer_id, {}, actor)])
            return _entries(connection, _all().where(qualification_record.c.seafarer_id == seafarer_id))

    def history(self, record_id: str, *, actor: str) -> Entry:
        """One record with all its versions. Raises NotFound."""
        with self._database.write() as connection:
            found = _entries(connection, _all().where(qualification_record.c.record_id == record_id))
            if not found:
                raise NotFound("there is no such record", hint="list the records about the person")
            seen = AuditEvent(SEEN, found[0].seafarer_id, {"record": record_id}, actor)
            record(connection, self._clock, [seen])
            return found[0]

    def document(self, record_id: str, version: int, *, actor: str) -> tuple[str, bytes]:
        """Media type and bytes of what was uploaded. Raises NotFound, also when the person was erased."""
        table = qualification_document.c
        query = (
            select(qualification_document, qualification_record.c.seafarer_id)
            .join(qualification_record)
            .where(table.record_id == record_id, table.version == version)
        )
        with self._database.write() as connection:
            row = connection.execute(query).one_or_none()
            key = None if row is None else self._persons.keys(connection, [row.seafarer_id])[row.seafarer_id]
            if row is None or key is None:
                raise NotFound(
                    "there is no such document", hint="it may have been erased with the person's data"
                )
            seen = AuditEvent(
                DOCUMENT_SEEN, row.seafarer_id, {"record": record_id, "version": version}, actor
            )
            record(connection, self._clock, [seen])
            return row.media_type, key.open(row.sealed, papers.place_of(record_id, version))


def of_reporter(
    connection: Connection, by: ReportingParty, *, reference: str | None, after: str | None, limit: int
) -> list[Entry]:
    """A reporter's records as they say now, oldest first."""
    table = qualification_record.c
    query = _newest().where(table.organisation_id == by.organisation_id, table.kind.in_(by.kinds))
    if reference is not None:
        query = query.where(table.reference == reference)
    if after is not None:
        query = query.where(table.record_id > after)
    return _entries(connection, query.limit(limit))


def _all() -> Select[Any]:
    joined = qualification_version.c.record_id == qualification_record.c.record_id
    return (
        select(
            qualification_record,
            qualification_version.c.version.label("number"),
            qualification_version.c.act,
            qualification_version.c.contents,
            qualification_version.c.actor,
            qualification_version.c.reason,
            qualification_version.c.at,
        )
        .join(qualification_version, joined)
        .order_by(qualification_record.c.record_id, qualification_version.c.version)
    )


def _newest() -> Select[Any]:
    return _all().where(qualification_version.c.version == qualification_record.c.version)


def _entries(connection: Connection, query: Select[Any]) -> list[Entry]:
    found: dict[str, Entry] = {}
    for row in connection.execute(query):
        before = found.get(row.record_id)
        version = _version(row)
        if before is None:
            found[row.record_id] = _entry(row, version)
        else:
            found[row.record_id] = before._replace(versions=(*before.versions, version))
    return list(found.values())


def _version(row: Row[Any]) -> Version:
    contents = json_object(row.contents.encode(), max_size=_MOST_CONTENTS)
    return Version(row.number, Act(row.act), contents, row.actor, row.reason, row.at)


def _entry(row: Row[Any], version: Version) -> Entry:
    return Entry(
        row.record_id,
        row.seafarer_id,
        Kind(row.kind),
        Source(reporter=Reporter(row.role), channel=Channel(row.channel)),
        row.organisation_id,
        row.reference,
        bool(row.standing),
        bool(row.contradicted),
        row.reported_at,
        (version,),
    )
