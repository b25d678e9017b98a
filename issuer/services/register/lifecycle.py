"""What the authority decides about a certificate after it was issued, by its tracking number."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple, NoReturn

from sqlalchemy import Connection, Row, and_, exists, insert, select, update

from issuer.adapters.database import Database
from issuer.adapters.repository import among, in_force, locked_certificate, set_status
from issuer.adapters.tables import certificate, credential, seafarer
from issuer.domain.errors import Conflict, InvalidInput, IssuerError, NotFound, unknown_seafarer
from issuer.domain.extract import BadRow, check_document_number, first_day
from issuer.domain.register import CertificateEvent, CertificateState
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.register import copying
from issuer.services.register.changing import change_refused, change_state
from issuer.services.register.pick_ups import close_pick_ups
from issuer.settings import Settings
from verifier.credential.model import CertificateType
from verifier.status import Status

# `revoke --as`: how a certificate ends, and what that is called in the register.
ENDINGS: Mapping[str, CertificateEvent] = {
    "revoked": CertificateEvent.REVOKE,
    "cancelled": CertificateEvent.CANCEL,
    "lost": CertificateEvent.REPORT_LOST,
}


# `replace --as`: what the register calls a certificate that another took the place of. One of somebody whose
# legal gender or name has changed is cancelled (the Danish BEK 861, § 43).
REPLACEMENTS: Mapping[str, CertificateEvent] = {
    "replaced": CertificateEvent.REPLACE,
    "cancelled": CertificateEvent.CANCEL,
}


class Replacement(NamedTuple):
    """A certificate and the one that took its place."""

    old: str
    new: str
    is_copy: bool  # made now: the register had none of its number


class Rebinding(NamedTuple):
    """How many credentials of a seafarer's old phone were replaced."""

    seafarer_id: str
    credentials: int


