"""A case's row and its events: found, locked, moved on. A move is one event here, one in the audit trail."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, func, insert, select, update

from issuer.adapters.tables_applications import application, application_event
from issuer.domain.applications import ApplicationEvent, ApplicationState, Asked, next_state
from issuer.domain.errors import InvalidInput, NotFound
from issuer.domain.personal_numbers import looks_like_one
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock

# Crockford's base32, so that a case's number can be read aloud and typed.
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 8


class Wish(NamedTuple):
    """What somebody applies for."""

    seafarer_id: str
    rule: str  # or the code of what is held: `asked` says which rule that is
    asked: Asked = Asked.FIRST
    language: str = "en"
    asks: tuple[str, ...] = ()  # individual decisions that the law leaves to the authority


class Step(NamedTuple):
    """One event of a case."""

    number: int
    at: int
    by: str
    event: str
    state: str
    note: str | None


def new_id(flag: str, day: date) -> str:
    """A number that says nothing about the applicant, and cannot be chosen: a draw depends on it."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return f"{flag}{day.year % 100:02}-{drawn}"


def found(connection: Connection, case_id: str, *, lock: bool = False) -> Row[Any]:
    """The case, locked until the transaction ends where it is to change. Raises NotFound."""
    query = select(application).where(application.c.case_id == case_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"there is no case {case_id}", hint="check its number: ombord-issuer cases list")
    return row


def wish_of(row: Row[Any]) -> Wish:
    """What a case asks for."""
    asks = tuple(json.loads(row.asks))
    return Wish(row.seafarer_id, row.rule, Asked(row.asked), row.language, asks)


def without_number(text: str, today: date) -> str:
    """What somebody says, as a case keeps it. Raises InvalidInput where it holds a personal number."""
    if looks_like_one(text, today):
        raise InvalidInput(
            "what is said holds somebody's personal number", hint="leave it out: it is kept for good"
        )
    return text


def move(
    connection: Connection,
    clock: Clock,
    row: Row[Any],
    event: ApplicationEvent,
    *,
    by: str,
    note: str | None = None,
    **values: object,
) -> Row[Any]:
    """One step of a case that the caller has locked; `values` of its row change with it.

    Raises IllegalTransition before anything is changed.
    """
    before = ApplicationState(row.state)
    after = next_state(before, event, row.case_id)
    now = int(clock().timestamp())
    changed = update(application).where(application.c.case_id == row.case_id)
    connection.execute(changed.values(state=after.value, state_since=now, **values))
    tell(connection, row.case_id, now, event, after, by=by, note=note)
    details: Mapping[str, str | int | None] = {"before": before.value, "after": after.value}
    record(connection, clock, [AuditEvent(f"application-{event.value}", row.case_id, details, by)])
    return found(connection, row.case_id)


def tell(
    connection: Connection,
    case_id: str,
    at: int,
    event: ApplicationEvent,
    state: ApplicationState,
    *,
    by: str,
    note: str | None = None,
) -> None:
    """Append an event to a case's own history."""
    mine = application_event.c.case_id == case_id
    last = connection.execute(select(func.max(application_event.c.number)).where(mine)).scalar()
    values = {"number": (last or 0) + 1, "at": at, "by": by, "event": event.value, "state": state.value}
    connection.execute(insert(application_event).values(case_id=case_id, note=note, **values))


def history(connection: Connection, case_id: str) -> Sequence[Step]:
    """All that happened to a case, oldest first."""
    columns = [application_event.c[name] for name in Step._fields]
    query = select(*columns).where(application_event.c.case_id == case_id)
    return [Step(*row) for row in connection.execute(query.order_by(application_event.c.number))]


def is_drawn(steps: Sequence[Step]) -> bool:
    """Whether the case was drawn for a spot check."""
    return any(one.event == ApplicationEvent.DRAW for one in steps)
