"""Nonces for key proofs: unpredictable, short-lived, each consumed once by whoever comes first."""

import secrets
from hashlib import sha256

from sqlalchemy import delete, insert, update

from issuer.adapters.database import Database
from issuer.adapters.tables import nonce
from issuer.services.clock import Clock
from issuer.settings import Settings


class Nonces:
    """The c_nonce values that are out there (OpenID4VCI 1.0, 7); the database knows only their hashes."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._lifetime = int(settings.nonce_lifetime.total_seconds())

    def fresh(self) -> str:
        """A new nonce; those that have expired are swept away on the way."""
        value = secrets.token_urlsafe(32)
        now = int(self._clock().timestamp())
        with self._database.write() as connection:
            connection.execute(delete(nonce).where(nonce.c.expires_at <= now))
            connection.execute(insert(nonce).values(nonce_hash=_hash(value), expires_at=now + self._lifetime))
        return value

    def consume(self, value: str) -> bool:
        """True for the one caller that uses a nonce in time; of two at once, one wins."""
        now = int(self._clock().timestamp())
        good = (nonce.c.nonce_hash == _hash(value)) & nonce.c.used_at.is_(None) & (nonce.c.expires_at > now)
        with self._database.write() as connection:
            return connection.execute(update(nonce).where(good).values(used_at=now)).rowcount == 1


def _hash(value: str) -> str:
    return sha256(value.encode()).hexdigest()
