"""Events of the audit trail, by what they are about: the newest, and never more than asked for."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from issuer.adapters.database import any_text
from issuer.adapters.tables import audit_event, certificate, credential


class Wanted(NamedTuple):
    """Which events; what is None limits nothing. `since` and `before` are Unix seconds."""

    certificate: str | None = None
    since: int | None = None
    before: int | None = None
    actor: str | None = None
    subject: str | None = None
    event: str | None = None


class Shown(NamedTuple):
    """The newest of them, the oldest first; `more` says that there are older ones."""

    events: list[Row[Any]]
    more: bool


def newest(connection: Connection, wanted: Wanted, limit: int) -> Shown:
    """At most `limit` events, rows of `audit_event` as they stand there."""
    query = select(audit_event).where(*_conditions(wanted))
    with any_text(connection):
        rows = connection.execute(query.order_by(audit_event.c.sequence.desc()).limit(limit + 1)).all()
    return Shown(list(reversed(rows[:limit])), len(rows) > limit)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.certificate is not None:
        serials = (
            select(credential.c.serial)
            .join(certificate, certificate.c.id == credential.c.certificate_id)
            .where(certificate.c.document_number == wanted.certificate)
        )
        subject = audit_event.c.subject
        found.append(or_(subject == wanted.certificate, subject.in_(serials)))
    if wanted.since is not None:
        found.append(audit_event.c.at >= wanted.since)
    if wanted.before is not None:
        found.append(audit_event.c.at < wanted.before)
    found += [
        audit_event.c[name] == value
        for name in ("actor", "subject", "event")
        if (value := getattr(wanted, name)) is not None
    ]
    return found
