"""The stop-issuing switch: from its commit on, no worker takes another step of issuing, until it is lifted.

A row in the database is the switch, so that every process on every host sees it. Status changes go on: what
is suspended or revoked must be published above all while something is wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import OperationalError

from issuer.adapters.database import Database
from issuer.adapters.tables import issuing_stop
from issuer.domain.errors import Conflict, InvalidInput, IssuingStopped
from issuer.domain.extract import BadRow, check_reason
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from keys.custody import CustodyError
from keys.custody.stop_switch import ISSUING

SUBJECT = "issuing"
# Each step asks twice, and what SQLAlchemy makes of a query takes longer than this one.
_STANDING = f"SELECT reason, actor, since FROM {issuing_stop.name}"  # noqa: S608 -- our own name
PATIENCE = "500ms"  # how long the switch waits for steps in hand to commit before it is thrown all the same
_ADVISORY_LOCK = 0x6F6D_5354_4F50  # "omSTOP": steps hold it shared, the switch alone


class SignerSwitch(Protocol):
    """What a signer process lets its clients do (`keys.custody.signer_client.SignerClient`)."""

    def stop(self, reason: str) -> None:
        """No more signatures from now on."""

    def resume(self) -> None:
        """Let signing go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """That issuing is stopped: why, by whom, since when."""

    reason: str
    actor: str
    since: datetime


def refuse_if_stopped(connection: Connection) -> None:
    """Raises IssuingStopped while the switch is on; else whoever throws it waits for this transaction.

    For half a second, that is: a longer one is told at its end (`refuse_if_stopped_meanwhile`). To be called
    first in each transaction that takes a step of issuing.
    """
    if connection.dialect.name == "postgresql":
        # Two statements, for each sees what was committed before it began (READ COMMITTED): the lock is
        # waited for, then the row is looked at. SQLite has one writer anyway.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock_shared({_ADVISORY_LOCK})")
    _refuse_standing(connection)


def refuse_if_stopped_meanwhile(connection: Connection) -> None:
    """Raises IssuingStopped where the switch was thrown while this transaction did its work.

    To be called last in a step that may have taken longer than the switch waits for it, or have queued behind
    others: what it did is undone. So whatever a step takes, what can still commit once the switch is on has
    no more to do than to commit. On SQLite the one writer is whoever called `refuse_if_stopped`.
    """
    if connection.dialect.name == "postgresql":
        _refuse_standing(connection)


def _refuse_standing(connection: Connection) -> None:
    standing = standing_stop(connection)
    if standing is not None:
        raise IssuingStopped(
            f"issuing is stopped since {standing.since:%Y-%m-%dT%H:%M:%SZ}: {standing.reason}",
            hint="what was begun is kept; it goes on after `ombord-issuer start`",
        )


def standing_stop(connection: Connection) -> Stop | None:
    """The switch as it is; None while issuing goes on."""
    row = connection.exec_driver_sql(_STANDING).one_or_none()
    if row is None:
        return None
    return Stop(reason=row.reason, actor=row.actor, since=datetime.fromtimestamp(row.since, UTC))


def throw(connection: Connection, clock: Clock, *, reason: str, actor: str) -> Stop:
    """Stop issuing within the caller's transaction. One that stands keeps its reason; both are in the trail.

    Raises InvalidInput for a reason that is none.
    """
    reason = _checked(reason)
    _wait_for_steps(connection)
    standing = standing_stop(connection)
    if standing is None:
        now = int(clock().timestamp())
        values = {"id": 1, "reason": reason, "actor": actor, "since": now}
        connection.execute(insert(issuing_stop).values(values))
        standing = Stop(reason=reason, actor=actor, since=datetime.fromtimestamp(now, UTC))
    record(connection, clock, [AuditEvent("issuing-stopped", SUBJECT, {"reason": reason}, actor)])
    return standing


@dataclass(frozen=True, slots=True)
class Thrown:
    """The switch was turned; `complaint` says why the signer process did not follow, if it did not."""

    stop: Stop
    complaint: str | None = None


class Stopping:
    """The switch as operators throw it; `signer` is the signer process, where there is one."""

    def __init__(self, database: Database, clock: Clock, signer: SignerSwitch | None = None) -> None:
        self._database = database
        self._clock = clock
        self._signer = signer

    def stop(self, *, reason: str, actor: str) -> Thrown:
        """Stop issuing, in the database first: it is stopped also where the signer process does not answer.

        Raises InvalidInput for a reason that is none.
        """
        with self._database.write() as connection:
            standing = throw(connection, self._clock, reason=reason, actor=actor)
        return Thrown(standing, _complaint(lambda signer: signer.stop(ISSUING + reason), self._signer))

    def start(self, *, actor: str) -> Thrown:
        """Let issuing go on; returns the stop that is over. Raises Conflict when there is none."""
        with self._database.write() as connection:
            _wait_for_steps(connection)
            over = standing_stop(connection)
            if over is None:
                raise Conflict("issuing is not stopped", hint="`ombord-issuer status` shows the switch")
            connection.execute(delete(issuing_stop))
            details = {"reason": over.reason, "stopped_by": over.actor}
            record(connection, self._clock, [AuditEvent("issuing-started", SUBJECT, details, actor)])
        return Thrown(over, _complaint(lambda signer: signer.resume(), self._signer))

    def standing(self) -> Stop | None:
        """The switch as it is; None while issuing goes on."""
        with self._database.read() as connection:
            return standing_stop(connection)


def _wait_for_steps(connection: Connection) -> None:
    """Let the steps in hand commit first, so that after the switch's commit there are none.

    A step that hangs, with its host perhaps, does not keep issuing from being stopped.
    """
    if connection.dialect.name != "postgresql":
        return
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
    except OperationalError:  # it took too long
        pass
    connection.exec_driver_sql("SET LOCAL lock_timeout = DEFAULT")


def _complaint(turn: Callable[[SignerSwitch], None], signer: SignerSwitch | None) -> str | None:
    """Why the signer process, where there is one, was not turned."""
    try:
        if signer is not None:
            turn(signer)
    except CustodyError as error:
        return str(error)
    return None


def _checked(reason: str) -> str:
    try:
        return check_reason(reason.strip())
    except BadRow as error:
        raise InvalidInput(str(error), hint="say in a few words why issuing stops") from error
