"""How far mass operations have come: their states, and what was done, refused and left."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, Row, func, select

from issuer.adapters.tables import mass_item, mass_operation
from keys.encoding import Json

RECENT_SECONDS: Final = 60  # what "certificates a second" looks back on while an operation runs
_REASONS: Final = 20  # that are told, of those for which certificates were refused


class Kind(StrEnum):
    """What is done to each certificate."""

    REVOKE = "revoke"
    SUSPEND = "suspend"
    REISSUE = "reissue"


class State(StrEnum):
    """How far an operation has come."""

    PROPOSED = "proposed"  # waits for a second person
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"  # what was done stays done
    FINISHED = "finished"


class ItemState(StrEnum):
    """How far it has come with one certificate."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class Refused(NamedTuple):
    """Why certificates were left as they are, and how many."""

    reason: str
    certificates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """An operation as it stands."""

    id: int
    kind: str
    ending: str | None
    selection: dict[str, Json]
    reason: str
    actor: str
    approved_by: str | None
    state: str
    note: str | None
    certificates: int
    done: int
    refused: tuple[Refused, ...]
    left: int
    per_second: float | None  # of the last minute; when it has ended, over all
    created_at: int


def progress(connection: Connection, row: Row[Any], now: int) -> Progress:
    """How far the operation of `row` has come."""
    state, at = mass_item.c.state, mass_item.c.done_at
    columns = (
        state,
        func.count().label("certificates"),
        func.min(at).label("first"),
        func.max(at).label("last"),
    )
    counted = select(*columns).where(mass_item.c.operation_id == row.id).group_by(state)
    found = {one.state: one for one in connection.execute(counted)}
    settled = [one for state, one in found.items() if state != ItemState.WAITING]
    names = (name for name in Progress.__dataclass_fields__ if name in mass_operation.c)
    return Progress(
        **{name: getattr(row, name) for name in names if name != "selection"},
        selection=orjson.loads(row.selection),
        done=found[ItemState.DONE].certificates if ItemState.DONE in found else 0,
        refused=_refused(connection, row.id),
        left=row.certificates - sum(one.certificates for one in settled),
        per_second=_rate(connection, row, settled, now),
    )


def _refused(connection: Connection, number: int) -> tuple[Refused, ...]:
    """Why certificates were refused, what most were refused for first."""
    count = func.count().label("certificates")
    mine = mass_item.c.operation_id == number, mass_item.c.state == ItemState.REFUSED.value
    query = select(mass_item.c.refusal, count).where(*mine).group_by(mass_item.c.refusal)
    rows = connection.execute(query.order_by(count.desc(), mass_item.c.refusal).limit(_REASONS))
    return tuple(Refused(row.refusal, row.certificates) for row in rows)


def _rate(connection: Connection, row: Row[Any], settled: Sequence[Row[Any]], now: int) -> float | None:
    if not settled:
        return None
    first: int = min(one.first for one in settled)
    last: int = max(one.last for one in settled)
    if row.state in (State.FINISHED, State.CANCELLED):
        total: int = sum(one.certificates for one in settled)
        return round(total / max(1, last - first), 1)
    since = max(first, now - RECENT_SECONDS)
    recent = (mass_item.c.operation_id == row.id) & (mass_item.c.done_at >= since)
    counted: int = connection.execute(select(func.count()).select_from(mass_item).where(recent)).scalar_one()
    return round(counted / max(1, now - since), 1)
