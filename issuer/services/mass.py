"""Mass operations: revoke, suspend or issue again all certificates of a selection, however many those are.

The selection is frozen into a row for each certificate when the operation is proposed, so what was counted
and approved is what is done. Workers (`mass_working`) take the rows up in batches; people decide here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, Row, func, insert, literal, select, update

from issuer.adapters.database import Database
from issuer.adapters.tables import credential, mass_item, mass_operation
from issuer.domain.errors import Conflict, InvalidInput, IssuerError, NotFound
from issuer.services.affected import Selection, check, chosen
from issuer.services.audit import AuditEvent, canonical, record
from issuer.services.changing import checked_reason
from issuer.services.clock import Clock
from issuer.services.lifecycle import ENDINGS
from issuer.settings import Settings
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


_ARROWS: Final[Mapping[str, tuple[frozenset[State], State]]] = {
    "approve": (frozenset({State.PROPOSED}), State.RUNNING),
    "pause": (frozenset({State.RUNNING}), State.PAUSED),
    "resume": (frozenset({State.PAUSED}), State.RUNNING),
    "cancel": (frozenset({State.PROPOSED, State.RUNNING, State.PAUSED}), State.CANCELLED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done, to which certificates, and why."""

    kind: Kind
    selection: Selection
    reason: str
    ending: str = "revoked"  # of a revocation, one of `lifecycle.ENDINGS`


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


class Mass:
    """What people decide about mass operations."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def propose(self, wish: Wish, *, actor: str) -> Progress:
        """Freeze the selection; it runs at once, or when a second person has approved it (`mass_persons`).

        Raises InvalidInput, NotFound; Conflict when no certificate meets the selection.
        """
        with self._refusing(f"mass:{wish.kind.value}", actor), self._database.write() as connection:
            number = self._freeze(connection, wish, actor)
            return progress(connection, _row(connection, number), self._now())

    def decide(self, number: int, what: str, *, actor: str) -> Progress:
        """`approve`, `pause`, `resume` or `cancel` an operation. Raises NotFound, Conflict."""
        with self._refusing(f"mass:{number}", actor), self._database.write() as connection:
            row = _row(connection, number, lock=True)
            sources, target = _ARROWS[what]
            if row.state not in sources:
                raise Conflict(f"operation {number} is {row.state}: {what} is not possible")
            values: dict[str, Any] = {"state": target.value, "note": None}
            if what == "approve":
                if row.actor == actor:
                    problem = f"operation {number} was proposed by {actor}"
                    raise Conflict(problem, hint="a second person has to approve it")
                values["approved_by"] = actor
            if target is State.CANCELLED:
                values["ended_at"] = self._now()
            connection.execute(update(mass_operation).where(mass_operation.c.id == number).values(values))
            details = {"before": row.state, "after": target.value}
            record(connection, self._clock, [AuditEvent(f"mass-{what}", f"mass:{number}", details, actor)])
            return progress(connection, _row(connection, number), self._now())

    def show(self, number: int) -> Progress:
        """Raises NotFound."""
        with self._database.read() as connection:
            return progress(connection, _row(connection, number), self._now())

    def list(self, *, before: int | None = None, limit: int = 20) -> Sequence[Progress]:
        """The newest operations first; those from before one that is named."""
        query = select(mass_operation).order_by(mass_operation.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(mass_operation.c.id < before)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            return [progress(connection, row, self._now()) for row in rows]

    def _freeze(self, connection: Connection, wish: Wish, actor: str) -> int:
        reason = checked_reason(wish.reason.strip())
        if reason is None:
            raise InvalidInput("no reason is given", hint="say why with --reason: it is kept in the register")
        if wish.ending not in ENDINGS:
            raise InvalidInput(f"no such ending: {wish.ending}", hint=f"use one of {', '.join(ENDINGS)}")
        check(connection, wish.selection)
        alone = self._settings.mass_persons == 1
        newest = connection.execute(select(func.max(credential.c.id))).scalar() or 0
        values = {
            "kind": wish.kind.value,
            "ending": wish.ending if wish.kind is Kind.REVOKE else None,
            "selection": canonical_selection(wish.selection),
            "reason": reason,
            "actor": actor,
            "state": (State.RUNNING if alone else State.PROPOSED).value,
            "certificates": 0,
            "newest_credential": newest,
            "created_at": self._now(),
        }
        made = insert(mass_operation).values(values).returning(mass_operation.c.id)
        number = int(connection.execute(made).scalar_one())
        ids = chosen(connection, wish.selection).subquery()
        frozen = select(literal(number), ids.c.id, literal(ItemState.WAITING.value))
        columns = ["operation_id", "certificate_id", "state"]
        connection.execute(insert(mass_item).from_select(columns, frozen))
        of_it = select(func.count()).where(mass_item.c.operation_id == number)
        count = connection.execute(of_it).scalar_one()
        if count == 0:
            raise Conflict("no certificate meets the selection", hint="`ombord-issuer affected` counts them")
        mine = mass_operation.c.id == number
        connection.execute(update(mass_operation).where(mine).values(certificates=count))
        details = {
            "kind": wish.kind.value,
            "certificates": count,
            "selection": values["selection"],
            "reason": values["reason"],
        }
        record(connection, self._clock, [AuditEvent("mass-proposed", f"mass:{number}", details, actor)])
        return number

    @contextmanager
    def _refusing(self, subject: str, actor: str) -> Iterator[None]:
        """What is refused leaves a line in the trail, and nothing else."""
        try:
            yield
        except IssuerError as error:
            with self._database.write() as connection:
                refused = AuditEvent("mass-refused", subject, {"problem": error.code}, actor)
                record(connection, self._clock, [refused])
            raise

    def _now(self) -> int:
        return int(self._clock().timestamp())


def canonical_selection(selection: Selection) -> str:
    """As the operation's row and its event hold it; a long list of numbers is the items' to tell."""
    members = selection.members()
    if "numbers" in members:
        members["numbers"] = len(selection.numbers)
    return canonical(members)


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


def _row(connection: Connection, number: int, *, lock: bool = False) -> Row[Any]:
    query = select(mass_operation).where(mass_operation.c.id == number)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"there is no mass operation {number}", hint="`ombord-issuer mass list` shows them")
    return row
