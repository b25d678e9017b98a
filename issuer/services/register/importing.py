"""Load a register extract: good rows in batches, each batch whole or not at all; bad ones by line and reason.

A row is compared with the one that was last loaded: the same row changes nothing, whatever was decided here
since. A changed row may move a certificate only along the arrows of its state machine.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate, seafarer
from issuer.domain import extract
from issuer.domain.errors import Conflict, IllegalTransition, InvalidInput
from issuer.domain.extract import BadRow, CertificateRow, SeafarerRow, first_day
from issuer.domain.register import CertificateEvent, CertificateState, event_between
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.register.changing import change_state
from issuer.services.register.stored_rows import (
    claims_text,
    digest_here,
    origin_of,
    refuse_other_contents,
    register_values,
    source_of,
)
from issuer.settings import Settings
from keys.encoding import Json
from verifier.credential.model import CertificateType

BATCH = 500  # rows a transaction
RETRIES = 5
Progress = Callable[[int], None]  # bytes read so far


class RejectedRow(NamedTuple):
    """A line that was not loaded."""

    line: int
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What became of each row."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)


class _Line(NamedTuple):
    number: int
    members: Mapping[str, Json]


class RegisterImport:
    """Loads extracts of one authority's register."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def load(self, file: IO[bytes], *, actor: str, progress: Progress = lambda _: None) -> ImportReport:
        """Read `file` to its end. Raises InvalidInput when it is no extract of this authority at all."""
        try:
            extract.check_head(file.readline(extract.MAX_LINE + 1), self._settings.flag)
        except BadRow as error:
            raise InvalidInput(
                f"not an extract of this register: {error}",
                hint='line 1 is {"format":"ombord-register","version":1,"authority":"<flag>"}',
            ) from error
        report = ImportReport()
        for batch, position in _batches(file, report):
            self._load_batch(batch, report, actor)
            progress(position)
        report.rejected.sort()
        return report

    def _load_batch(self, lines: list[_Line], report: ImportReport, actor: str) -> None:
        for _ in range(RETRIES):
            try:
                with self._database.write() as connection:
                    batch = _Batch(connection, self._clock, self._settings, actor)
                    batch.load(lines)
                break
            except IntegrityError:  # another process added one of these rows: look again
                continue
        else:
            raise Conflict(
                "another process is loading the same rows", hint="wait for it, then run this again"
            )
        report.added += batch.report.added
        report.changed += batch.report.changed
        report.unchanged += batch.report.unchanged
        report.rejected += batch.report.rejected


