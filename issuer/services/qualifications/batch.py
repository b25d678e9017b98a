"""Some reports within one transaction: compared with what is there, then written in bulk."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, func, select

from issuer.adapters.repository import among
from issuer.adapters.tables_qualifications import qualification_record
from issuer.domain.contradictions import Clashes
from issuer.domain.qualifications import (
    Accepted,
    Act,
    Problem,
    Refused,
    Remark,
    Report,
    SeaService,
    Unreadable,
)
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.qualifications import objections, papers, reviewing, storing
from issuer.services.qualifications.admission import Admission
from issuer.services.qualifications.amending import CONTRADICTED, Amendment
from issuer.services.qualifications.reviewing import Cause, ReliedOn
from issuer.services.qualifications.storing import Draft

REPORTED: Final = "record-reported"
# Of one person, that stand. A reporter's own: forty years of a new ship each month are fewer. Of all:
# ten reporters who have each said all that they can, so that a case is decided in time.
MOST_OF_A_REPORTER: Final = 500
MOST_RECORDS: Final = 5_000


class _Known(NamedTuple):
    """A record that is there already, or was made earlier in this batch."""

    record_id: str
    version: int
    digest: str
    standing: int


class _Count(NamedTuple):
    """How many records about a person stand: this reporter's, and everybody's."""

    mine: int
    all: int

    def plus(self, more: int, *, is_mine: bool) -> "_Count":
        return _Count(self.mine + more * is_mine, self.all + more)

    def problem(self) -> Problem | None:
        """Why one more is too many. One reporter's are never another's limit."""
        if self.mine >= MOST_OF_A_REPORTER:
            return objections.too_many(MOST_OF_A_REPORTER, of="of yours ")
        return objections.too_many(MOST_RECORDS) if self.all >= MOST_RECORDS else None


_NONE: Final = _Count(0, 0)


class Batch:
    """One reporter's reports. `news`: of whom there are new records."""

    def __init__(self, admission: Admission, relied_on: ReliedOn) -> None:
        self.news: set[str] = set()
        self._admission = admission
        self._relied_on = relied_on
        self._connection = admission.connection
        self._at = admission.at
        self._by = admission.by

    def take(self, reports: Sequence[Report | Unreadable]) -> list[Accepted | Refused]:
        """Check, compare and write; what became of each, in order."""
        new = self._new_ones(self._admission.admit(reports))
        record(self._connection, self._admission.clock, self._write(new))
        return [self._admission.results[n] for n in range(len(reports))]

    def take_correction(
        self, row: Row[Any], report: Report | Unreadable
    ) -> tuple[Accepted | Refused, Sequence[AuditEvent]]:
        """The next version of a record of this reporter's, or the report refused; the events of either."""
        named = report if report.reference else replace(report, reference=row.reference)
        for n, admitted in self._admission.admit([named]):
            draft = admitted._replace(record_id=row.record_id, version=row.version + 1)
            problems = self._against(row, draft)
            if not problems:
                amendment = Amendment(self._connection, self._at, self._relied_on, self._by)
                accepted = amendment.correct(row, draft, self._admission.keys.get(draft.seafarer_id))
                return accepted, amendment.events
            self._admission.refuse(n, report, problems)
        return self._admission.results[0], self._admission.keep_refused()

    def _against(self, row: Row[Any], draft: Draft) -> tuple[Problem, ...]:
        """What of a correction would make another record of it, or the same as another."""
        same = self._known([draft])[0].get(draft.digest)
        wrong = {
            "/kind": draft.report.kind.value != row.kind,
            "/seafarer_id": draft.seafarer_id != row.seafarer_id,
            "/reference": draft.report.reference != row.reference,
        }
        problems = [objections.other_record(where) for where, is_so in wrong.items() if is_so]
        if same is not None and same.record_id != row.record_id:
            problems.append(objections.duplicate(same.record_id))
        return tuple(problems)

    def _new_ones(self, drafts: Sequence[tuple[int, Draft]]) -> list[tuple[int, Draft]]:
        """Those that are not there yet; the others are answered."""
        by_digest, by_reference = self._known(one for _, one in drafts)
        counts = self._counts({one.seafarer_id for _, one in drafts})
        new: list[tuple[int, Draft]] = []
        for n, draft in drafts:
            name = (draft.report.kind.value, draft.report.reference)
            same = by_digest.get(draft.digest)
            taken = by_reference.get(name) if draft.report.reference is not None else None
            if same is not None:
                self._admission.results[n] = Accepted(
                    record_id=same.record_id, version=same.version, is_new=False
                )
            elif taken is not None:
                self._admission.refuse(
                    n, draft.report, (objections.taken(taken.record_id, is_standing=bool(taken.standing)),)
                )
            elif (crowded := counts.get(draft.seafarer_id, _NONE).problem()) is not None:
                self._admission.refuse(n, draft.report, (crowded,))
            else:
                counts[draft.seafarer_id] = counts.get(draft.seafarer_id, _NONE).plus(1, is_mine=True)
                known = _Known(draft.record_id, draft.version, draft.digest, 1)
                by_digest[draft.digest] = by_reference[name] = known
                new.append((n, draft))
        return new

    def _known(
        self, drafts: Iterable[Draft]
    ) -> tuple[dict[str, _Known], dict[tuple[str, str | None], _Known]]:
        """This reporter's records with the same contents that stand, and with the same references."""
        mine = list(drafts)
        table = qualification_record.c
        query = select(
            table.record_id, table.version, table.digest, table.standing, table.kind, table.reference
        )
        query = query.where(table.organisation_id == self._by.organisation_id)
        digests = among(self._connection, table.digest, [one.digest for one in mine])
        references = [one.report.reference for one in mine if one.report.reference is not None]
        same = self._connection.execute(query.where(digests, table.standing == 1)).all() if mine else []
        named = among(self._connection, table.reference, references)
        taken = self._connection.execute(query.where(named)).all() if references else []
        return (
            {row.digest: _Known(*row[:4]) for row in same},
            {(row.kind, row.reference): _Known(*row[:4]) for row in taken},
        )

    def _counts(self, seafarers: set[str]) -> dict[str, _Count]:
        table = qualification_record.c
        about = among(self._connection, table.seafarer_id, sorted(seafarers))
        query = select(table.seafarer_id, table.organisation_id, func.count()).where(
            about, table.standing == 1
        )
        counts: dict[str, _Count] = {}
        for seafarer, reporter, found in self._connection.execute(
            query.group_by(table.seafarer_id, table.organisation_id)
        ):
            is_mine = reporter == self._by.organisation_id
            counts[seafarer] = counts.get(seafarer, _NONE).plus(found, is_mine=is_mine)
        return counts

    def _write(self, new: Sequence[tuple[int, Draft]]) -> list[AuditEvent]:
        drafts = [draft for _, draft in new]
        clashes = self._clashes(drafts)
        mine, keys = frozenset(draft.record_id for draft in drafts), self._admission.keys
        storing.insert_all(
            self._connection,
            [storing.record_row(one, self._by, self._at, clashes.contradicted) for one in drafts],
            [storing.version_row(one, Act.REPORTED, self._by.actor, self._at) for one in drafts],
            [
                papers.row_of(one.record_id, one.version, one.report.document, key)
                for one in drafts
                if one.report.document is not None and (key := keys[one.seafarer_id]) is not None
            ],
        )
        older = clashes.contradicted - mine
        changed = storing.mark_contradicted(self._connection, older, to=True)
        for n, draft in new:
            remarks = _remarks(draft, clashes)
            self._answer(n, draft.record_id, draft.version, remarks=remarks)
        self.news = {draft.seafarer_id for draft in drafts}
        actor = self._by.actor
        flagged = reviewing.flag(
            self._connection, self._at, changed, Cause.CONTRADICTED, self._relied_on, actor
        )
        contradicted = sorted(clashes.contradicted & mine) + changed
        return [
            *(_reported(draft, actor) for draft in drafts),
            *(AuditEvent(CONTRADICTED, name, {}, actor) for name in contradicted),
            *flagged,
            *self._admission.keep_refused(),
        ]

    def _answer(
        self, n: int, record_id: str, version: int, *, is_new: bool = True, remarks: tuple[str, ...] = ()
    ) -> None:
        taken = Accepted(record_id=record_id, version=version, is_new=is_new, remarks=remarks)
        self._admission.results[n] = taken

    def _clashes(self, drafts: Sequence[Draft]) -> Clashes:
        service = [one for one in drafts if isinstance(one.report.contents, SeaService)]
        new = [storing.stay_of(one, self._by.organisation_id) for one in service]
        if not new:
            return Clashes(frozenset(), frozenset())
        between = min(stay.first for stay in new), max(stay.last for stay in new)
        stays = storing.stays_of(self._connection, {one.seafarer_id for one in service}, between)
        for draft, stay in zip(service, new, strict=True):
            stays.setdefault(draft.seafarer_id, []).append(stay)
        return storing.clashes_of(stays)


def _reported(draft: Draft, actor: str) -> AuditEvent:
    details = {"kind": draft.report.kind.value, "seafarer": draft.seafarer_id, "digest": draft.digest}
    return AuditEvent(REPORTED, draft.record_id, details, actor)


def _remarks(draft: Draft, clashes: Clashes) -> tuple[str, ...]:
    said = draft.report.contents
    found = {
        Remark.ONE_DAY: isinstance(said, SeaService) and said.first == said.last,
        Remark.OVERLAPS: draft.record_id in clashes.overlapping,
        Remark.CONTRADICTED: draft.record_id in clashes.contradicted,
    }
    return tuple(remark.value for remark, is_so in found.items() if is_so)
