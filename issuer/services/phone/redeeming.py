"""Redeem an offer: both codes, once, within few tries, become an access token (OpenID4VCI 1.0, 6 and 13.6).

Tries are counted in the transaction that compares, so that no number of workers gives one more. Of two
wallets with the same codes, one wins.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from issuer.adapters.database import Database
from issuer.adapters.repository import in_force
from issuer.adapters.tables import access_token, certificate, offer, seafarer
from issuer.services.audit.trail import WALLET, AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.phone.offering import hash_code, hash_tx_code
from issuer.services.register.pick_ups import end_tokens
from issuer.settings import Settings


class Refusal(Enum):
    """Why there is no token."""

    NOT_GOOD = auto()  # unknown, expired, used, or tried too often: nobody is told which
    WRONG_TX_CODE = auto()
    NOT_OFFERED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A new access token; `identifiers` maps each credential configuration to document numbers."""

    access_token: str
    expires_in: int
    identifiers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a good access token opens."""

    token_hash: str
    document_numbers: frozenset[str]


class Redeeming:
    """Access tokens: made from offers, and looked up again."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def redeem(self, code: str, tx_code: str, wanted: frozenset[str] | None = None) -> Grant | Refusal:
        """A token for the offer's certificates in force, narrowed to the `wanted` configurations."""
        with self._database.write() as connection:
            row = self._try(connection, code)
            if row is None:
                return Refusal.NOT_GOOD
            if not hmac.compare_digest(row.tx_code_hash, hash_tx_code(code, tx_code)):
                refused = AuditEvent("offer-refused", row.seafarer_id, {"attempt": row.attempts}, WALLET)
                record(connection, self._clock, [refused])
                return Refusal.WRONG_TX_CODE
            identifiers = self._identifiers(connection, json.loads(row.document_numbers))
            if wanted is not None:
                if not wanted <= identifiers.keys():
                    return Refusal.NOT_OFFERED
                identifiers = {name: identifiers[name] for name in sorted(wanted)}
            return self._grant(connection, row, identifiers) if identifiers else Refusal.NOT_GOOD

    def access(self, token: str) -> Access | None:
        """What `token` opens; None when it is unknown or has expired."""
        found = select(access_token).where(access_token.c.token_hash == _hash(token))
        with self._database.read() as connection:
            row = connection.execute(found).one_or_none()
        if row is None or self._clock().timestamp() >= row.expires_at:
            return None
        return Access(token_hash=row.token_hash, document_numbers=frozenset(json.loads(row.document_numbers)))

    def identifiers(self, access: Access) -> Mapping[str, tuple[str, ...]]:
        """Document numbers by credential configuration, of what `access` covers and is in force now."""
        with self._database.read() as connection:
            return self._identifiers(connection, sorted(access.document_numbers))

    def _try(self, connection: Connection, code: str) -> Row[Any] | None:
        """Count one more try of an offer that may still be tried, and lock it until the transaction ends."""
        may_try = (
            (offer.c.code_hash == hash_code(code))
            & offer.c.used_at.is_(None)
            & (offer.c.expires_at > int(self._clock().timestamp()))
            & (offer.c.attempts < self._settings.offer_attempts)
        )
        counted = update(offer).where(may_try).values(attempts=offer.c.attempts + 1).returning(*offer.c)
        return connection.execute(counted).one_or_none()

    def _identifiers(self, connection: Connection, numbers: list[str]) -> dict[str, tuple[str, ...]]:
        """Those of `numbers` that are still in force, by type, sorted."""
        good = certificate.c.document_number.in_(numbers) & in_force(self._settings.today(self._clock()))
        query = select(certificate.c.type, certificate.c.document_number).where(good)
        rows = connection.execute(query.order_by(certificate.c.document_number)).all()
        return {
            kind: tuple(row.document_number for row in rows if row.type == kind)
            for kind in sorted({row.type for row in rows})
        }

    def _grant(
        self, connection: Connection, row: Row[Any], identifiers: Mapping[str, tuple[str, ...]]
    ) -> Grant:
        token = secrets.token_urlsafe(32)
        now = int(self._clock().timestamp())
        lifetime = int(self._settings.token_lifetime.total_seconds())
        numbers = [number for group in identifiers.values() for number in group]
        # Of two offers that are redeemed at once one is the newer: they queue for the seafarer's row.
        holder = select(seafarer.c.seafarer_id).where(seafarer.c.seafarer_id == row.seafarer_id)
        connection.execute(holder.with_for_update(key_share=True))
        end_tokens(connection, row.seafarer_id, now)
        connection.execute(update(offer).where(offer.c.id == row.id).values(used_at=now))
        connection.execute(
            insert(access_token).values(
                token_hash=_hash(token),
                offer_id=row.id,
                seafarer_id=row.seafarer_id,
                document_numbers=json.dumps(numbers),
                holder_thumbprint=row.holder_thumbprint,  # an offer for one phone makes a token for it
                issued_at=now,
                expires_at=now + lifetime,
            )
        )
        details = {"certificates": len(numbers)}
        record(connection, self._clock, [AuditEvent("offer-redeemed", row.seafarer_id, details, WALLET)])
        return Grant(access_token=token, expires_in=lifetime, identifiers=identifiers)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
