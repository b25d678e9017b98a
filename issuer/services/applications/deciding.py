"""What people decide about a case: look, ask, grant, limit, refuse after a hearing; perhaps two of them."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, insert

from issuer.adapters.database import Database
from issuer.adapters.tables_applications import decision_second
from issuer.domain.applications import INTENTION, ApplicationEvent, ApplicationState, Decision, next_state
from issuer.domain.errors import Conflict, InvalidInput
from issuer.rules.outcome import Way
from issuer.rules.reading.case_practice import Practice
from issuer.rules.reading.certificate_content import Limits
from issuer.services.applications import decisions, objections
from issuer.services.applications.cases import found, move, without_number
from issuer.services.applications.decisions import Verdict
from issuer.services.applications.evaluating import Evaluated
from issuer.services.applications.granting import plain_limits
from issuer.services.applications.settling import Settling, limits_of
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.settings import Settings
from keys.encoding import Json

CODE: Final = "code"  # of a limitation that the law names


class Ruling(NamedTuple):
    """A decision to be carried out: `name` of a Decision or INTENTION, and what is told with it."""

    name: str
    reason: str | None
    told: Mapping[str, Any]
    by: str


class _Undone(Exception):
    """What was only tried is undone."""


class Deciding:
    """A person's part. `by` is the actor: whom the audit trail names."""

    def __init__(self, database: Database, clock: Clock, settings: Settings, settling: Settling) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._settling = settling

    def assign(self, case_id: str, *, by: str) -> Row[Any]:
        """Take a manual case up."""
        with self._database.write() as connection:
            return self._assigned(connection, found(connection, case_id, lock=True), by)

    def check(self, case_id: str, *, is_good: bool, reason: str, by: str) -> Row[Any]:
        """End a spot check. Good: it is issued, if by today's evidence it would still be."""
        with self._database.write() as connection:
            row = found(connection, case_id, lock=True)
            self.said(reason)
            wanted = ApplicationEvent.CLEAR if is_good else ApplicationEvent.DOUBT
            next_state(ApplicationState(row.state), wanted, case_id)
            if not is_good:
                return self._move(connection, row, ApplicationEvent.DOUBT, by, self._needed(reason))
            now = self._settling.evaluate(connection, row)
            if now.way is not Way.AUTO:
                note = f"the evidence has changed since: it is {now.way.value} now"
                return self._move(connection, row, ApplicationEvent.DOUBT, by, note)
            verdict = Verdict("clear", by=by, reason=reason or None)
            self._keep(connection, case_id, now, verdict)
            return self._settling.grant(connection, row, now, ApplicationEvent.CLEAR, actor=by)

    def ask(self, case_id: str, *, what: str, by: str) -> Row[Any]:
        """Ask the applicant for something; what then comes is looked at by a person."""
        with self._database.write() as connection:
            row = self._assigned(connection, found(connection, case_id, lock=True), by)
            return self._move(connection, row, ApplicationEvent.ASK, by, self._needed(what))

    def decide(
        self,
        case_id: str,
        what: Decision,
        *,
        reason: str,
        by: str,
        limitation: Mapping[str, Any] | None = None,
        certificate: str | None = None,
        until: date | None = None,
    ) -> Row[Any]:
        """Decide a manual case, or put the decision forward where a second person has to agree.

        A refusal is an intention first, which the applicant is heard about; in a hearing that is over it is
        the refusal. Raises IllegalTransition, Conflict, InvalidInput.
        """
        self._needed(reason)
        self._refuse_ill_put(what, limitation)
        with self._database.write() as connection:
            row = found(connection, case_id, lock=True)
            objections.refuse_pending(connection, case_id)
            if what is Decision.REFUSE and row.state == ApplicationState.HEARING:
                objections.refuse_unheard(connection, row, self._settling.today)
                name = what.value
            else:
                row = self._assigned(connection, row, by)
                name = INTENTION if what is Decision.REFUSE else what.value
            limits = None if limitation is None else self._limits(limitation)
            now = self._settling.evaluate(connection, row)
            if name == Decision.REFUSE:
                objections.refuse_other_than_intended(connection, case_id, now)
            if certificate is not None:
                objections.refuse_certificate(connection, row, certificate, now)
            needs = name in self._practice.four_eyes
            told: dict[str, Json] = {} if limits is None else {"limits": plain_limits(limits)}
            told |= {} if certificate is None else {"certificate": certificate}
            told |= {} if until is None else {"until": until.isoformat()}
            if what is not Decision.REFUSE:
                objections.refuse_unlawful(now)
            kept = Verdict(name, by=by, reason=reason, limitation=told, needs_second=needs)
            number = self._keep(connection, case_id, now, kept)
            ruling = Ruling(name, reason, told, by)
            if needs:
                self._try_out(connection, row, ruling)
                details: dict[str, str | int | None] = {"decision": number, "what": name}
                event = AuditEvent("application-decision-proposed", case_id, details, by)
                record(connection, self._clock, [event])
                return row
            return self._carry_out(connection, row, ruling)

    def _refuse_ill_put(self, what: Decision, limitation: Mapping[str, Any] | None) -> None:
        """A limitation belongs to `limit`, and names nobody."""
        if what is Decision.LIMIT and limitation is None:
            raise InvalidInput("`limit` needs a limitation", hint="say --limitation CODE, or grant it")
        if what is not Decision.LIMIT and limitation is not None:
            raise InvalidInput(
                "a limitation belongs to `limit`, and to nothing else", hint="say limit, or leave it out"
            )
        if limitation is not None:
            if not limitation:
                raise InvalidInput("the limitation is empty", hint="grant it, or say what is limited")
            self.said(json.dumps(limitation, ensure_ascii=False, default=str))

    def second(self, case_id: str, *, agrees: bool, by: str) -> Row[Any]:
        """Another person's word about what was put forward; who disagrees leaves it with the case worker."""
        with self._database.write() as connection:
            row = found(connection, case_id, lock=True)
            last = decisions.the_last(connection, case_id)
            if not last.is_open:
                raise Conflict(
                    f"nothing of case {case_id} waits for a second person",
                    hint="`ombord-issuer cases show` tells what was decided",
                )
            if _person(last.row.by) == _person(by):
                raise Conflict("whoever put it forward is not the second person", hint="somebody else agrees")
            values = {"decision_id": last.row.id, "by": by, "agrees": int(agrees)}
            now = int(self._clock().timestamp())
            connection.execute(insert(decision_second).values(at=now, **values))
            details: dict[str, str | int | None] = {"decision": last.row.id, "agrees": int(agrees)}
            event = AuditEvent("application-decision-seconded", case_id, details, by)
            record(connection, self._clock, [event])
            if not agrees:
                return row
            objections.refuse_changed(connection, row, last, self._settling.evaluate(connection, row))
            told = decisions.limitation_of(last)
            return self._carry_out(connection, row, Ruling(last.row.what, last.row.reason, told, by))

    def answer(self, case_id: str, *, text: str, by: str) -> Row[Any]:
        """What the applicant says to the intention to refuse: once it is recorded, a person decides."""
        with self._database.write() as connection:
            row = found(connection, case_id, lock=True)
            return self._move(connection, row, ApplicationEvent.ANSWER, by, self._needed(text))

    def appeal(self, case_id: str, *, text: str, by: str) -> Row[Any]:
        """The applicant appeals a refusal."""
        with self._database.write() as connection:
            row = found(connection, case_id, lock=True)
            return self._move(connection, row, ApplicationEvent.APPEAL, by, self._needed(text))

    def said(self, text: str) -> str:
        """What somebody says, or is called. Raises InvalidInput where it holds a personal number."""
        return without_number(text, self._settling.today)

    def _needed(self, text: str) -> str:
        if not text.strip():
            raise InvalidInput(
                "a reason is needed", hint="say why: it is kept with the case, and shown to the applicant"
            )
        return self.said(text)

    def _try_out(self, connection: Connection, row: Row[Any], ruling: Ruling) -> None:
        """What cannot be carried out is not put forward: it is done, and undone."""
        try:
            with self._database.write():
                self._carry_out(connection, row, ruling)
                raise _Undone
        except _Undone:
            return

    def _carry_out(self, connection: Connection, row: Row[Any], ruling: Ruling) -> Row[Any]:
        name, reason, told, by = ruling
        if name == Decision.REFUSE:
            return self._move(connection, row, ApplicationEvent.REFUSE, by, reason)
        if name == INTENTION:
            until = self._settling.today + timedelta(days=self._practice.hearing_days)
            event = ApplicationEvent.INTEND_REFUSAL
            values = {"hearing_until": until.isoformat()}
            return move(connection, self._clock, row, event, by=by, note=reason, **values)
        event = ApplicationEvent.LIMIT if name == Decision.LIMIT else ApplicationEvent.GRANT
        now = self._settling.evaluate(connection, row)
        if "certificate" in told:  # it may have become another's since it was put forward
            objections.refuse_certificate(connection, row, told["certificate"], now)
        return self._settling.grant(
            connection,
            row,
            now,
            event,
            actor=by,
            limits=told.get("limits"),
            certificate=told.get("certificate"),
            until=date.fromisoformat(told["until"]) if "until" in told else None,
        )

    def _assigned(self, connection: Connection, row: Row[Any], by: str) -> Row[Any]:
        if row.state == ApplicationState.IN_REVIEW:
            return row
        is_heard = row.state == ApplicationState.HEARING
        event = ApplicationEvent.RECONSIDER if is_heard else ApplicationEvent.ASSIGN
        return move(connection, self._clock, row, event, by=by, assigned_to=by)

    def _limits(self, limitation: Mapping[str, Any]) -> Limits:
        contents = self._settling.evaluating.book().contents[self._settings.flag]
        if CODE in limitation:
            return limits_of(contents.limitations, str(limitation[CODE]))
        return dict(limitation)

    def _keep(self, connection: Connection, case_id: str, now: Evaluated, verdict: Verdict) -> int:
        book = self._settling.evaluating.book()
        return decisions.keep(connection, self._clock, book, case_id, now, verdict)

    def _move(
        self, connection: Connection, row: Row[Any], event: ApplicationEvent, by: str, note: str | None
    ) -> Row[Any]:
        return move(connection, self._clock, row, event, by=by, note=note)

    @property
    def _practice(self) -> Practice:
        return self._settling.evaluating.book().practice[self._settings.flag]


def _person(actor: str) -> str:
    """Who that is, however they came and however they wrote it."""
    return actor.rpartition(":")[2].strip().casefold()
