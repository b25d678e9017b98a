"""Reports become records: many in one transaction, each taken or refused by itself, in their order.

The same report again is the same record. What is refused is kept, sealed, with what was wrong. Whoever has
to know of new evidence is told within the transaction.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Final, TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from issuer.adapters.database import Database
from issuer.adapters.tables_organisations import organisation
from issuer.domain.content_checks import Codes
from issuer.domain.errors import Conflict, Crowded
from issuer.domain.qualifications import Accepted, Refused, Report, ReportingParty, Unreadable
from issuer.rules.content import RequiredContent
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.qualifications import amending, correcting, history, refusals
from issuer.services.qualifications.admission import Admission
from issuer.services.qualifications.amending import Amendment
from issuer.services.qualifications.batch import Batch
from issuer.services.qualifications.correcting import RequestState
from issuer.services.qualifications.history import Entry
from issuer.services.qualifications.persons import Persons
from issuer.services.qualifications.reasons import checked_reason
from issuer.services.qualifications.refusals import KeptRefusal
from issuer.services.qualifications.reviewing import ReliedOn
from issuer.settings import Settings

RETRIES: Final = 5
_Done = TypeVar("_Done")
AfterReport = Callable[[Connection, Collection[str]], None]  # with the seafarers of whom there is news


class Reporting:
    """Takes reports."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        persons: Persons,
        codes: Callable[[], Codes],
        *,
        statement: Callable[[], RequiredContent],
        after_report: AfterReport = lambda *_: None,
        relied_on: ReliedOn = lambda *_: (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._persons = persons
        self._codes = codes
        self._statement = statement
        self._after_report = after_report
        self._relied_on = relied_on

    def report(
        self, reports: Sequence[Report | Unreadable], *, by: ReportingParty
    ) -> list[Accepted | Refused]:
        """What became of each, in their order. All are written in one transaction.

        Raises Conflict when the organisation was suspended meanwhile, SettingsInvalid where numbers or
        documents come and no key is set to seal them with, and Crowded when others report the same records at
        this very moment.
        """
        return self._again(lambda: self._report(reports, by))

    def correct(
        self,
        record_id: str,
        report: Report | Unreadable,
        *,
        by: ReportingParty,
        expected: int | None = None,
        answers: int | None = None,
    ) -> Accepted | Refused:
        """The record's next version; `answers` a request for a correction, else every open one about it.

        Raises NotFound for what is not this reporter's, Conflict for what was withdrawn, or is at another
        version than `expected`, Crowded as `report` does.
        """
        return self._again(lambda: self._correct(record_id, report, by, expected, answers))

    def _report(self, reports: Sequence[Report | Unreadable], by: ReportingParty) -> list[Accepted | Refused]:
        with self._database.write() as connection:
            _refuse_suspended(connection, by)
            batch = self._batch(connection, by)
            results = batch.take(reports)
            if batch.news:
                self._after_report(connection, batch.news)
            return results

    def _correct(
        self,
        record_id: str,
        report: Report | Unreadable,
        by: ReportingParty,
        expected: int | None,
        answers: int | None,
    ) -> Accepted | Refused:
        with self._database.write() as connection:
            _refuse_suspended(connection, by)
            row = amending.locked_record(connection, record_id, by)
            amending.check_standing(row, expected)
            result, events = self._batch(connection, by).take_correction(row, report)
            if isinstance(result, Accepted):
                done = correcting.answered(
                    connection, row.record_id, RequestState.CORRECTED, by, self._at, answers
                )
                events = [*events, *done]
            record(connection, self._clock, events)
            if isinstance(result, Accepted) and result.is_new:
                self._after_report(connection, {row.seafarer_id})
            return result

    def withdraw(self, record_id: str, *, reason: str, by: ReportingParty) -> Accepted:
        """The record counts no more. Raises NotFound for another reporter's, InvalidInput for no reason."""
        checked_reason(reason, self._settings.today(self._clock()))
        with self._database.write() as connection:
            _refuse_suspended(connection, by)
            row = amending.locked_record(connection, record_id, by)
            amendment = Amendment(connection, self._at, self._relied_on, by)
            result = amendment.withdraw(row, reason)
            done = correcting.answered(connection, row.record_id, RequestState.WITHDRAWN, by, self._at)
            record(connection, self._clock, [*amendment.events, *done])
            if result.is_new:
                self._after_report(connection, {row.seafarer_id})
            return result

    def records(
        self,
        by: ReportingParty,
        *,
        reference: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """What this reporter has reported of the kinds they may report, oldest first. The look is noted."""
        with self._database.write() as connection:
            found = history.of_reporter(connection, by, reference=reference, after=after, limit=limit)
            seen = AuditEvent(history.LISTED, by.organisation_id, {"records": len(found)}, by.actor)
            record(connection, self._clock, [seen])
            return found

    @staticmethod
    def _again(act: Callable[[], _Done]) -> _Done:
        """What is done, tried again when somebody else reported the same in this very moment."""
        for _ in range(RETRIES):
            try:
                return act()
            except IntegrityError:  # look again
                continue
        raise Crowded("the same records are being reported by another process", hint="send them again")

    def _batch(self, connection: Connection, by: ReportingParty) -> Batch:
        parts = (self._clock, self._settings, self._persons, self._codes(), self._statement, by)
        return Batch(Admission(connection, *parts), self._relied_on)

    @property
    def _at(self) -> int:
        return int(self._clock().timestamp())

    def refusals(
        self, by: ReportingParty, *, after: str | None = None, limit: int = 100
    ) -> list[KeptRefusal]:
        """What was refused of this reporter's, of the kinds that they may report, oldest first."""
        with self._database.read() as connection:
            return refusals.of_reporter(connection, by, after=after, limit=limit)


def _refuse_suspended(connection: Connection, by: ReportingParty) -> None:
    """A large request takes a minute to come; the state that it finds is held until it is written."""
    state = select(organisation.c.state).where(organisation.c.client_id == by.organisation_id)
    if connection.execute(state.with_for_update(read=True)).scalar_one_or_none() == "suspended":
        raise Conflict(
            f"{by.organisation_id} was suspended while this was sent",
            hint="ask the authority; nothing was taken",
        )
