"""What anybody may ask about a tracking number: is it good? Nothing about the person (STCW Reg. I/2)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate
from issuer.domain.register import CertificateState
from issuer.services.clock import Clock
from issuer.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A certificate's standing today. `status` is the register's state, or expired."""

    document_number: str
    type: str
    status: str
    expiry_date: date | None
    status_since: date | None
    replaced_by: str | None
    issuing_country: str
    issuing_authority: str
    as_of: datetime


def lookup(database: Database, clock: Clock, settings: Settings, document_number: str) -> Standing | None:
    """The standing of the certificate with this number, or None when the authority issued no such one."""
    now = clock()
    with database.read() as connection:
        query = select(certificate).where(certificate.c.document_number == document_number)
        row = connection.execute(query).one_or_none()
    if row is None or row.state in (CertificateState.DRAFTED, CertificateState.APPROVED):
        return None  # what was never issued is not announced
    last_day = date.fromisoformat(row.expiry_date) if row.expiry_date else None
    expired = (
        row.state == CertificateState.IN_FORCE and last_day is not None and last_day < settings.today(now)
    )
    return Standing(
        document_number=row.document_number,
        type=row.type,
        status="expired" if expired else row.state,
        expiry_date=last_day,
        status_since=date.fromisoformat(row.state_since) if row.state_since else None,
        replaced_by=row.replaced_by,
        issuing_country=settings.flag,
        issuing_authority=settings.authority_name,
        as_of=now,
    )
