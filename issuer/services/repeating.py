"""Answers that are given once and repeated: a request that changes something carries an idempotency key.

The same key and request get the same bytes, whatever got lost on the way. Answers may hold secrets (an
offer's transaction code), so they are stored sealed under a key that the database does not hold.
"""

import hmac
import secrets
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from issuer.adapters.database import Database
from issuer.adapters.tables import idempotency
from issuer.services.clock import Clock
from keys.encoding import b64url_decode, b64url_encode

# An answer that is not there after so long never will be: the worker died. Whoever asks again runs it again.
LEASE_SECONDS = 60
KEPT_SECONDS = 30 * 86_400
_PENDING = 0
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer's status and body."""

    status: int
    body: bytes


class Claim(Enum):
    """What a key's owner may do when there is no answer to repeat."""

    RUN = auto()
    IN_PROGRESS = auto()
    OTHER_REQUEST = auto()


class Repeating:
    """The table of keys and answers. `secret` seals the answers; changing it forgets them."""

    def __init__(self, database: Database, clock: Clock, secret: bytes) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret

    def claim(self, key: str, request: bytes) -> Answer | Claim:
        """The stored answer, or what the caller may do: of several at once, one gets RUN."""
        now, digest = int(self._clock().timestamp()), sha256(request).hexdigest()
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        new = {
            "key": self._stored(key),
            "request_hash": digest,
            "status_code": _PENDING,
            "response": "",
            "created_at": now,
        }
        mine = idempotency.c.key == new["key"]
        with self._database.write() as connection:
            connection.execute(delete(idempotency).where(idempotency.c.created_at < now - KEPT_SECONDS))
            first = insert(idempotency).values(new).on_conflict_do_nothing().returning(idempotency.c.key)
            if connection.execute(first).one_or_none() is not None:
                return Claim.RUN
            row = connection.execute(select(idempotency).where(mine).with_for_update()).one()
            if row.request_hash != digest:
                return Claim.OTHER_REQUEST
            if row.status_code != _PENDING:
                return self._open(key, row.status_code, row.response) or Claim.OTHER_REQUEST
            if row.created_at > now - LEASE_SECONDS:
                return Claim.IN_PROGRESS
            connection.execute(update(idempotency).where(mine).values(created_at=now))
            return Claim.RUN

    def keep(self, key: str, answer: Answer) -> None:
        """Store what is to be repeated."""
        values = {"status_code": answer.status, "response": self._seal(key, answer.body)}
        with self._database.write() as connection:
            connection.execute(
                update(idempotency).where(idempotency.c.key == self._stored(key)).values(values)
            )

    def forget(self, key: str) -> None:
        """Give the key back: nothing was done."""
        with self._database.write() as connection:
            connection.execute(delete(idempotency).where(idempotency.c.key == self._stored(key)))

    def _stored(self, key: str) -> str:
        return hmac.digest(self._secret, b"key " + key.encode(), "sha256").hex()

    def _seal(self, key: str, body: bytes) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return b64url_encode(nonce + self._cipher(key).encrypt(nonce, body, None))

    def _open(self, key: str, status: int, sealed: str) -> Answer | None:
        data = b64url_decode(sealed)
        try:
            return Answer(status, self._cipher(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], None))
        except InvalidTag:
            return None

    def _cipher(self, key: str) -> AESGCM:
        return AESGCM(hmac.digest(self._secret, b"answer " + key.encode(), "sha256"))
