"""Offers: what a seafarer is given to pick certificates up with, by two channels (OpenID4VCI 1.0, 4.1, 6.1).

The database holds no usable secret. The offer's address ends in a random handle; the pre-authorized code is
derived from the handle, and the transaction code's hash is keyed by that code. Only hashes are stored:
whoever reads them can neither redeem an offer nor try the million transaction codes.

An offer that a sync makes comes by one channel, to a phone that has just proven its key: that key is the
second factor. What is picked up with it can be bound to no other key (decision 0013).
"""

import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from sqlalchemy import Connection, insert, select, update

from issuer.adapters import tables
from issuer.adapters.database import Database
from issuer.adapters.repository import in_force
from issuer.domain.errors import Conflict, InvalidInput, NotFound, unknown_seafarer
from issuer.services.audit.trail import SYSTEM, WALLET, AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.register.pick_ups import drop_offer_of_phone, of_phone, sweep
from issuer.settings import Settings
from keys.encoding import b64url_encode

HANDLE_BYTES = 32
TX_CODE_LENGTH = 6
NOT_MADE = "offer-not-made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A new offer. `link` (or its QR) and `tx_code` go by different channels; neither is kept."""

    handle: str
    code: str
    tx_code: str
    uri: str
    link: str
    document_numbers: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOffer:
    """An offer that can still be redeemed, as `credential_offer_uri` serves it."""

    code: str
    document_numbers: tuple[str, ...]
    configuration_ids: tuple[str, ...]
    expires_at: datetime


def offer_id(handle: str) -> str:
    """The stored identity of the offer whose address ends in `handle`."""
    return sha256(handle.encode()).hexdigest()


def code_of(handle: str) -> str:
    """The pre-authorized code: 256 bits, derived, so that it need not be stored."""
    return b64url_encode(hmac.digest(handle.encode(), b"pre-authorized_code", "sha256"))


def hash_code(code: str) -> str:
    """What the database knows of a pre-authorized code."""
    return sha256(code.encode()).hexdigest()


def hash_tx_code(code: str, tx_code: str) -> str:
    """What the database knows of a transaction code: keyed by a secret that it does not hold."""
    return hmac.digest(code.encode(), tx_code.encode(), "sha256").hex()


class _Codes(NamedTuple):
    """What a phone needs to redeem an offer, drawn anew each time that one is given out."""

    handle: str
    tx_code: str
    created_at: datetime
    expires_at: datetime

    def stored(self) -> dict[str, str | int]:
        """What the database keeps of them: hashes."""
        code = code_of(self.handle)
        return {
            "id": offer_id(self.handle),
            "code_hash": hash_code(code),
            "tx_code_hash": hash_tx_code(code, self.tx_code),
            "created_at": int(self.created_at.timestamp()),
            "expires_at": int(self.expires_at.timestamp()),
        }