class _Batch:
    """Some rows within one transaction: read what is there, compare, then write in bulk."""

    def __init__(self, connection: Connection, clock: Clock, settings: Settings, actor: str) -> None:
        self.report = ImportReport()
        self._connection = connection
        self._clock = clock
        self._settings = settings
        self._actor = actor
        self._events: list[AuditEvent] = []
        self._new_seafarers: dict[str, dict[str, Any]] = {}
        self._new_certificates: dict[str, dict[str, Any]] = {}

    def load(self, lines: list[_Line]) -> None:
        """Compare and write; rows that cannot be loaded end in the report."""
        self._holders = self._known_seafarers(lines)
        self._known = self._known_certificates(lines)
        for line in lines:
            try:
                if line.members["kind"] == "seafarer":
                    self._seafarer(extract.read_seafarer(line.members))
                else:
                    self._certificate(line.members)
            except (BadRow, IllegalTransition) as error:
                self.report.rejected.append(RejectedRow(line.number, str(error)))
        for table, rows in ((seafarer, self._new_seafarers), (certificate, self._new_certificates)):
            if rows:
                self._connection.execute(insert(table), list(rows.values()))
        record(self._connection, self._clock, self._events)

    def _known_seafarers(self, lines: list[_Line]) -> dict[str, tuple[dict[str, Json], str]]:
        wanted = {str(line.members.get("seafarer_id")) for line in lines}
        rows = self._connection.execute(select(seafarer).where(seafarer.c.seafarer_id.in_(wanted)))
        return {row.seafarer_id: (json.loads(row.claims), row.source_digest) for row in rows}

    def _known_certificates(self, lines: list[_Line]) -> dict[str, Row[Any]]:
        wanted = {str(line.members["document_number"]) for line in lines if "document_number" in line.members}
        query = select(certificate).where(certificate.c.document_number.in_(wanted))
        rows = self._connection.execute(query.order_by(certificate.c.id).with_for_update())
        return {row.document_number: row for row in rows}

    def _seafarer(self, row: SeafarerRow) -> None:
        known = self._holders.get(row.seafarer_id)
        if known is not None and known[1] == row.digest:
            self.report.unchanged += 1
            return
        values = {
            "seafarer_id": row.seafarer_id,
            "claims": claims_text(row.claims),
            "source_digest": row.digest,
        }
        if known is None:
            self._new_seafarers[row.seafarer_id] = values
            self.report.added += 1
        else:
            self._change_seafarer(row.seafarer_id, values)
        self._holders[row.seafarer_id] = (dict(row.claims), row.digest)

    def _change_seafarer(self, seafarer_id: str, values: dict[str, Any]) -> None:
        """A corrected or changed name: credentials that are signed from now on carry it."""
        self.report.changed += 1
        if seafarer_id in self._new_seafarers:
            self._new_seafarers[seafarer_id] = values
            return
        changed = update(seafarer).where(seafarer.c.seafarer_id == bindparam("of_seafarer"))
        own = {name: value for name, value in values.items() if name != "seafarer_id"}
        self._connection.execute(changed.values(**own), {"of_seafarer": seafarer_id})
        self._events.append(AuditEvent("seafarer-changed", seafarer_id, {}, self._actor))

    def _certificate(self, members: Mapping[str, Json]) -> None:
        row = self._read(members)
        if row.document_number in self._new_certificates:
            if self._new_certificates[row.document_number]["source_digest"] != row.digest:
                raise BadRow("document_number: it stands in an earlier line, with other contents")
            self.report.unchanged += 1
            return
        known = self._known.get(row.document_number)
        if known is None:
            self._new_certificates[row.document_number] = {**register_values(row), **source_of(row)}
            details = {"state": row.state.value, "contents": row.digest}
            self._events.append(AuditEvent("certificate-imported", row.document_number, details, self._actor))
            self.report.added += 1
        elif row.digest in (known.source_digest, digest_here(known)):
            self.report.unchanged += 1
        else:
            self._change_certificate(known, row)

    def _read(self, members: Mapping[str, Json]) -> CertificateRow:
        if members.get("type") == CertificateType.SAFE_MANNING:
            return extract.read_ship_document(members, self._settings.flag)
        holder = self._holders.get(str(members.get("seafarer_id")))
        if holder is None:
            raise BadRow("seafarer_id: no such seafarer before this line or in the register")
        return extract.read_certificate(members, holder[0], self._settings.flag)

    def _change_certificate(self, known: Row[Any], row: CertificateRow) -> None:
        """The source changed its row: follow it where the state machine allows, or reject the row."""
        refuse_other_contents(known, row)
        moved = row.state.value not in (known.state, known.source_state)
        if moved:
            before = CertificateState(known.state)
            event = event_between(before, row.state)
            if event is None:
                raise BadRow(f"state: a certificate that is {before.value} does not become {row.state.value}")
            self._refuse_too_soon(known, row, event)
            since = row.state_since or self._settings.today(self._clock()).isoformat()
            self._events.append(
                change_state(
                    self._connection,
                    known,
                    event,
                    since=since,
                    reason=row.state_reason,
                    replaced_by=row.replaced_by,
                    actor=self._actor,
                )
            )
        else:
            details = {"state": known.state, "contents": row.digest}
            self._events.append(AuditEvent("certificate-changed", row.document_number, details, self._actor))
        self._store_source(known, row, moved=moved)
        self.report.changed += 1

    def _refuse_too_soon(self, known: Row[Any], row: CertificateRow, event: CertificateEvent) -> None:
        """What is made here comes into force as its policy says, and nothing does before its first day."""
        if event not in (CertificateEvent.APPROVE, CertificateEvent.ENTER_FORCE):
            return
        if known.claims_hash is not None and self._settings.signing_policy is not None:
            raise BadRow(
                f"state: a certificate that is {known.state} here does not become {row.state.value} by an"
                " import: signing_policy is set, and asks for its approval"
            )
        first = first_day(row.claims)
        if event is CertificateEvent.ENTER_FORCE and first > self._settings.today(self._clock()):
            raise BadRow(f"state: it is issued on {first}, and not in-force before; approved until then")

    def _store_source(self, known: Row[Any], row: CertificateRow, *, moved: bool) -> None:
        """Remember what the source says; where it agrees with our state, it may also explain it."""
        values: dict[str, Any] = {
            "claims": claims_text(row.claims),
            "expiry_date": row.expiry_date,
            **source_of(row),
            **origin_of(row),
        }
        if not moved and row.state.value == known.state:
            values |= {
                "state_since": row.state_since,
                "state_reason": row.state_reason,
                "replaced_by": row.replaced_by,
            }
        mine = certificate.c.id == known.id
        self._connection.execute(update(certificate).where(mine).values(**values))
        # A later line of this batch is compared with what this one made, not with what was there before.
        changed = self._connection.execute(select(certificate).where(mine)).one()
        self._known[row.document_number] = changed


def _batches(file: IO[bytes], report: ImportReport) -> Iterator[tuple[list[_Line], int]]:
    """Lines that can be read, some at a time, and how many bytes have been read."""
    batch: list[_Line] = []
    position = 0
    for number, line in _lines(file):
        position += len(line)
        try:
            if len(line) > extract.MAX_LINE:
                raise BadRow(f"longer than {extract.MAX_LINE} bytes")
            if line.strip():
                batch.append(_Line(number, extract.parse_line(line)))
        except BadRow as error:
            report.rejected.append(RejectedRow(number, str(error)))
        if len(batch) == BATCH:
            yield batch, position
            batch = []
    yield batch, position


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Numbered lines after the first; of one that is too long, the beginning."""
    number = 1
    while line := file.readline(extract.MAX_LINE + 1):
        number += 1
        rest = line
        while len(rest) > extract.MAX_LINE and not rest.endswith(b"\n"):
            rest = file.readline(extract.MAX_LINE + 1)
        yield number, line
