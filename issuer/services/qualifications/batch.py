"""Some reports within one transaction: checked, compared with what is there, then written in bulk."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, func, select

from issuer.adapters.repository import among
from issuer.adapters.tables_qualifications import qualification_record
from issuer.domain.contradictions import Clashes
from issuer.domain.personal_numbers import NoSuchNumber
from issuer.domain.qualification_checks import Codes, born_later, problems_of
from issuer.domain.qualifications import (
    Accepted,
    Act,
    Problem,
    Refused,
    Remark,
    Report,
    ReportingParty,
    SeaService,
    Unreadable,
)
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.qualifications import objections, papers, refusals, reviewing, statements, storing
from issuer.services.qualifications.amending import CONTRADICTED, Amendment
from issuer.services.qualifications.persons import Persons, locked
from issuer.services.qualifications.refusals import Refusal
from issuer.services.qualifications.reviewing import Cause, ReliedOn
from issuer.services.qualifications.safe import PersonKey
from issuer.services.qualifications.storing import Draft
from issuer.services.qualifications.writing import digest_of, text_of
from issuer.settings import Settings

REPORTED: Final = "record-reported"
MOST_RECORDS: Final = 1_000  # of one person: sixty years of three ships a month are fewer


class _Known(NamedTuple):
    """A record that is there already, or was made earlier in this batch."""

    record_id: str
    version: int
    digest: str
    standing: int


class Batch:
    """One reporter's reports. `news`: of whom there are new records."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        settings: Settings,
        persons: Persons,
        codes: Codes,
        by: ReportingParty,
    ) -> None:
        self.news: set[str] = set()
        self._connection = connection
        self._clock = clock
        self._persons = persons
        self._codes = codes
        self._by = by
        self._at = int(clock().timestamp())
        self._new_id = storing.new_ids(self._at)
        self._today = settings.today(clock())
        self._results: dict[int, Accepted | Refused] = {}
        self._refusals: list[Refusal] = []
        self._claims: Mapping[str, str] = {}
        self._keys: Mapping[str, PersonKey | None] = {}

    def take(self, reports: Sequence[Report | Unreadable], relied_on: ReliedOn) -> list[Accepted | Refused]:
        """Check, compare and write; what became of each, in order."""
        whole = self._checked(reports)
        about = self._persons_of(whole)
        self._claims = locked(self._connection, about.values())
        sealing = {about[n] for n, one in whole if one.document is not None and about.get(n) in self._claims}
        self._keys = self._persons.keys(self._connection, sealing) if sealing else {}
        drafts = [
            (n, self._draft(n, one, about[n])) for n, one in whole if self._is_about_somebody(n, one, about)
        ]
        new = self._new_ones(drafts)
        self._write(new, relied_on)
        return [self._results[n] for n in range(len(reports))]

    def take_correction(
        self, row: Row[Any], report: Report, relied_on: ReliedOn
    ) -> tuple[Accepted | Refused, Sequence[AuditEvent]]:
        """The next version of a record of this reporter's, or the report refused; the events of either."""
        whole = self._checked([report])
        about = self._persons_of(whole)
        self._claims = locked(self._connection, about.values())
        if report.document is not None and about.get(0) in self._claims:
            self._keys = self._persons.keys(self._connection, about.values())
        for n, one in whole:
            if self._is_about_somebody(n, one, about):
                draft = self._next(row, one, about[n])
                problems = self._against(row, draft)
                if not problems:
                    amendment = Amendment(self._connection, self._at, relied_on, self._by)
                    accepted = amendment.correct(row, draft, self._keys.get(draft.seafarer_id))
                    return accepted, amendment.events
                self._refuse(n, one, problems)
        return self._results[0], self._keep_refused()

    def _next(self, row: Row[Any], report: Report, seafarer_id: str) -> Draft:
        named = replace(report, reference=report.reference or row.reference)
        draft = self._draft(0, named, seafarer_id)
        return draft._replace(record_id=row.record_id, version=row.version + 1)

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

    def _keep_refused(self) -> list[AuditEvent]:
        return refusals.keep(
            self._connection,
            self._refusals,
            self._by,
            self._persons.safe,
            at=self._at,
            today=self._today,
        )

    def _checked(self, reports: Sequence[Report | Unreadable]) -> list[tuple[int, Report]]:
        """Those in which nothing is wrong by themselves."""
        whole: list[tuple[int, Report]] = []
        for n, one in enumerate(reports):
            if isinstance(one, Unreadable):
                self._refuse(n, one, one.problems)
                continue
            problems = problems_of(one, self._by, self._today, self._codes)
            paper = papers.problem_of(one)
            problems = (*problems, *((paper,) if paper else ()), *statements.problems_of(one))
            if problems:
                self._refuse(n, one, problems)
            else:
                whole.append((n, one))
        return whole

    def _persons_of(self, whole: Sequence[tuple[int, Report]]) -> dict[int, str]:
        """Whom each report is about, as far as that is known; one with a number that is none is refused."""
        about: dict[int, str] = {}
        blind: dict[int, str] = {}
        for n, one in whole:
            if one.personal_number is None:
                about[n] = one.seafarer_id or ""
                continue
            try:
                blind[n] = self._persons.blind_of(one.personal_number)
            except NoSuchNumber as error:
                self._refuse(n, one, (objections.no_number(error),))
        owners = self._persons.owners(self._connection, set(blind.values())) if blind else {}
        return about | {n: owners[index] for n, index in blind.items() if index in owners}

    def _is_about_somebody(self, n: int, report: Report, about: Mapping[int, str]) -> bool:
        """Whether the person is in the register, and the report can be true of them."""
        if n in self._results:
            return False
        seafarer_id = about.get(n, "")
        claims = self._claims.get(seafarer_id)
        problems = (
            (objections.unknown_person(report),)
            if claims is None
            else born_later(report, _birth_date(claims))
        )
        if report.document is not None and claims is not None and self._keys[seafarer_id] is None:
            problems = (*problems, objections.erased())
        if problems:
            self._refuse(n, report, problems)
        return not problems

    def _draft(self, n: int, report: Report, seafarer_id: str) -> Draft:
        text = text_of(report.contents)
        digest = digest_of(report, seafarer_id, text, self._document_digest(report))
        return Draft(self._new_id(n), 1, report, seafarer_id, text, digest)

    def _document_digest(self, report: Report) -> str:
        document = report.document
        if document is None:
            return ""
        return self._persons.needed_safe.digest(document)

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
                self._results[n] = Accepted(record_id=same.record_id, version=same.version, is_new=False)
            elif taken is not None:
                self._refuse(
                    n, draft.report, (objections.taken(taken.record_id, is_standing=bool(taken.standing)),)
                )
            elif counts.get(draft.seafarer_id, 0) >= MOST_RECORDS:
                self._refuse(n, draft.report, (objections.too_many(MOST_RECORDS),))
            else:
                counts[draft.seafarer_id] = counts.get(draft.seafarer_id, 0) + 1
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

    def _counts(self, seafarers: set[str]) -> dict[str, int]:
        table = qualification_record.c
        mine = among(self._connection, table.seafarer_id, sorted(seafarers))
        query = select(table.seafarer_id, func.count()).where(mine).group_by(table.seafarer_id)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def _write(self, new: Sequence[tuple[int, Draft]], relied_on: ReliedOn) -> None:
        drafts = [draft for _, draft in new]
        clashes = self._clashes(drafts)
        mine = frozenset(draft.record_id for draft in drafts)
        storing.insert_all(
            self._connection,
            [storing.record_row(one, self._by, self._at, clashes.contradicted) for one in drafts],
            [storing.version_row(one, Act.REPORTED, self._by.actor, self._at) for one in drafts],
            [
                papers.row_of(one.record_id, one.version, one.report.document, key)
                for one in drafts
                if one.report.document is not None and (key := self._keys[one.seafarer_id]) is not None
            ],
        )
        older = clashes.contradicted - mine
        changed = storing.mark_contradicted(self._connection, older, to=True)
        for n, draft in new:
            remarks = _remarks(draft, clashes)
            self._results[n] = Accepted(record_id=draft.record_id, version=1, remarks=remarks)
        self.news = {draft.seafarer_id for draft in drafts}
        actor = self._by.actor
        flagged = reviewing.flag(self._connection, self._at, changed, Cause.CONTRADICTED, relied_on, actor)
        contradicted = sorted(clashes.contradicted & mine) + changed
        events = [
            *(_reported(draft, actor) for draft in drafts),
            *(AuditEvent(CONTRADICTED, name, {}, actor) for name in contradicted),
            *flagged,
            *self._keep_refused(),
        ]
        record(self._connection, self._clock, events)

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

    def _refuse(self, n: int, what: Report | Unreadable, problems: tuple[Problem, ...]) -> None:
        refusal = Refusal(self._new_id(n), what, problems)
        self._refusals.append(refusal)
        self._results[n] = refusal.answer


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


def _birth_date(claims: str) -> date | None:
    born = json.loads(claims).get("birth_date")
    return None if born is None else date.fromisoformat(born)
