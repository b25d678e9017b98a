"""Exactly once: whoever asks for a change names it by a key, and asks as often as is needed.

The same key and request get the same answer, byte for byte, whatever got lost on the way. An act and its
stored answer are one transaction: there is no moment at which one of them is there without the other. An act
that spans several (loading a file) says so, and is one that may be done twice without harm.

Answers may hold secrets (an offer's transaction code), so they are stored sealed under a secret and a key
that the database does not hold.
"""

import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import sha256
from threading import Event, Thread
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from issuer.adapters.database import Database
from issuer.adapters.tables import idempotency
from issuer.domain.errors import Conflict, DatabaseUnusable, InvalidInput, IssuerError, NotFound
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from keys.encoding import b64url_decode, b64url_encode

KEY = "[!-~]{8,200}"  # what a key may be: 8 to 200 visible ASCII characters
KEPT_SECONDS = 30 * 86_400
LEASE_SECONDS = 60  # an act in several transactions that was not heard of for so long: its worker died
HEARTBEAT_SECONDS = 15
SWEEP_SECONDS = 3_600
_PENDING = 0
_NONCE_BYTES = 12


class Asked(NamedTuple):
    """A request, whose key must never come with another: what is asked, in full, and by whom."""

    what: str  # for the audit trail; no personal data
    contents: bytes
    actor: str

    @property
    def digest(self) -> str:
        """SHA-256 in hex over all of it."""
        parts = (self.actor.encode(), self.what.encode(), self.contents)
        return sha256(b"\0".join(sha256(part).digest() for part in parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is repeated: an HTTP status, and a body."""

    status: int
    body: bytes


class NoAnswer(Enum):
    """Why there is no answer; in none of these cases was anything done."""

    IN_PROGRESS = auto()  # the first request is still running
    OTHER_REQUEST = auto()  # the key came with another request before
    SEALED = auto()  # it was done, and the answer is sealed under a secret that is no longer ours


def is_final(error: IssuerError) -> bool:
    """Whether a refusal is an answer to repeat: the request is at fault, not the service at this moment."""
    return isinstance(error, InvalidInput | NotFound | Conflict)


class Repeating:
    """The table of keys and answers. `secret` seals the answers; whoever changes it loses them."""

    def __init__(self, database: Database, clock: Clock, secret: bytes) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret
        self._swept_at = 0

    def once(self, key: str, asked: Asked, act: Callable[[], Answer]) -> Answer | NoAnswer:
        """The answer of `act`, which runs once for this key; its writes and the answer commit together.

        What `act` raises undoes all that it did, and leaves the key free.
        """
        self._sweep()
        with self._database.write() as connection:
            found = self._look(connection, key, asked)
            if found is not None:
                return found
            answer = act()
            self._store(connection, key, asked, answer.status, self._seal(key, answer))
        return answer

    def once_in_steps(self, key: str, asked: Asked, act: Callable[[], Answer]) -> Answer | NoAnswer:
        """As `once`, for an `act` of several transactions that may be repeated when its worker died."""
        self._sweep()
        with self._database.write() as connection:
            found = self._look(connection, key, asked)
            if found is not None:
                return found
            self._store(connection, key, asked, _PENDING, "")
        answer: Answer | None = None
        try:
            with self._kept_alive(key):
                answer = act()
        finally:
            if answer is None:
                self._forget(key)
        with self._database.write() as connection:
            overtaken = self._look(connection, key, asked)
            if isinstance(overtaken, Answer):  # we were taken for dead, and another has answered
                return overtaken
            self._store(connection, key, asked, answer.status, self._seal(key, answer))
        return answer

    def _look(self, connection: Connection, key: str, asked: Asked) -> Answer | NoAnswer | None:
        """What there is under a key; None when we may act: it is ours alone until the transaction ends."""
        now, alone = self._now(), self._alone(connection, key)
        # A statement of its own, after the lock: it sees what whoever had the lock before us committed.
        query = select(idempotency).where(idempotency.c.key == _stored(key))
        row = connection.execute(query).one_or_none()
        if row is None or row.created_at <= now - KEPT_SECONDS:
            return None if alone else NoAnswer.IN_PROGRESS
        if row.request_hash != asked.digest:
            self._tell_conflict(connection, key, asked)
            return NoAnswer.OTHER_REQUEST
        if row.status_code != _PENDING:
            return self._open(key, row)
        died = row.created_at <= now - LEASE_SECONDS
        return None if died and alone else NoAnswer.IN_PROGRESS

    def _alone(self, connection: Connection, key: str) -> bool:
        """Whether no other transaction is at work under this key. SQLite has one writer anyway."""
        if self._database.is_sqlite:
            return True
        number = int.from_bytes(bytes.fromhex(_stored(key))[:8], signed=True)
        locked = connection.exec_driver_sql("SELECT pg_try_advisory_xact_lock(%s)", (number,))
        return bool(locked.scalar_one())

    def _store(self, connection: Connection, key: str, asked: Asked, status: int, sealed: str) -> None:
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        values = {
            "request_hash": asked.digest,
            "status_code": status,
            "response": sealed,
            "created_at": self._now(),
        }
        new = insert(idempotency).values(key=_stored(key), **values)
        connection.execute(new.on_conflict_do_update(index_elements=[idempotency.c.key], set_=values))

    def _tell_conflict(self, connection: Connection, key: str, asked: Asked) -> None:
        details = {"request": asked.what[:200]}
        event = AuditEvent("idempotency-key-reused", f"key:{_stored(key)[:32]}", details, asked.actor)
        record(connection, self._clock, [event])

    def _forget(self, key: str) -> None:
        """Give the key back: the act failed, and may be tried again at once."""
        with self._database.write() as connection:
            mine = (idempotency.c.key == _stored(key)) & (idempotency.c.status_code == _PENDING)
            connection.execute(delete(idempotency).where(mine))

    @contextmanager
    def _kept_alive(self, key: str) -> Iterator[None]:
        """Renew the lease for as long as the block runs, however long that is."""
        over = Event()
        mine = (idempotency.c.key == _stored(key)) & (idempotency.c.status_code == _PENDING)

        def renew() -> None:
            while not over.wait(HEARTBEAT_SECONDS):
                try:
                    with self._database.write(wait=False) as connection:
                        connection.execute(update(idempotency).where(mine).values(created_at=self._now()))
                except DatabaseUnusable:  # the act will hear of it; the lease is longer than three beats
                    continue

        heart = Thread(target=renew, name="idempotency lease", daemon=True)
        heart.start()
        try:
            yield
        finally:
            over.set()
            heart.join()

    def _sweep(self) -> None:
        """Drop the answers that nobody asks for any more, now and then."""
        now = self._now()
        if now - self._swept_at < SWEEP_SECONDS:
            return
        self._swept_at = now
        with self._database.write(wait=False) as connection:
            connection.execute(delete(idempotency).where(idempotency.c.created_at <= now - KEPT_SECONDS))

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _seal(self, key: str, answer: Answer) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return b64url_encode(nonce + self._cipher(key).encrypt(nonce, answer.body, b"%d" % answer.status))

    def _open(self, key: str, row: Row[Any]) -> Answer | NoAnswer:
        data = b64url_decode(row.response)
        nonce, sealed = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
        try:
            body = self._cipher(key).decrypt(nonce, sealed, b"%d" % row.status_code)
        except InvalidTag:
            return NoAnswer.SEALED
        return Answer(row.status_code, body)

    def _cipher(self, key: str) -> AESGCM:
        return AESGCM(hmac.digest(self._secret, b"answer " + key.encode(), "sha256"))


def _stored(key: str) -> str:
    """What the database knows of a key: not keyed by the secret, so that a new one lets nothing run twice."""
    return sha256(b"ombord idempotency key " + key.encode()).hexdigest()
