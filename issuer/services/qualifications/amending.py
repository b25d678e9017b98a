"""A record's next version, by whoever reported it: corrected, or withdrawn. What it said before is kept.

A certificate that rests on the record is flagged for review; nothing is revoked by itself.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from issuer.adapters.tables_qualifications import qualification_record, qualification_version
from issuer.domain.errors import Conflict, NotFound
from issuer.domain.qualifications import Accepted, Act, Remark, ReportingParty
from issuer.rules.facts import Kind
from issuer.services.audit.trail import AuditEvent
from issuer.services.qualifications import papers, reviewing, storing
from issuer.services.qualifications.persons import locked
from issuer.services.qualifications.reviewing import Cause, ReliedOn
from issuer.services.qualifications.safe import PersonKey
from issuer.services.qualifications.storing import Draft

_RECORD: Final = re.compile(r"[0-9a-f]{20}", re.ASCII)
CORRECTED: Final = "record-corrected"
WITHDRAWN: Final = "record-withdrawn"
CONTRADICTED: Final = "record-contradicted"
AGREED: Final = "record-contradicted-no-more"


def locked_record(connection: Connection, record_id: str, by: ReportingParty) -> Row[Any]:
    """A reporter's own record, held until the transaction ends. Raises NotFound, also for another's.

    Its kind is one that they may report now: who may report courses does not withdraw service.
    """
    table = qualification_record.c
    mine = table.organisation_id == by.organisation_id, table.kind.in_(by.kinds)
    query = select(qualification_record).where(table.record_id == record_id, *mine)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            f"you have reported no record {shown_id(record_id)}",
            hint="take its id from the answer to the report, or from the list of your records",
        )
    locked(connection, [row.seafarer_id])  # before the record, as whoever reports does
    return connection.execute(query.with_for_update()).one()


def shown_id(record_id: str) -> str:
    """What was given as an id, if it can be one."""
    return record_id if _RECORD.fullmatch(record_id) else "of that id"


def check_standing(row: Row[Any], expected: int | None) -> None:
    """Raises Conflict for one that was withdrawn, or that has another version than the caller saw."""
    if not row.standing:
        raise Conflict(f"record {row.record_id} was withdrawn", hint="report it anew")
    if expected is not None and expected != row.version:
        raise Conflict(
            f"record {row.record_id} is at version {row.version} by now, not {expected}",
            hint="look at what it says now, then correct that",
        )


class Amendment:
    """A new version of one record within a transaction."""

    def __init__(self, connection: Connection, at: int, relied_on: ReliedOn, by: ReportingParty) -> None:
        self._connection = connection
        self._at = at
        self._relied_on = relied_on
        self._by = by
        self.events: list[AuditEvent] = []

    def correct(self, row: Row[Any], draft: Draft, key: PersonKey | None) -> Accepted:
        """Write what the record says from now on."""
        if draft.digest == row.digest:
            return Accepted(record_id=row.record_id, version=row.version, is_new=False)
        version = storing.version_row(draft, Act.CORRECTED, self._by.actor, self._at)
        document = draft.report.document
        paper = (
            []
            if document is None or key is None
            else [papers.row_of(draft.record_id, draft.version, document, key)]
        )
        storing.insert_all(self._connection, [], [version], paper)
        self._change(row, storing.stated(draft))
        self._tell(CORRECTED, row, draft.version, Cause.CORRECTED)
        contradicted = self._settle_clashes(row)
        remarks = (Remark.CONTRADICTED.value,) if row.record_id in contradicted else ()
        return Accepted(record_id=row.record_id, version=draft.version, remarks=remarks)

    def withdraw(self, row: Row[Any], reason: str) -> Accepted:
        """The record counts no more; its last version says why."""
        if not row.standing:
            return Accepted(record_id=row.record_id, version=row.version, is_new=False)
        version = row.version + 1
        last = (
            select(qualification_version)
            .where(qualification_version.c.record_id == row.record_id)
            .where(qualification_version.c.version == row.version)
        )
        before = self._connection.execute(last).one()
        values = {
            "record_id": row.record_id,
            "version": version,
            "act": Act.WITHDRAWN.value,
            "contents": before.contents,
            "digest": before.digest,
            "actor": self._by.actor,
            "reason": reason,
            "at": self._at,
        }
        storing.insert_all(self._connection, [], [values], [])
        self._change(row, {"version": version, "standing": 0, "contradicted": 0})
        self._tell(WITHDRAWN, row, version, Cause.WITHDRAWN)
        self._settle_clashes(row)
        return Accepted(record_id=row.record_id, version=version)

    def _change(self, row: Row[Any], values: dict[str, Any]) -> None:
        mine = qualification_record.c.record_id == row.record_id
        self._connection.execute(update(qualification_record).where(mine).values(**values))

    def _tell(self, event: str, row: Row[Any], version: int, cause: Cause) -> None:
        details = {"kind": row.kind, "seafarer": row.seafarer_id, "version": version}
        self.events.append(AuditEvent(event, row.record_id, details, self._by.actor))
        self._flag([row.record_id], cause)

    def _settle_clashes(self, row: Row[Any]) -> frozenset[str]:
        """What of the person's service contradicts what, now that this has changed."""
        if row.kind != Kind.SERVICE.value:
            return frozenset()
        stays = storing.stays_of(self._connection, [row.seafarer_id])
        found = storing.clashes_of(stays).contradicted
        mine = {stay.record_id for stay in stays.get(row.seafarer_id, ())}
        contradicted = storing.mark_contradicted(self._connection, found, to=True)
        agreed = storing.mark_contradicted(self._connection, mine - found, to=False)
        self.events += [AuditEvent(CONTRADICTED, name, {}, self._by.actor) for name in contradicted]
        self.events += [AuditEvent(AGREED, name, {}, self._by.actor) for name in agreed]
        self._flag(contradicted, Cause.CONTRADICTED)
        return found

    def _flag(self, records: Sequence[str], cause: Cause) -> None:
        self.events += reviewing.flag(
            self._connection, self._at, records, cause, self._relied_on, self._by.actor
        )
