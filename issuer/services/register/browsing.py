"""What an operator sees of the register: pages of certificates, and one in full (noted in the audit)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from issuer.adapters.database import Database
from issuer.adapters.repository import with_holder
from issuer.adapters.tables import certificate, credential
from issuer.domain.errors import NotFound
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.register.claims import merged_claims
from issuer.services.register.looking import SEEN
from keys.encoding import Json
from verifier.status import Status

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which certificates: None means any."""

    seafarer_id: str | None = None
    type: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One certificate in a page; it names nobody."""

    document_number: str
    type: str
    state: str
    state_since: str | None
    expiry_date: str | None
    replaced_by: str | None
    seafarer_id: str | None  # None: a ship's


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One credential of a certificate."""

    serial: str
    state: str
    status: str
    holder_thumbprint: str | None
    kid: str
    issued_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """One certificate with its holder, its claims and all its credentials."""

    entry: Entry
    state_reason: str | None
    claims: dict[str, Json]
    credentials: tuple[Instance, ...]


class Browsing:
    """Reading the register."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def page(self, choice: Choice, *, after: str = "", limit: int = PAGE) -> Sequence[Entry]:
        """At most `limit` certificates by document number, those after `after`."""
        columns = [certificate.c[name] for name in Entry.__dataclass_fields__]
        query = select(*columns).where(certificate.c.document_number > after)
        for name in Choice.__dataclass_fields__:
            wanted = getattr(choice, name)
            if wanted is not None:
                query = query.where(certificate.c[name] == wanted)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(certificate.c.document_number).limit(limit)).all()
        return [Entry(**row._mapping) for row in rows]

    def one(self, document_number: str, *, actor: str) -> Full:
        """Everything about one certificate. Raises NotFound."""
        with self._database.write() as connection:
            query = with_holder().where(certificate.c.document_number == document_number)
            row = connection.execute(query).one_or_none()
            if row is None:
                raise NotFound(f"no certificate {document_number} in the register")
            record(connection, self._clock, [AuditEvent(SEEN, document_number, {}, actor)])
            instances = _instances(connection, row.id)
        return Full(
            entry=Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__}),
            state_reason=row.state_reason,
            claims=merged_claims(row.claims, row.holder_claims),
            credentials=instances,
        )


def _instances(connection: Connection, certificate_id: int) -> tuple[Instance, ...]:
    query = select(credential).where(credential.c.certificate_id == certificate_id).order_by(credential.c.id)
    return tuple(
        Instance(
            serial=row.serial,
            state=row.state,
            status=Status(row.status).name.lower(),
            holder_thumbprint=row.holder_thumbprint,
            kid=row.kid,
            issued_at=datetime.fromtimestamp(row.issued_at, UTC),
            superseded_at=row.superseded_at and datetime.fromtimestamp(row.superseded_at, UTC),
        )
        for row in connection.execute(query)
    )
