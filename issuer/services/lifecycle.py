"""What the authority decides about a certificate after it was issued, by its tracking number."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, insert, select, update

from issuer.adapters.database import Database
from issuer.adapters.repository import among, locked_certificate, set_status
from issuer.adapters.tables import certificate, credential, seafarer
from issuer.domain.errors import Conflict, InvalidInput, unknown_seafarer
from issuer.domain.extract import BadRow, check_document_number, own_claims
from issuer.domain.register import CertificateEvent, CertificateState
from issuer.services.audit import AuditEvent, record
from issuer.services.changing import change_state
from issuer.services.clock import Clock
from issuer.services.pick_ups import close_pick_ups
from issuer.settings import Settings
from keys.encoding import json_dumps
from verifier.credential import vc
from verifier.credential.model import CertificateType
from verifier.status import Status

# `revoke --as`: how a certificate ends, and what that is called in the register.
ENDINGS: Mapping[str, CertificateEvent] = {
    "revoked": CertificateEvent.REVOKE,
    "cancelled": CertificateEvent.CANCEL,
    "lost": CertificateEvent.REPORT_LOST,
}


class Replacement(NamedTuple):
    """A certificate and the one that took its place."""

    old: str
    new: str


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
        event = ENDINGS.get(ending)
        if event is None:
            raise InvalidInput(f"no such ending: {ending}", hint=f"use one of {', '.join(ENDINGS)}")
        self._apply(document_number, event, reason, actor)

    def replace(self, document_number: str, *, by: str | None = None, reason: str, actor: str) -> Replacement:
        """Let a new certificate take the place of an old one, which is in force, lost or destroyed.

        `by` names a certificate of the same seafarer and type that is in force or approved. When the register
        has none of that number, the old one is copied under it, or without `by` under a fresh number.
        """
        with self._database.write() as connection:
            old = locked_certificate(connection, document_number)
            new = _found(connection, by)
            number = by or _fresh_number(document_number)
            if number == document_number:
                raise InvalidInput("a certificate cannot replace itself", hint="give another number")
            event = change_state(
                connection,
                old,
                CertificateEvent.REPLACE,
                since=self._today(),
                reason=reason,
                replaced_by=number,
                actor=actor,
            )
            events = [event, self._take_place(connection, old, new, number, actor)]
            record(connection, self._clock, events)
        return Replacement(document_number, number)

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
        with self._database.write() as connection:
            row = locked_certificate(connection, document_number)
            change = change_state(connection, row, event, since=self._today(), reason=reason, actor=actor)
            record(connection, self._clock, [change])

    def _take_place(
        self, connection: Connection, old: Row[Any], new: Row[Any] | None, number: str, actor: str
    ) -> AuditEvent:
        """Bring the new certificate into force: the one that is there, or a copy of the old one."""
        if new is None:
            _refuse_ships(old)
            query = select(seafarer.c.claims).where(seafarer.c.seafarer_id == old.seafarer_id)
            holder = connection.execute(query).scalar_one()
            connection.execute(insert(certificate).values(**_copy(old, holder, number, self._today())))
            return AuditEvent(
                "certificate-reissued", number, {"replaces": old.document_number, "state": "in-force"}, actor
            )
        if (new.seafarer_id, new.type) != (old.seafarer_id, old.type):
            raise InvalidInput(f"{number} is of another seafarer or type than {old.document_number}")
        if old.type == CertificateType.SAFE_MANNING and _ship(new) != _ship(old):
            raise InvalidInput(f"{number} is of another ship than {old.document_number}")
        if new.state == CertificateState.IN_FORCE:
            return AuditEvent("certificate-replaces", number, {"replaces": old.document_number}, actor)
        if new.state != CertificateState.APPROVED:
            raise Conflict(f"{number} is {new.state}, so it cannot replace anything")
        return change_state(
            connection, new, CertificateEvent.ENTER_FORCE, since=self._today(), reason=None, actor=actor
        )

    def _today(self) -> date:
        return self._settings.today(self._clock())


def _found(connection: Connection, number: str | None) -> Row[Any] | None:
    if number is None:
        return None
    try:
        check_document_number(number)
    except BadRow as error:
        raise InvalidInput(str(error)) from error
    query = select(certificate).where(certificate.c.document_number == number).with_for_update()
    return connection.execute(query).one_or_none()


def _refuse_ships(old: Row[Any]) -> None:
    if old.type == CertificateType.SAFE_MANNING:
        raise InvalidInput(
            f"{old.document_number} is a ship's, and is not copied",
            hint="enter the new document first (ombord-issuer manning FILE), and name it with --by",
        )


def _ship(row: Row[Any]) -> str:
    """Whose a ship's document is: her IMO number; where none is said, her name."""
    ship = json.loads(row.claims)["ship"]
    return str(ship.get("imo") or ship["name"])


def _fresh_number(document_number: str) -> str:
    """The old number with a random ending, so that numbers cannot be guessed from each other."""
    return f"{document_number[:55]}-R{secrets.token_hex(3).upper()}"


def _copy(old: Row[Any], holder: str, number: str, today: date) -> dict[str, Any]:
    """The same rights under a new number, from today."""
    claims = {**json.loads(old.claims), **json.loads(holder)}
    before = vc.certificate_from_claims(CertificateType(old.type), claims)
    if before.expiry_date is not None and before.expiry_date < today:
        raise Conflict(
            f"{old.document_number} expired on {before.expiry_date}, so a copy of it would never be good",
            hint="import the new certificate, and name it with --by",
        )
    copy = replace(before, document_number=number, issue_date=today, replaces=old.document_number)
    return {
        "document_number": number,
        "seafarer_id": old.seafarer_id,
        "type": old.type,
        "state": CertificateState.IN_FORCE.value,
        "state_since": today.isoformat(),
        "expiry_date": old.expiry_date,
        "claims": json_dumps(own_claims(copy)).decode(),
    }
