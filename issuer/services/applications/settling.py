"""From an evaluation to the state that follows from it: issue, look, refer to a person, or wait."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate as certificate_table
from issuer.adapters.tables_applications import application
from issuer.domain.applications import ApplicationEvent
from issuer.domain.errors import Conflict, IssuerError
from issuer.rules.facts import Record, Reporter, Service
from issuer.rules.outcome import Way
from issuer.rules.reading.certificate_content import Limits
from issuer.services.applications import decisions
from issuer.services.applications.cases import history, move, wish_of
from issuer.services.applications.decisions import Verdict
from issuer.services.applications.drawing import Drawing
from issuer.services.applications.evaluating import Days, Evaluated, Evaluating
from issuer.services.applications.granting import Grant, Granting, rule_name
from issuer.services.applications.portraying import Portraying
from issuer.services.clock import Clock
from issuer.services.qualifications.evidence import reporters_of
from issuer.settings import Settings


class Settling:
    """Moves cases on, within the caller's transaction."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        evaluating: Evaluating,
        drawing: Drawing,
        granting: Granting,
        portraying: Portraying,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self.evaluating = evaluating
        self._drawing = drawing
        self._granting = granting
        self._portraying = portraying

    @property
    def today(self) -> date:
        """In the authority's time zone."""
        return self._settings.today(self._clock())

    def evaluate(self, connection: Connection, row: Row[Any]) -> Evaluated:
        """What a case comes to today."""
        wish = wish_of(row)
        complete = None if row.complete is None else date.fromisoformat(row.complete)
        submitted = self._settings.today(datetime.fromtimestamp(row.submitted_at, UTC))
        days = Days(submitted, self.today, complete)
        by_hand = row.assigned_to is not None
        old = _replaced(connection, row)
        return self.evaluating.evaluate(connection, wish, days, held=old, by_hand=by_hand)

    def settle(self, connection: Connection, row: Row[Any], *, actor: str) -> Row[Any]:
        """Evaluate a case that is `evaluating`, keep the decision, and move it to where that leads."""
        found = self.evaluate(connection, row)
        automatic = Verdict("evaluate", by=f"rule:{rule_name(found.rule)}"[:100], automatic=True)
        decisions.keep(connection, self._clock, self.evaluating.book(), row.case_id, found, automatic)
        match found.way:
            case Way.INCOMPLETE:
                return self._move(connection, row, ApplicationEvent.LACK, actor)
            case Way.MANUAL:
                return self._move(connection, row, ApplicationEvent.REFER, actor)
            case Way.AUTO:
                return self._automatic(connection, row, found, actor)

    def _automatic(self, connection: Connection, row: Row[Any], found: Evaluated, actor: str) -> Row[Any]:
        day = self.today
        # By a secret that nobody knows yet: that of an earlier day is public before the evidence is in.
        mine = update(application).where(application.c.case_id == row.case_id)
        connection.execute(mine.values(draw_day=day.isoformat()))
        earlier = self._drawing.evaded(connection, row.seafarer_id, row.case_id)
        if earlier is not None:
            note = f"case {earlier} was drawn, and withdrawn before the look was over"
            return self._move(connection, row, ApplicationEvent.DRAW, actor, note=note)
        share = self.evaluating.book().policies[self._settings.flag].spot_check
        if self._drawing.is_due(connection, row.case_id, day, share):
            return self._move(connection, row, ApplicationEvent.DRAW, actor, note=f"by the secret of {day}")
        try:
            return self.grant(connection, row, found, ApplicationEvent.ACCEPT, actor=actor, automatic=True)
        except IssuerError as error:
            if not isinstance(error, Conflict) and error.code != "invalid-input":
                raise
            return self._move(connection, row, ApplicationEvent.REFER, actor, note=error.message)

    def grant(
        self,
        connection: Connection,
        row: Row[Any],
        found: Evaluated,
        event: ApplicationEvent,
        *,
        actor: str,
        automatic: bool = False,
        limits: Limits | None = None,
        certificate: str | None = None,
        until: date | None = None,
    ) -> Row[Any]:
        """Draft and approve the certificate, and move the case to `issuing`: all of it, or nothing."""
        book = self.evaluating.book()
        old = _replaced(connection, row)
        number = certificate or self._number(connection, row)
        if limits is None and found.outcome.limitation is not None:
            limits = limits_of(book.contents[self._settings.flag].limitations, found.outcome.limitation)
        wish = wish_of(row)
        by = f"rule:{rule_name(found.rule)}"[:100] if automatic else actor
        if certificate is None:
            grant = Grant(
                number=number,
                seafarer_id=row.seafarer_id,
                asked=wish.asked,
                found=found,
                today=self.today,
                old=old,
                limits=limits,
                until=until,
                reporter=_the_one(connection, found, Reporter.COMPANY),
                provider=_the_one(connection, found, Reporter.SCHOOL),
            )
            with self._database.write():  # undone alone where it is refused
                self._granting.draft(grant, actor=by)
        self._portraying.take(connection, row.seafarer_id, found, actor=by)
        return move(
            connection,
            self._clock,
            row,
            event,
            by=actor,
            note=number,
            document_number=number,
            automatic=int(automatic),
        )

    def _number(self, connection: Connection, row: Row[Any]) -> str:
        """A number of its own for each certificate that a case has led to; the first is the case's."""
        granting = (
            ApplicationEvent.ACCEPT,
            ApplicationEvent.CLEAR,
            ApplicationEvent.GRANT,
            ApplicationEvent.LIMIT,
        )
        times = sum(step.event in granting for step in history(connection, row.case_id))
        return f"{row.case_id}-{times + 1}" if times else str(row.case_id)

    def _move(
        self,
        connection: Connection,
        row: Row[Any],
        event: ApplicationEvent,
        actor: str,
        note: str | None = None,
    ) -> Row[Any]:
        return move(connection, self._clock, row, event, by=actor, note=note)


def reopen(connection: Connection, clock: Clock, row: Row[Any], *, actor: str) -> Row[Any]:
    """A case that waits for information is evaluated anew."""
    mine = update(application).where(application.c.case_id == row.case_id)
    connection.execute(mine.values(due=0))
    return move(connection, clock, row, ApplicationEvent.EVALUATE, by=actor)


def _replaced(connection: Connection, row: Row[Any]) -> Row[Any] | None:
    """The certificate whose place the new one takes."""
    same = certificate_table.c.document_number == row.replaces
    return connection.execute(select(certificate_table).where(same)).one_or_none()


def _the_one(connection: Connection, found: Evaluated, role: Reporter) -> str | None:
    """Who alone reported what a grant rests on in that role; `relied_on` knows each record."""
    used = found.outcome.finding.records()
    facts: tuple[Service | Record, ...] = (*found.facts.services, *found.facts.records)
    theirs = [one.id for one in facts if one.id in used and one.source.reporter is role]
    names = set(reporters_of(connection, theirs).values()) if theirs else set()
    return names.pop() if len(names) == 1 else None


def limits_of(known: Mapping[str, Limits], code: str) -> Limits:
    """What a limitation of the law is called on a certificate. Raises Conflict where nobody wrote it down."""
    limits = known.get(code)
    if limits is None:
        raise Conflict(
            f"nothing is written down for the limitation {code}",
            hint="add it to `limitations` of that country's certificates file",
        )
    return limits
