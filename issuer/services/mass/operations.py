"""Mass operations: revoke, suspend or issue again all certificates of a selection, however many those are.

The selection is frozen into a row for each certificate when the operation is proposed, so what was counted
and approved is what is done. Workers (`mass_working`) take the rows up in batches; people decide here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, literal, select, update

from issuer.adapters.database import Database
from issuer.adapters.tables import credential, mass_item, mass_operation
from issuer.domain.errors import Conflict, InvalidInput, IssuerError, NotFound
from issuer.services.audit.trail import AuditEvent, canonical, record
from issuer.services.clock import Clock
from issuer.services.mass.affected import Selection, check, chosen
from issuer.services.mass.progress import ItemState, Kind, Progress, State, progress
from issuer.services.register.changing import checked_reason
from issuer.services.register.lifecycle import ENDINGS
from issuer.settings import Settings

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


def _row(connection: Connection, number: int, *, lock: bool = False) -> Row[Any]:
    query = select(mass_operation).where(mass_operation.c.id == number)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"there is no mass operation {number}", hint="`ombord-issuer mass list` shows them")
    return row
