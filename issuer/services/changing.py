"""One change of one certificate's state: the register, the status of its credentials, the audit event."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, update

from issuer.adapters.repository import set_status
from issuer.adapters.tables import certificate, credential
from issuer.domain.errors import Conflict, InvalidInput
from issuer.domain.extract import BadRow, check_reason
from issuer.domain.register import CertificateEvent, CertificateState, next_certificate_state
from issuer.domain.standing import credential_status
from issuer.services.audit import AuditEvent


def change_state(
    connection: Connection,
    row: Row[Any],
    event: CertificateEvent,
    *,
    since: date | str,
    reason: str | None,
    replaced_by: str | None = None,
    actor: str,
) -> AuditEvent:
    """Apply `event` to `row`, a certificate that the caller has locked; record the event that is returned.

    Raises IllegalTransition before anything is changed, and Conflict when `row` is not how it stands now.
    """
    before = CertificateState(row.state)
    after = next_certificate_state(before, event, row.document_number)
    replacement = replaced_by or row.replaced_by
    changed = update(certificate).where(certificate.c.id == row.id, certificate.c.state == before.value)
    done = connection.execute(
        changed.values(
            state=after.value, state_since=str(since), state_reason=_checked(reason), replaced_by=replacement
        )
    )
    if done.rowcount != 1:  # `row` was not locked, or is what stood before another change
        raise Conflict(
            f"certificate {row.document_number} is no longer {before.value}",
            hint="look at it, then try again",
        )
    set_credential_status(connection, row.id, after)
    details = {"before": before.value, "after": after.value, "replaced_by": replaced_by}
    return AuditEvent(f"certificate-{event.value}", row.document_number, details, actor)


def _checked(reason: str | None) -> str | None:
    """A reason that the extract can carry; an empty one is none."""
    try:
        return check_reason(reason) if reason else None
    except BadRow as error:
        raise InvalidInput(str(error), hint="shorten the reason") from error


def set_credential_status(connection: Connection, certificate_id: int, state: CertificateState) -> None:
    """Certificate state sets the status of all its credentials; superseded ones stay replaced, or worse."""
    of_certificate = credential.c.certificate_id == certificate_id
    for superseded in (False, True):
        marked = credential.c.superseded_at
        which = marked.is_not(None) if superseded else marked.is_(None)
        status = credential_status(state, superseded=superseded)
        set_status(connection, and_(of_certificate, which), status.value)
