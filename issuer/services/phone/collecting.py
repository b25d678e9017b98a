"""Collect a certificate with an access token: one credential for one phone, and what became of it there.

Asking again for the same certificate with the same key gives the same bytes, also under a later offer, for as
long as the register's record is the same and no other credential has taken that one's place.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, String, cast, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from issuer.adapters.database import Database
from issuer.adapters.tables import access_token, certificate, credential, notification, renewal, seafarer
from issuer.domain.errors import NotFound, NotInForce, PhoneTaken
from issuer.domain.register import CredentialState
from issuer.services.audit.trail import WALLET, AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.log import transparency
from issuer.services.phone.redeeming import Access
from keys.jwk import PublicKey
from keys.transparency.entry import Receipt

_NOT_THIS_PHONE = "this access token has ended or is bound to another key: one pick-up serves one phone"
_OTHER_SEAFARER = "this phone holds another seafarer's certificates: one phone serves one seafarer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A credential for the wallet, the id under which it tells what became of it, and its receipt of the log.

    A new one has none yet: the next sync brings it, under one checkpoint for all that were picked up.
    """

    text: str
    notification_id: str
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """A request that will not succeed if repeated, and why."""

    reason: str


class NotificationEvent(StrEnum):
    """What may become of a credential in a wallet (OpenID4VCI 1.0, 11.1)."""

    ACCEPTED = "credential_accepted"
    FAILURE = "credential_failure"
    DELETED = "credential_deleted"


class Collecting:
    """The wallet's side of issuing."""

    def __init__(self, database: Database, clock: Clock, issuer: CredentialIssuer) -> None:
        self._database = database
        self._clock = clock
        self._issuer = issuer

    def collect(self, access: Access, document_number: str, key: PublicKey) -> Collected | Denied:
        """The credential of `document_number`, which `access` covers, bound to `key`."""
        with self._database.write() as connection:
            if not _bind(connection, access, key, self._now()):
                return Denied(_NOT_THIS_PHONE)
            if _is_anothers(connection, document_number, key):
                return Denied(_OTHER_SEAFARER)
            request = _identity(connection, document_number, key)
        try:
            issued = self._issuer.issue(document_number, key, request)
        except (NotInForce, NotFound):
            return Denied("the certificate is no longer in force")
        except PhoneTaken:  # by a pick-up that went on beside this one
            return Denied(_OTHER_SEAFARER)
        identifier = self._notification_id(access, issued.serial)
        if identifier is None:
            return Denied(_NOT_THIS_PHONE)
        with self._database.read() as connection:
            found, _ = transparency.receipts(connection, [issued.serial])
        return Collected(text=issued.token, notification_id=identifier, receipt=found.get(issued.serial))

    def notify(self, access: Access, identifier: str, event: NotificationEvent) -> bool:
        """Record the event, however often it is told; False when `access` was given no such id."""
        mine = (notification.c.id == identifier) & (notification.c.token_hash == access.token_hash)
        with self._database.write() as connection:
            row = connection.execute(select(notification).where(mine).with_for_update()).one_or_none()
            if row is None:
                return False
            if row.event != event:
                told_at = {"event": event, "received_at": self._now()}
                connection.execute(update(notification).where(mine).values(told_at))
                told = AuditEvent(event.replace("_", "-"), row.serial, {}, WALLET)
                record(connection, self._clock, [told])
        return True

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _notification_id(self, access: Access, serial: str) -> str | None:
        """None when the access token has ended while we signed.

        `rebind` either ended the token before we look, and nothing is handed out, or comes after the release
        and finds the credential to replace: it locks certificates, which a release waits for.
        """
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        new = {"id": secrets.token_urlsafe(32), "token_hash": access.token_hash, "serial": serial}
        mine = (notification.c.token_hash == access.token_hash) & (notification.c.serial == serial)
        living = select(access_token.c.token_hash).where(_living(access, self._now()))
        with self._database.write() as connection:
            if connection.execute(living.with_for_update()).one_or_none() is None:
                return None
            connection.execute(insert(notification).values(new).on_conflict_do_nothing())
            return str(connection.execute(select(notification.c.id).where(mine)).scalar_one())


def _living(access: Access, now: int) -> ColumnElement[bool]:
    """The row of an access token that has not ended."""
    return (access_token.c.token_hash == access.token_hash) & (access_token.c.expires_at > now)


def _bind(connection: Connection, access: Access, key: PublicKey, now: int) -> bool:
    """Bind the token to the first key that it is used with; False for another key, and when it has ended."""
    thumbprint = key.thumbprint()
    free = or_(access_token.c.holder_thumbprint.is_(None), access_token.c.holder_thumbprint == thumbprint)
    mine = _living(access, now) & free
    return (
        connection.execute(update(access_token).where(mine).values(holder_thumbprint=thumbprint)).rowcount
        == 1
    )


def _is_anothers(connection: Connection, document_number: str, key: PublicKey) -> bool:
    """Whether a seafarer other than the certificate's has this phone: a sync could not tell the two apart."""
    owner = select(certificate.c.seafarer_id).where(certificate.c.document_number == document_number)
    held = (
        select(credential.c.id)
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .where(
            credential.c.holder_thumbprint == key.thumbprint(),
            credential.c.superseded_at.is_(None),
            credential.c.state == CredentialState.RELEASED.value,
            certificate.c.seafarer_id.not_in(owner),
        )
    )
    return connection.execute(held.limit(1)).one_or_none() is not None


def _identity(connection: Connection, document_number: str, key: PublicKey) -> str:
    """The idempotency key: one for each phone and edition of the record, until another phone takes over.

    A renewal (`renewing`) makes another edition of the same contents.
    """
    record_of = (
        select(certificate.c.claims, seafarer.c.claims, cast(renewal.c.newest_credential, String))
        .join(seafarer, seafarer.c.seafarer_id == certificate.c.seafarer_id)
        .outerjoin(renewal, renewal.c.certificate_id == certificate.c.id)
        .where(certificate.c.document_number == document_number)
    )
    parts = connection.execute(record_of).one_or_none() or ()
    edition = "\n".join([document_number, key.thumbprint(), *(part for part in parts if part is not None)])
    name = f"pick-up:{sha256(edition.encode()).hexdigest()}:"
    taken_over = select(func.count()).where(
        credential.c.idempotency_key.startswith(name), credential.c.superseded_at.is_not(None)
    )
    return f"{name}{connection.execute(taken_over).scalar_one()}"
