"""Applications told beforehand, submitted and withdrawn."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError

from issuer.adapters.database import Database
from issuer.adapters.tables import seafarer
from issuer.adapters.tables_applications import application
from issuer.domain.applications import (
    CLOSED,
    ApplicationEvent,
    ApplicationState,
    Asked,
    next_state,
)
from issuer.domain.errors import Conflict, Crowded, InvalidInput, IssuerError, NotFound
from issuer.rules.reading.fee_schedule import Fee
from issuer.services.applications.cases import Wish, found, move, new_id, tell, without_number
from issuer.services.applications.evaluating import Days, Evaluated
from issuer.services.applications.holding import held, refuse_what_is_held
from issuer.services.applications.settling import Settling
from issuer.services.applications.which_rule import rule_for
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.settings import Settings

RETRIES = 5


class Preview(NamedTuple):
    """What would become of an application that is submitted now."""

    found: Evaluated
    fee: Fee
    share: float  # of automatic cases that a person looks at


class Submitting:
    """Takes applications in."""

    def __init__(self, database: Database, clock: Clock, settings: Settings, settling: Settling) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._settling = settling

    def preview(self, wish: Wish, *, actor: str) -> Preview:
        """What is fulfilled, what is missing, what it costs and which way it would go; nothing changes.

        The audit trail notes who looked, also where it is refused.
        Raises NotFound, InvalidInput, and Conflict: it is held.
        """
        with self._noting("application-preview-refused", wish, actor), self._database.write() as connection:
            event = AuditEvent("application-previewed", wish.seafarer_id, {"rule": wish.rule[:100]}, actor)
            old = self._admitted(connection, wish)
            found_now = self._settling.evaluating.evaluate(connection, wish, self._days(), held=old)
            record(connection, self._clock, [event])
        return Preview(
            found_now, self._fee(), self._settling.evaluating.book().policies[self._flag].spot_check
        )

    def submit(self, wish: Wish, *, key: str, actor: str) -> Row[Any]:
        """Take an application in and settle it as far as no signature is needed; the same key, the same case.

        Raises NotFound, InvalidInput, and Conflict where it is held, or applied for already.
        """
        request = sha256(f"{actor}\n{key}".encode()).hexdigest()
        for _ in range(RETRIES):
            try:
                with (
                    self._noting("application-submit-refused", wish, actor),
                    self._database.write() as connection,
                ):
                    # Of two applications at once the second, also one under the same key, sees the first.
                    _lock(connection, wish.seafarer_id)
                    known = connection.execute(
                        select(application).where(application.c.request_key == request)
                    ).one_or_none()
                    return known or self._enter(connection, wish, request, actor)
            except IntegrityError:  # another process took the key, the number, or the day's secret
                continue
        raise Crowded("other processes are entering the same application", hint="try again in a moment")

    @contextmanager
    def _noting(self, event: str, wish: Wish, actor: str) -> Iterator[None]:
        """A refusal says what somebody holds, or that nobody is of that id: it is noted as a look is."""
        try:
            yield
        except IssuerError as error:
            details: dict[str, str | int | None] = {"rule": wish.rule[:100], "code": error.code}
            with self._database.write() as connection:
                subject = AuditEvent(event, wish.seafarer_id[:100], details, actor)
                record(connection, self._clock, [subject])
            raise

    def withdraw(self, case_id: str, *, reason: str, actor: str) -> Row[Any]:
        """End an application before anything is issued. Raises NotFound, IllegalTransition, InvalidInput."""
        without_number(reason, self._settling.today)
        with self._database.write() as connection:
            row = found(connection, case_id, lock=True)
            return move(connection, self._clock, row, ApplicationEvent.WITHDRAW, by=actor, note=reason)

    def _enter(self, connection: Connection, wish: Wish, request: str, actor: str) -> Row[Any]:
        old = self._admitted(connection, wish)
        self._refuse_second(connection, wish)
        today, now = self._settling.today, int(self._clock().timestamp())
        case_id = new_id(self._flag, today)
        state = next_state(ApplicationState.DRAFT, ApplicationEvent.SUBMIT, case_id)
        values = {
            "case_id": case_id,
            "request_key": request,
            "seafarer_id": wish.seafarer_id,
            "rule": wish.rule,
            "asked": wish.asked.value,
            "language": wish.language,
            "asks": json.dumps(sorted(wish.asks)),
            "fee": json.dumps(fee_form(self._fee()), ensure_ascii=False),
            "replaces": None if old is None else old.document_number,
            "state": state.value,
            "state_since": now,
            "submitted_at": now,
            "draw_day": today.isoformat(),
        }
        connection.execute(insert(application).values(**values))
        tell(connection, case_id, now, ApplicationEvent.SUBMIT, state, by=actor)
        details: dict[str, str | int | None] = {
            "seafarer": wish.seafarer_id,
            "rule": wish.rule[:100],
            "asked": wish.asked.value,
        }
        record(connection, self._clock, [AuditEvent("application-submit", case_id, details, actor)])
        return self._settling.settle(connection, found(connection, case_id), actor=actor)

    def _admitted(self, connection: Connection, wish: Wish) -> Row[Any] | None:
        """The certificate whose place the new one would take, if any. Raises NotFound, Conflict."""
        known = select(seafarer.c.seafarer_id).where(seafarer.c.seafarer_id == wish.seafarer_id)
        if connection.execute(known).first() is None:
            raise NotFound(
                f"no seafarer {wish.seafarer_id} in the register",
                hint="import the register that has them, or check the id",
            )
        book, today = self._settling.evaluating.book(), self._settling.today
        grants = self._grants(wish.rule, wish.asked)
        old = held(connection, book.law, wish.seafarer_id, grants)
        refuse_what_is_held(old, wish.asked, today)
        return None if wish.asked is Asked.UPGRADE else old

    def _refuse_second(self, connection: Connection, wish: Wish) -> None:
        grants = self._grants(wish.rule, wish.asked)
        for row in self._of(connection, wish.seafarer_id):
            if row.state not in CLOSED and (row.rule == wish.rule or self._is_about(row, grants)):
                raise Conflict(
                    f"it is applied for already: case {row.case_id} is {row.state}",
                    hint="wait for that decision, add what it lacks, or withdraw it first",
                )

    def _grants(self, rule: str, asked: Asked) -> str:
        book = self._settling.evaluating.book()
        return rule_for(book.law, rule, asked, self._settling.today, self._flag).grants

    def _is_about(self, row: Row[Any], grants: str) -> bool:
        """Whether a case would grant the same; of one whose rule is law no more nobody knows."""
        try:
            return self._grants(row.rule, Asked(row.asked)) == grants
        except (NotFound, InvalidInput):
            return False

    def _of(self, connection: Connection, seafarer_id: str) -> Sequence[Row[Any]]:
        mine = application.c.seafarer_id == seafarer_id
        return connection.execute(select(application).where(mine).with_for_update()).all()

    def _fee(self) -> Fee:
        return self._settling.evaluating.book().fees[self._flag].on(self._settling.today)

    def _days(self) -> Days:
        return Days(self._settling.today, self._settling.today)

    @property
    def _flag(self) -> str:
        return self._settings.flag


def _lock(connection: Connection, seafarer_id: str) -> None:
    mine = select(seafarer.c.seafarer_id).where(seafarer.c.seafarer_id == seafarer_id)
    connection.execute(mine.with_for_update(key_share=True))


def fee_form(fee: Fee) -> dict[str, str | int | None]:
    """A fee as it is told: an amount of null is not known, which is said rather than guessed."""
    return {"amount": fee.amount, "currency": fee.currency, "ref": fee.ref}
