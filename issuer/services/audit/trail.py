"""The audit trail: append-only events, each chained to the one before by SHA-256 over canonical JSON.

Whoever holds one head hash can tell later whether any earlier event was changed, removed or put in between.
Events hold document numbers and serials, never names.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, select, true, update

from issuer.adapters.database import any_text
from issuer.adapters.repository import insert_rows
from issuer.adapters.tables import audit_event, audit_head
from issuer.domain.errors import DatabaseUnusable
from issuer.services.clock import Clock
from keys.transparency.anchor import Anchor

GENESIS = "0" * 64
SYSTEM = "system"
LOGGED = "credential-logged"  # the event that says, by a salted hash, what was signed
WALLET = "wallet"
_EVENT = ("sequence", "at", "actor", "event", "subject", "details", "previous", "hash")

# All events beside the head, or it alone. One statement: no writer comes in between.
_WITH_HEAD = (
    select(audit_event, audit_head.c.sequence.label("head_sequence"), audit_head.c.hash.label("head_hash"))
    .select_from(audit_head.outerjoin(audit_event, true()))
    .where(audit_head.c.id == 1)
    .order_by(audit_event.c.sequence)
    .execution_options(yield_per=1_000)
)


class AuditEvent(NamedTuple):
    """Something that happened to `subject`, a document number, serial or seafarer id."""

    event: str
    subject: str
    details: Mapping[str, str | int | None] = {}
    actor: str = SYSTEM


class WholeChain(NamedTuple):
    """Every event follows from the one before it; `has_noted`: a head that was written down is among them."""

    events: int
    head: str
    has_noted: bool


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
        rows.append((sequence, at, event.actor, event.event, event.subject, details, previous, digest))
        previous = digest
    if rows:
        insert_rows(connection, audit_event, _EVENT, rows)
        connection.execute(update(audit_head).values(sequence=sequence, hash=previous))


def head(connection: Connection) -> Anchor:
    """The newest event's number, and the chain's hash after it."""
    row = connection.execute(select(audit_head)).one_or_none()
    if row is None:
        raise DatabaseUnusable("the audit trail has no head", hint="stop issuing, and restore a backup")
    return Anchor(row.sequence, row.hash)


def verify_chain(connection: Connection, noted: str | None = None) -> WholeChain | BrokenChain:
    """Recompute every event's hash, oldest first, up to the head; `noted` is a head of earlier days."""
    sequence, previous, has_noted = 0, GENESIS, noted in (None, GENESIS)
    head: tuple[int, str] | None = None
    with any_text(connection), connection.execute(_WITH_HEAD) as rows:
        for row in rows:
            head = row.head_sequence, row.head_hash
            if row.sequence is None:  # there is no event
                break
            sequence += 1
            if row.sequence != sequence:
                return BrokenChain(sequence, "an event is missing")
            if row.previous != previous:
                return BrokenChain(sequence, "the event does not follow the one before it")
            previous = _digest(sequence, row.at, row.actor, row.event, row.subject, row.details, previous)
            if row.hash != previous:
                return BrokenChain(sequence, "the event was changed")
            has_noted = has_noted or previous == noted
    if head is None:
        return BrokenChain(1, "the head is missing")
    if head[0] < sequence:
        return BrokenChain(head[0] + 1, "the head knows nothing of the event")
    if head != (sequence, previous):
        return BrokenChain(sequence + 1, "the newest events are missing, or the head was changed")
    return WholeChain(sequence, previous, has_noted)


def _digest(*fields: str | int) -> str:
    """SHA-256 over the canonical JSON array of an event's fields, the previous hash last."""
    try:
        return sha256(orjson.dumps(fields)).hexdigest()
    except (
        orjson.JSONEncodeError
    ):  # SQLite keeps whatever somebody put in a column: bytes are no text of ours
        return ""
