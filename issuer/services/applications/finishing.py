"""The last step: sign the approved certificate, let it take the old one's place, close the case.

Whatever dies when, whoever comes next goes on: a paper's idempotency key is of the certificate, so that it is
signed once.
"""

from contextlib import suppress
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row, select

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate, credential
from issuer.adapters.tables_applications import application
from issuer.adapters.tables_qualifications import certificate_review
from issuer.domain.applications import ApplicationEvent, ApplicationState, Asked
from issuer.domain.errors import (
    Conflict,
    Crowded,
    InvalidInput,
    IssuerError,
    NotFound,
    SelfVerificationFailed,
)
from issuer.domain.register import CertificateState, CredentialState
from issuer.services.applications.cases import found, move
from issuer.services.applications.one_of_many import BROKEN, PASSES, said
from issuer.services.clock import Clock
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.paper.printing import Printing
from issuer.services.register.lifecycle import Lifecycle
from issuer.settings import Settings

ACTOR: Final = "system"
AT_ONCE: Final = 100  # cases that one look takes up
_LIVE = (CertificateState.IN_FORCE, CertificateState.SUSPENDED)
_WAITING = (CertificateState.DRAFTED, CertificateState.APPROVED)


class Finishing:
    """Signs what was granted."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, issuer: CredentialIssuer
    ) -> None:
        self._database = database
        self._clock = clock
        self._issuer = issuer
        self._lifecycle = Lifecycle(database, clock, settings)
        self._printing = Printing(database, clock, settings, issuer)

    def finish(self, case_id: str) -> Row[Any]:
        """Go on with a case that is `issuing`, as far as it goes today; any other is as it was."""
        with self._database.read() as connection:
            row = found(connection, case_id)
            if row.state != ApplicationState.ISSUING:
                return row
            state = self._certificate(connection, row.document_number)
            doubt = _doubt(connection, row.document_number)
        if doubt is not None and state in (*_WAITING, *_LIVE) and not self._is_out(row.document_number):
            return self._return(case_id, doubt)
        if state in _WAITING:  # for an approver, or for its day of issue
            return row
        if state not in _LIVE:
            return self._return(case_id, f"certificate {row.document_number} is {state or 'not there'}")
        try:
            [request] = self._printing.requests([row.document_number])
            self._issuer.issue(request.document_number, None, request.idempotency_key)
            self._replace(row)
        except (Conflict, NotFound, InvalidInput, SelfVerificationFailed) as error:
            if isinstance(error, Crowded):
                raise
            return self._return(case_id, error.message)
        return self._close(case_id)

    def finish_now(self, case_id: str) -> None:
        """As `finish`; where issuing is stopped, or the signer cannot now, it is taken up later."""
        with suppress(*PASSES):
            self._finish_one(case_id)

    def run(self) -> int:
        """All cases that are `issuing`, by number, until issuing is held up; how many were closed."""
        waiting = application.c.state == ApplicationState.ISSUING.value
        done, after = 0, ""
        while True:
            query = select(application.c.case_id).where(waiting, application.c.case_id > after)
            with self._database.read() as connection:
                cases = (
                    connection.execute(query.order_by(application.c.case_id).limit(AT_ONCE)).scalars().all()
                )
            for case_id in cases:
                try:
                    done += self._finish_one(case_id)
                except PASSES:
                    return done
            if len(cases) < AT_ONCE:
                return done
            after = cases[-1]

    def _finish_one(self, case_id: str) -> bool:
        """Whether it was issued; one that fails is tried again, and stops no other."""
        try:
            return bool(self.finish(case_id).state == ApplicationState.ISSUED)
        except (IssuerError, *BROKEN) as error:
            if isinstance(error, PASSES):
                raise
            structlog.get_logger().error("not finished", case=case_id, error=said(error))
            return False

    def _certificate(self, connection: Connection, number: str) -> str | None:
        query = select(certificate.c.state).where(certificate.c.document_number == number)
        return connection.execute(query).scalar_one_or_none()

    def _is_out(self, number: str) -> bool:
        """Whether anybody may have it already: then it is a person's to revoke (`ombord-issuer review`)."""
        mine = select(certificate.c.id).where(certificate.c.document_number == number).scalar_subquery()
        query = select(credential.c.id).where(
            credential.c.certificate_id == mine, credential.c.state == CredentialState.RELEASED.value
        )
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def _replace(self, row: Row[Any]) -> None:
        """What is renewed is replaced; what is lost was lost before."""
        if row.replaces is None:
            return
        with self._database.write() as connection:
            old = self._certificate(connection, row.replaces)
            reason = f"case {row.case_id}"
            if row.asked == Asked.LOST and old == CertificateState.IN_FORCE:
                self._lifecycle.revoke(row.replaces, ending="lost", reason=reason, actor=ACTOR)
                old = CertificateState.LOST
            if old in (CertificateState.IN_FORCE, CertificateState.LOST):
                self._lifecycle.replace(
                    row.replaces, by=row.document_number, copy=False, reason=reason, actor=ACTOR
                )

    def _close(self, case_id: str) -> Row[Any]:
        with self._database.write() as connection:
            row = found(connection, case_id, lock=True)
            if row.state != ApplicationState.ISSUING:  # another worker was faster
                return row
            now = int(self._clock().timestamp())
            event = ApplicationEvent.COMPLETE
            return move(
                connection, self._clock, row, event, by=ACTOR, note=row.document_number, issued_at=now
            )

    def _return(self, case_id: str, why: str) -> Row[Any]:
        with self._database.write() as connection:
            row = found(connection, case_id, lock=True)
            if row.state != ApplicationState.ISSUING:
                return row
            event = ApplicationEvent.RETURN
            # One that somebody drafted by hand, and named, is theirs to reject.
            is_own = f"{row.document_number}-".startswith(f"{case_id}-")
            if is_own and self._certificate(connection, row.document_number) in (*_WAITING, *_LIVE):
                self._lifecycle.revoke(row.document_number, ending="cancelled", reason=why[:500], actor=ACTOR)
            return move(connection, self._clock, row, event, by=ACTOR, note=why[:500], document_number=None)


def _doubt(connection: Connection, number: str) -> str | None:
    """Why nobody may sign it now: a record that it rests on has changed since it was granted."""
    review = certificate_review.c
    mine = review.document_number == number, review.settled_at.is_(None)
    row = connection.execute(select(review.record_id, review.cause).where(*mine).limit(1)).first()
    return None if row is None else f"record {row.record_id}, on which it rests, was {row.cause} since"
