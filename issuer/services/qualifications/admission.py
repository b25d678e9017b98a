"""Which of some reports may become records: right by themselves, and about somebody whom the register knows.

What is not is refused, and kept.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from issuer.domain.content_checks import Codes
from issuer.domain.personal_numbers import NoSuchNumber
from issuer.domain.qualification_checks import born_later, problems_of
from issuer.domain.qualifications import Accepted, Problem, Refused, Report, ReportingParty, Unreadable
from issuer.rules.content import RequiredContent
from issuer.services.audit.trail import AuditEvent
from issuer.services.clock import Clock
from issuer.services.qualifications import objections, papers, refusals, statements, storing
from issuer.services.qualifications.persons import Persons, locked
from issuer.services.qualifications.refusals import Refusal
from issuer.services.qualifications.safe import PersonKey
from issuer.services.qualifications.storing import Draft
from issuer.services.qualifications.writing import digest_of, text_of
from issuer.settings import Settings


class Admission:
    """One reporter's reports within a transaction. `results`: of those that are answered, by their place."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        settings: Settings,
        persons: Persons,
        codes: Codes,
        statement: Callable[[], RequiredContent],
        by: ReportingParty,
    ) -> None:
        self.connection = connection
        self.clock = clock
        self.by = by
        self.at = int(clock().timestamp())
        self.results: dict[int, Accepted | Refused] = {}
        self.keys: Mapping[str, PersonKey | None] = {}  # of those about whom a document came
        self._persons = persons
        self._codes = codes
        self._statement = statement
        self._today = settings.today(clock())
        self._new_id = storing.new_ids(self.at)
        self._refusals: list[Refusal] = []
        self._claims: Mapping[str, str] = {}

    def admit(self, reports: Sequence[Report | Unreadable]) -> list[tuple[int, Draft]]:
        """Those that may, with their places. The persons that they are about are locked."""
        whole = self._checked(reports)
        about = self._persons_of(whole)
        self._claims = locked(self.connection, about.values())
        sealing = {about[n] for n, one in whole if one.document is not None and about.get(n) in self._claims}
        self.keys = self._persons.keys(self.connection, sealing) if sealing else {}
        return [
            (n, self._draft(n, one, about[n])) for n, one in whole if self._is_about_somebody(n, one, about)
        ]

    def refuse(self, n: int, what: Report | Unreadable, problems: tuple[Problem, ...]) -> None:
        """Nothing of it counts."""
        refusal = Refusal(self._new_id(n), what, problems)
        self._refusals.append(refusal)
        self.results[n] = refusal.answer

    def keep_refused(self) -> list[AuditEvent]:
        """Store what was refused; the events that say so."""
        return refusals.keep(
            self.connection,
            self._refusals,
            self.by,
            self._persons.safe,
            at=self.at,
            today=self._today,
        )

    def _checked(self, reports: Sequence[Report | Unreadable]) -> list[tuple[int, Report]]:
        """Those in which nothing is wrong by themselves."""
        whole: list[tuple[int, Report]] = []
        for n, one in enumerate(reports):
            if isinstance(one, Unreadable):
                self.refuse(n, one, one.problems)
                continue
            problems = problems_of(one, self.by, self._today, self._codes)
            paper = papers.problem_of(one)
            problems = (
                *problems,
                *((paper,) if paper else ()),
                *statements.problems_of(one, self._statement),
            )
            if problems:
                self.refuse(n, one, problems)
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
                self.refuse(n, one, (objections.no_number(error),))
        owners = self._persons.owners(self.connection, set(blind.values())) if blind else {}
        return about | {n: owners[index] for n, index in blind.items() if index in owners}

    def _is_about_somebody(self, n: int, report: Report, about: Mapping[int, str]) -> bool:
        """Whether the person is in the register, and the report can be true of them."""
        if n in self.results:
            return False
        seafarer_id = about.get(n, "")
        claims = self._claims.get(seafarer_id)
        problems = (
            (objections.unknown_person(report),)
            if claims is None
            else born_later(report, _birth_date(claims))
        )
        if report.document is not None and claims is not None and self.keys[seafarer_id] is None:
            problems = (*problems, objections.erased())
        if problems:
            self.refuse(n, report, problems)
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


def _birth_date(claims: str) -> date | None:
    born = json.loads(claims).get("birth_date")
    return None if born is None else date.fromisoformat(born)