class Offering:
    """Make offers for a seafarer's certificates in force."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def create(
        self, seafarer_id: str | None = None, document_numbers: Sequence[str] = (), *, actor: str = SYSTEM
    ) -> Offer:
        """An offer of all of a seafarer's certificates in force, or of those named, all of one seafarer.

        Older ones that have expired are swept away on the way.

        Raises NotFound, Conflict (nothing in force, or something named is not) or InvalidInput; the first two
        leave a line in the audit trail.
        """
        try:
            with self._database.write() as connection:
                sweep(connection, int(self._clock().timestamp()))
                seafarer, numbers = self._choose(connection, seafarer_id, document_numbers)
                return self._make(connection, seafarer, numbers, None, actor)
        except (NotFound, Conflict) as error:
            asked = [seafarer_id] if seafarer_id else document_numbers
            subject = asked[0] if len(asked) == 1 else f"{len(asked)} certificates"
            details = {"rule": error.code, "reason": error.message[:300]}
            with self._database.write() as connection:
                record(connection, self._clock, [AuditEvent(NOT_MADE, subject, details, actor)])
            raise

    def create_bound(
        self, connection: Connection, seafarer_id: str, document_numbers: Sequence[str], thumbprint: str
    ) -> Offer:
        """An offer for the phone with this key alone; it takes the place of the one made for it before.

        One of the same certificates that was not redeemed gets other codes, as only their hashes are kept:
        a phone that syncs every day leaves one row and one line of the audit trail, not one a day.

        Within the caller's transaction, which has locked the certificates and found them in force.
        """
        sweep(connection, int(self._clock().timestamp()))
        numbers = sorted(document_numbers)
        codes = self._draw()
        the_same = of_phone(seafarer_id, thumbprint) & (
            tables.offer.c.document_numbers == json.dumps(numbers)
        )
        renewed = update(tables.offer).where(the_same).values(**codes.stored(), attempts=0)
        if connection.execute(renewed).rowcount:
            return self._describe(codes, numbers)
        drop_offer_of_phone(connection, seafarer_id, thumbprint)
        return self._make(connection, seafarer_id, numbers, thumbprint, WALLET)

    def _draw(self) -> _Codes:
        now = self._clock()
        return _Codes(
            handle=b64url_encode(secrets.token_bytes(HANDLE_BYTES)),
            tx_code=f"{secrets.randbelow(10**TX_CODE_LENGTH):0{TX_CODE_LENGTH}}",
            created_at=now,
            expires_at=now + self._settings.offer_lifetime,
        )

    def _make(
        self,
        connection: Connection,
        seafarer_id: str,
        numbers: Sequence[str],
        thumbprint: str | None,
        actor: str,
    ) -> Offer:
        codes = self._draw()
        connection.execute(
            insert(tables.offer).values(
                **codes.stored(),
                seafarer_id=seafarer_id,
                document_numbers=json.dumps(list(numbers)),
                holder_thumbprint=thumbprint,
            )
        )
        details = {"certificates": len(numbers)}
        record(connection, self._clock, [AuditEvent("offer-created", seafarer_id, details, actor)])
        return self._describe(codes, numbers)

    def _describe(self, codes: _Codes, numbers: Sequence[str]) -> Offer:
        uri = f"{self._settings.base_url}/oid4vci/offers/{codes.handle}"
        return Offer(
            handle=codes.handle,
            code=code_of(codes.handle),
            tx_code=codes.tx_code,
            uri=uri,
            link=f"openid-credential-offer://?credential_offer_uri={quote(uri, safe='')}",
            document_numbers=tuple(numbers),
            expires_at=codes.expires_at,
        )

    def open(self, handle: str) -> OpenOffer | None:
        """What the address of an offer serves; None when unknown, used, expired or tried too often."""
        offer = tables.offer
        known = select(offer).where(offer.c.id == offer_id(handle))
        with self._database.read() as connection:
            row = connection.execute(known).one_or_none()
            if row is None or not self._redeemable(row.used_at, row.attempts, row.expires_at):
                return None
            numbers = json.loads(row.document_numbers)
            kinds = select(tables.certificate.c.type).where(tables.certificate.c.document_number.in_(numbers))
            types = tuple(sorted(set(connection.execute(kinds).scalars())))
        return OpenOffer(
            code=code_of(handle),
            document_numbers=tuple(numbers),
            configuration_ids=types,
            expires_at=datetime.fromtimestamp(row.expires_at, UTC),
        )

    def _redeemable(self, used_at: int | None, attempts: int, expires_at: int) -> bool:
        fresh = self._clock().timestamp() < expires_at
        return used_at is None and attempts < self._settings.offer_attempts and fresh

    def _choose(
        self, connection: Connection, seafarer_id: str | None, document_numbers: Sequence[str]
    ) -> tuple[str, list[str]]:
        """The seafarer and the document numbers to offer, sorted."""
        certificate = tables.certificate
        good_today = in_force(self._settings.today(self._clock())).label("good")
        query = select(certificate.c.document_number, certificate.c.seafarer_id, good_today)
        if document_numbers:
            query = query.where(certificate.c.document_number.in_(document_numbers))
        elif seafarer_id:
            query = query.where(certificate.c.seafarer_id == seafarer_id)
        else:
            raise InvalidInput(
                "an offer needs a seafarer id or document numbers",
                hint="give a seafarer's id, or --certificate NUMBER for one certificate alone",
            )
        rows = connection.execute(query).all()
        _require_all(document_numbers, {row.document_number for row in rows})
        owners = {row.seafarer_id for row in rows} | ({seafarer_id} if seafarer_id else set())
        if len(owners) > 1:
            raise InvalidInput("the certificates are of different seafarers", hint="make one offer for each")
        if None in owners:
            raise InvalidInput(
                "a ship's document is for no phone", hint="print it: ombord-issuer print NUMBER"
            )
        good = sorted(row.document_number for row in rows if row.good)
        refused = sorted(set(document_numbers).difference(good))
        if refused:
            raise Conflict(
                f"not in force today: {', '.join(refused)}", hint="offer certificates in force alone"
            )
        if not rows:
            raise unknown_seafarer(str(seafarer_id))
        if not good:
            raise Conflict(
                f"seafarer {seafarer_id} has no certificate in force",
                hint="only certificates in force are offered: look at their states with `export`",
            )
        return str(rows[0].seafarer_id), good


def _require_all(wanted: Sequence[str], found: set[str]) -> None:
    missing = sorted(set(wanted) - found)
    if missing:
        raise NotFound(f"not in the register: {', '.join(missing)}", hint="check the document numbers")
