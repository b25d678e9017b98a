"""The audit trail: append-only events, each chained to the one before by SHA-256 over canonical JSON.

Whoever holds one head hash can tell later whether any earlier event was changed, removed or put in between.
Events hold document numbers and serials, never names.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, select, update

from issuer.adapters.repository import insert_many
from issuer.adapters.tables import audit_event, audit_head
from issuer.services.clock import Clock

GENESIS = "0" * 64
SYSTEM = "system"
LOGGED = "credential-logged"  # the event that says, by a salted hash, what was signed
WALLET = "wallet"


class AuditEvent(NamedTuple):
    """Something that happened to `subject`, a document number, serial or seafarer id."""

    event: str
    subject: str
    details: Mapping[str, str | int | None] = {}
    actor: str = SYSTEM


class BrokenChain(NamedTuple):
    """The first event that does not follow from the one before it."""

    sequence: int
    reason: str


def canonical(value: Mapping[str, object]) -> str:
    """The one JSON text of `value` (RFC 8785 for what occurs here: text, integers and null)."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def record(connection: Connection, clock: Clock, events: Iterable[AuditEvent]) -> None:
    """Append `events` within the caller's transaction: a change and its event live or die together."""
    at = int(clock().timestamp())
    # The head's row is what concurrent writers wait for (PostgreSQL); SQLite has one writer anyway.
    head = connection.execute(select(audit_head).with_for_update()).one()
    sequence, previous, rows = head.sequence, head.hash, []
    for event in events:
        sequence += 1
        details = canonical(event.details)
        digest = _digest(sequence, at, event.actor, event.event, event.subject, details, previous)
        rows.append(
            {
                "sequence": sequence,
                "at": at,
                "actor": event.actor,
                "event": event.event,
                "subject": event.subject,
                "details": details,
                "previous": previous,
                "hash": digest,
            }
        )
        previous = digest
    if rows:
        insert_many(connection, audit_event, rows)
        connection.execute(update(audit_head).values(sequence=sequence, hash=previous))


def verify_chain(connection: Connection) -> BrokenChain | None:
    """Recompute every event's hash, oldest first; None when the chain is whole up to its head."""
    sequence, previous = 0, GENESIS
    for row in connection.execute(select(audit_event).order_by(audit_event.c.sequence)):
        sequence += 1
        if row.sequence != sequence:
            return BrokenChain(sequence, "an event is missing")
        if row.previous != previous:
            return BrokenChain(sequence, "the event does not follow the one before it")
        previous = _digest(sequence, row.at, row.actor, row.event, row.subject, row.details, row.previous)
        if row.hash != previous:
            return BrokenChain(sequence, "the event was changed")
    head = connection.execute(select(audit_head)).one()
    if (head.sequence, head.hash) != (sequence, previous):
        return BrokenChain(sequence, "the newest events are missing")
    return None


def _digest(*fields: str | int) -> str:
    """SHA-256 over the canonical JSON array of an event's fields, the previous hash last."""
    return sha256(orjson.dumps(fields)).hexdigest()
