"""What a seafarer holds of a kind already, by the register."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from issuer.adapters.tables import certificate
from issuer.domain.applications import Asked
from issuer.domain.errors import Conflict
from issuer.domain.register import CertificateState
from issuer.rules.law import Law

_LIVE = (CertificateState.DRAFTED, CertificateState.APPROVED, CertificateState.IN_FORCE)
_KEPT = (*_LIVE, CertificateState.SUSPENDED)


def held(connection: Connection, law: Law, seafarer_id: str, grants: str) -> Row[Any] | None:
    """The certificate that proves what `grants` names, the longest lasting one; expired ones too."""
    mine = certificate.c.seafarer_id == seafarer_id, certificate.c.rule.is_not(None)
    rows = connection.execute(select(certificate).where(*mine).where(certificate.c.state.in_(_KEPT))).all()
    own = [row for row in rows if grants in _granted_by(law, row.rule)]
    return max(own, key=lambda row: (row.expiry_date or "9999", row.id), default=None)


def refuse_what_is_held(row: Row[Any] | None, asked: Asked, today: date) -> None:
    """A first certificate is of what one does not hold; a renewal is of what one does. Raises Conflict."""
    if row is not None and row.state == CertificateState.SUSPENDED:
        raise Conflict(
            f"{row.document_number} is suspended: nothing takes its place",
            hint="that is decided first: ombord-issuer reinstate, or revoke",
        )
    in_force = row is not None and (row.expiry_date is None or row.expiry_date >= today.isoformat())
    if row is not None and in_force and asked in (Asked.FIRST, Asked.REACQUISITION, Asked.UPGRADE):
        raise Conflict(
            f"it is held already, and in force: {row.document_number}",
            hint="apply for its renewal, or for one in place of a lost one",
        )
    if not in_force and asked is Asked.LOST:
        raise Conflict(
            "nothing of the kind is in force in the register, so nothing can be given in its place",
            hint="apply for it as a first one, or for its reacquisition",
        )


def _granted_by(law: Law, rule: str) -> Iterator[str]:
    name = rule.partition("@")[0]
    for version in law.rules.get(name, ()):
        yield version.grants
