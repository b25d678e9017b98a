"""Changes of certificates' states: the register, the status of their credentials, the audit events.

Whatever is decided about certificates, one or a hundred thousand, goes through here. A list's revision grows
with each change of its entries, in the same transaction, so what is published next holds it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, select, update

from issuer.adapters.repository import among, lists_of, set_status
from issuer.adapters.tables import certificate, credential, status_list
from issuer.domain.errors import Crowded, IllegalTransition, InvalidInput, IssuerError
from issuer.domain.extract import BadRow, check_reason
from issuer.domain.register import CertificateEvent, CertificateState, next_certificate_state
from issuer.domain.standing import credential_status
from issuer.services.audit.trail import AuditEvent

REFUSED = "certificate-change-refused"
_SUBJECT = 100  # characters of the audit trail's column


class Changes(NamedTuple):
    """What happened to many certificates: an event for each, and why those did not change that did not."""

    events: list[AuditEvent]
    refused: dict[int, IllegalTransition]  # by the certificate's id


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

    Raises IllegalTransition before anything is changed, and Crowded when `row` is not how it stands now.
    """
    before = CertificateState(row.state)
    after = next_certificate_state(before, event, row.document_number, replaced_by=row.replaced_by)
    values = {
        "state": after.value,
        "state_since": str(since),
        "state_reason": checked_reason(reason),
        "replaced_by": replaced_by or row.replaced_by,
    }
    _update(connection, [row], before, values)
    set_credential_status(connection, [row.id], after)
    details = {
        "before": before.value,
        "after": after.value,
        "replaced_by": replaced_by,
        "reason": values["state_reason"],
    }
    return AuditEvent(f"certificate-{event.value}", row.document_number, details, actor)


def change_states(
    connection: Connection,
    rows: Sequence[Row[Any]],
    event: CertificateEvent,
    *,
    since: date,
    reason: str,
    actor: str,
    operation: int,
) -> Changes:
    """As `change_state`, for all `rows` at once; one that the state machine refuses stops no other."""
    changes = Changes([], {})
    arrows: dict[tuple[CertificateState, CertificateState], list[Row[Any]]] = {}
    for row in rows:
        before = CertificateState(row.state)
        try:
            after = next_certificate_state(before, event, row.document_number, replaced_by=row.replaced_by)
        except IllegalTransition as error:
            changes.refused[row.id] = error
            told = change_refused(row.document_number, event, error, actor, operation=operation)
            changes.events.append(told)
            continue
        arrows.setdefault((before, after), []).append(row)
        details = {"before": before.value, "after": after.value, "operation": operation}
        changes.events.append(AuditEvent(f"certificate-{event.value}", row.document_number, details, actor))
    _lock_lists(connection, [row.id for group in arrows.values() for row in group])
    for (before, after), group in arrows.items():
        values = {"state": after.value, "state_since": str(since), "state_reason": checked_reason(reason)}
        _update(connection, group, before, values)
        set_credential_status(connection, [row.id for row in group], after)
    return changes


def change_refused(
    subject: str, event: CertificateEvent, error: IssuerError, actor: str, **more: int
) -> AuditEvent:
    """What is refused leaves a line in the audit trail that names the rule, and changes nothing else."""
    details = {"event": event.value, "rule": error.code, "reason": error.message, **more}
    return AuditEvent(REFUSED, subject[:_SUBJECT], details, actor)


def checked_reason(reason: str | None) -> str | None:
    """A reason that the extract can carry; an empty one is none. Raises InvalidInput."""
    try:
        return check_reason(reason) if reason else None
    except BadRow as error:
        raise InvalidInput(str(error), hint="shorten the reason") from error


def set_credential_status(
    connection: Connection, certificates: Sequence[int], state: CertificateState
) -> None:
    """Certificate state sets the status of all its credentials; superseded ones stay replaced, or worse."""
    theirs = among(connection, credential.c.certificate_id, certificates)
    for superseded in (False, True):
        marked = credential.c.superseded_at
        which = marked.is_not(None) if superseded else marked.is_(None)
        status = credential_status(state, superseded=superseded)
        set_status(connection, and_(theirs, which), status.value)


def _update(
    connection: Connection, rows: Sequence[Row[Any]], before: CertificateState, values: dict[str, Any]
) -> None:
    """From the state that all of `rows` are in. Raises Crowded where one is elsewhere by now."""
    mine = among(connection, certificate.c.id, [row.id for row in rows])
    changed = update(certificate).where(mine, certificate.c.state == before.value).values(values)
    if connection.execute(changed).rowcount != len(rows):  # not locked, or what stood before another change
        which = rows[0].document_number if len(rows) == 1 else f"one of {len(rows)}"
        raise Crowded(f"certificate {which} is no longer {before.value}", hint="look at it, then try again")


def _lock_lists(connection: Connection, certificates: Sequence[int]) -> None:
    """In their order, so that of two batches with entries in the same lists one waits for the other."""
    numbers = lists_of(connection, among(connection, credential.c.certificate_id, certificates))
    mine = select(status_list.c.number).where(status_list.c.number.in_(numbers))
    connection.execute(mine.order_by(status_list.c.number).with_for_update()).all()