class Lifecycle:
    """Changes of certificates in the register. Each sets the status of all their credentials with it."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def suspend(self, document_number: str, *, reason: str, actor: str) -> None:
        """Put out of force until `reinstate` or `revoke`."""
        self._apply(document_number, CertificateEvent.SUSPEND, reason, actor)

    def reinstate(self, document_number: str, *, reason: str, actor: str) -> None:
        """Lift a suspension."""
        self._apply(document_number, CertificateEvent.REINSTATE, reason, actor)

    def revoke(self, document_number: str, *, ending: str = "revoked", reason: str, actor: str) -> None:
        """End a certificate for good, as one of `ENDINGS`."""
        self._apply(document_number, _known(ENDINGS, ending), reason, actor)

    def replace(
        self,
        document_number: str,
        *,
        by: str | None = None,
        copy: bool = True,
        ending: str = "replaced",
        reason: str,
        actor: str,
    ) -> Replacement:
        """Let a new certificate take the place of an old one, which ends as one of `REPLACEMENTS`.

        `by` names a certificate of the same seafarer and type that is in force or approved. When the register
        has none of that number, the old one is copied under it, or without `by` under a fresh number; where
        it is not to `copy`, that is NotFound: the number may be mistyped.
        """
        event = _known(REPLACEMENTS, ending)
        with self._refusing(document_number, event, actor), self._database.write() as connection:
            old = locked_certificate(connection, document_number)
            if by is not None and not copy and _found(connection, by) is None:
                raise NotFound(
                    f"no certificate {by} in the register",
                    hint=f"check the number; to make a copy of {document_number} under it, say --copy",
                )
            return self._replace(connection, old, by, event, reason, actor)

    def reissue(self, seafarer_id: str, *, reason: str, actor: str) -> Sequence[Replacement]:
        """New certificates for all that a seafarer has in force, the old ones cancelled.

        For whoever's legal gender or name has changed: the register has the new one already. Raises Conflict
        where there is nothing to be made anew.
        """
        event = CertificateEvent.CANCEL
        with self._refusing(seafarer_id, event, actor), self._database.write() as connection:
            mine = certificate.c.seafarer_id == seafarer_id, in_force(self._today())
            query = select(certificate).where(*mine).order_by(certificate.c.id).with_for_update()
            rows = connection.execute(query).all()
            if not rows:
                self._refuse_unknown(connection, seafarer_id)
            return [self._replace(connection, row, None, event, reason, actor) for row in rows]

    def rebind(self, seafarer_id: str, *, actor: str) -> Rebinding:
        """A new phone: all credentials of the old one become replaced, the certificates stay as they are.

        Offers and access tokens end with it: whoever holds the old phone may hold those too.
        """
        now = int(self._clock().timestamp())
        with self._database.write() as connection:
            mine = select(certificate.c.id).where(certificate.c.seafarer_id == seafarer_id)
            certificates = (
                connection.execute(mine.order_by(certificate.c.id).with_for_update()).scalars().all()
            )
            if not certificates:
                raise unknown_seafarer(seafarer_id)
            on_phone = and_(
                credential.c.certificate_id.in_(certificates),
                credential.c.holder_thumbprint.is_not(None),
                credential.c.superseded_at.is_(None),
            )
            serials = connection.execute(select(credential.c.serial).where(on_phone)).scalars().all()
            those = among(connection, credential.c.serial, serials)
            set_status(connection, and_(those, credential.c.status != Status.REVOKED.value), Status.REPLACED)
            connection.execute(update(credential).where(those).values(superseded_at=now))
            close_pick_ups(connection, seafarer_id, now)
            details = {"credentials": len(serials)}
            record(connection, self._clock, [AuditEvent("seafarer-rebound", seafarer_id, details, actor)])
        return Rebinding(seafarer_id, len(serials))

    def _apply(self, document_number: str, event: CertificateEvent, reason: str, actor: str) -> None:
        with self._refusing(document_number, event, actor), self._database.write() as connection:
            row = locked_certificate(connection, document_number)
            change = change_state(connection, row, event, since=self._today(), reason=reason, actor=actor)
            record(connection, self._clock, [change])

    @contextmanager
    def _refusing(self, subject: str, event: CertificateEvent, actor: str) -> Iterator[None]:
        """What is refused changes nothing, and leaves a line in the audit trail that names the rule."""
        try:
            yield
        except IssuerError as error:
            with self._database.write() as connection:
                record(connection, self._clock, [change_refused(subject, event, error, actor)])
            raise

    def _replace(
        self,
        connection: Connection,
        old: Row[Any],
        by: str | None,
        event: CertificateEvent,
        reason: str,
        actor: str,
    ) -> Replacement:
        new = _found(connection, by)
        number = by or copying.fresh_number(old.document_number)
        if number == old.document_number:
            raise InvalidInput("a certificate cannot replace itself", hint="give another number")
        if event is CertificateEvent.CANCEL and old.state != CertificateState.IN_FORCE:
            problem = f"{old.document_number} is {old.state}, and nothing takes its place so"
            raise Conflict(problem, hint="revoke it as cancelled, or replace it without --as")
        ended = change_state(
            connection, old, event, since=self._today(), reason=reason, replaced_by=number, actor=actor
        )
        record(connection, self._clock, [ended, self._take_place(connection, old, new, number, actor)])
        return Replacement(old.document_number, number, is_copy=new is None)

    def _refuse_unknown(self, connection: Connection, seafarer_id: str) -> NoReturn:
        known = exists().where(certificate.c.seafarer_id == seafarer_id)
        if not connection.execute(select(known)).scalar():
            raise unknown_seafarer(seafarer_id)
        raise Conflict(
            f"seafarer {seafarer_id} has no certificate in force", hint="there is nothing to reissue"
        )

    def _take_place(
        self, connection: Connection, old: Row[Any], new: Row[Any] | None, number: str, actor: str
    ) -> AuditEvent:
        """Bring the new certificate into force: the one that is there, or a copy of the old one."""
        if new is None:
            copying.refuse_ships(old)
            self._refuse_unapproved(old)
            query = select(seafarer.c.claims).where(seafarer.c.seafarer_id == old.seafarer_id)
            holder = connection.execute(query).scalar_one()
            connection.execute(
                insert(certificate).values(**copying.values(old, holder, number, self._today()))
            )
            return AuditEvent(
                "certificate-reissued", number, {"replaces": old.document_number, "state": "in-force"}, actor
            )
        if (new.seafarer_id, new.type) != (old.seafarer_id, old.type):
            raise InvalidInput(f"{number} is of another seafarer or type than {old.document_number}")
        if old.type == CertificateType.SAFE_MANNING and copying.ship(new) != copying.ship(old):
            raise InvalidInput(f"{number} is of another ship than {old.document_number}")
        self._refuse_too_soon(old, new)
        if new.state == CertificateState.IN_FORCE:
            return AuditEvent("certificate-replaces", number, {"replaces": old.document_number}, actor)
        if new.state != CertificateState.APPROVED:
            raise Conflict(f"{number} is {new.state}, so it cannot replace anything")
        return change_state(
            connection, new, CertificateEvent.ENTER_FORCE, since=self._today(), reason=None, actor=actor
        )

    def _refuse_too_soon(self, old: Row[Any], new: Row[Any]) -> None:
        """Nothing is in force before its first day, and until then its holder needs the old one."""
        first = first_day(json.loads(new.claims))
        if first > self._today():
            raise Conflict(
                f"{new.document_number} is issued on {first}, and takes no place before",
                hint=f"{old.document_number} is as it was; replace it on {first}",
            )

    def _refuse_unapproved(self, old: Row[Any]) -> None:
        """What is signed by a policy is approved first: a copy is another certificate."""
        if self._settings.signing_policy is not None:
            raise Conflict(
                f"a copy of {old.document_number} would be signed by nobody: signing_policy is set",
                hint="draft the new certificate, have it approved, and name it with --by",
            )

    def _today(self) -> date:
        return self._settings.today(self._clock())


def _known(endings: Mapping[str, CertificateEvent], ending: str) -> CertificateEvent:
    event = endings.get(ending)
    if event is None:
        raise InvalidInput(f"no such ending: {ending}", hint=f"use one of {', '.join(endings)}")
    return event


def _found(connection: Connection, number: str | None) -> Row[Any] | None:
    if number is None:
        return None
    try:
        check_document_number(number)
    except BadRow as error:
        raise InvalidInput(str(error)) from error
    query = select(certificate).where(certificate.c.document_number == number).with_for_update()
    return connection.execute(query).one_or_none()
