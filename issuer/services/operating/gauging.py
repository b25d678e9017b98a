"""What the database knows of the authority's work, for metrics: asked at each scrape, alike in every process.

The audit trail is the one record of what happened, by whichever process, command or host. Its events are
counted once: `event_count` holds how many of each kind there are among the first so many events, and a scrape
counts those that came since, by their numbers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, case, func, insert, select, update

from issuer.adapters import log_store
from issuer.adapters.database import Database
from issuer.adapters.repository import unfinished
from issuer.adapters.tables import audit_event, credential, event_count, log_checkpoint, status_list
from issuer.adapters.tables_applications import application
from issuer.domain.applications import CLOSED, ApplicationState
from issuer.services.clock import Clock
from issuer.services.issuing.stopping import standing_stop
from issuer.services.operating import reconciling
from issuer.services.qualifications import reviewing

STEP: Final = 10_000  # events that a scrape counts; beyond them, they are counted once and for all
LEAP: Final = 20 * STEP  # of those at a time, so that no scrape is long
_DAY: Final = 86_400
_ADVISORY_LOCK: Final = 0x6F6D_636E_74  # "omcnt"
_STATEMENT: Final = "2s"


class Lists(NamedTuple):
    """All status lists together."""

    number: int
    taken: int
    size: int
    changed: int  # show something else than was signed last
    oldest: int | None  # when the list was signed that was signed longest ago, Unix seconds


class Issued(NamedTuple):
    """Applications of the last day that were issued."""

    number: int
    seconds: int  # from submission to issue, added up


class Applications(NamedTuple):
    """Cases that are not ended, by state; and what was issued of those submitted in the last day."""

    open: dict[str, int]
    automatic: Issued
    by_people: Issued


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """One look at the register."""

    at: datetime
    events: dict[str, int]  # by kind
    events_uncounted: int
    unfinished: dict[str, int]  # credentials by the state that they are in
    oldest_unfinished: int | None
    lists: Lists
    log_size: int
    checkpoint_size: int
    checkpoint_at: int | None
    is_stopped: bool
    reconciled: reconciling.Last | None  # the last reconciliation
    applications: Applications
    reviews: int  # certificates, by record, that somebody has to look at


def gauge(database: Database, clock: Clock) -> Gauges:
    """Raises DatabaseUnusable, and what SQLAlchemy does when a question takes too long."""
    with database.read() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{_STATEMENT}'")
        events, waiting = _events(connection)
        found = _gauges(connection, clock, events, waiting)
    if waiting >= STEP:
        _count_once(database)
    return found


def _gauges(connection: Connection, clock: Clock, events: dict[str, int], waiting: int) -> Gauges:
    since, number = func.min(credential.c.issued_at).label("since"), func.count().label("number")
    by_state = select(credential.c.state, number, since).where(unfinished()).group_by(credential.c.state)
    states = connection.execute(by_state).all()
    newest = select(log_checkpoint.c.size, log_checkpoint.c.at).order_by(log_checkpoint.c.number.desc())
    checkpoint = connection.execute(newest.limit(1)).one_or_none()
    return Gauges(
        at=clock(),
        events=events,
        events_uncounted=max(0, waiting - STEP),
        unfinished={row.state: row.number for row in states},
        oldest_unfinished=min((row.since for row in states), default=None),
        lists=_lists(connection),
        log_size=log_store.size(connection),
        checkpoint_size=0 if checkpoint is None else checkpoint.size,
        checkpoint_at=None if checkpoint is None else checkpoint.at,
        is_stopped=standing_stop(connection) is not None,
        reconciled=reconciling.last(connection),
        applications=_applications(connection, int(clock().timestamp())),
        reviews=reviewing.waiting(connection),
    )


def _applications(connection: Connection, now: int) -> Applications:
    """By the indexes of state and of time, however many cases have ended."""
    state, number = application.c.state, func.count()
    is_open = state.in_([one.value for one in ApplicationState if one not in CLOSED])
    rows = connection.execute(select(state, number).where(is_open).group_by(state))
    taken = func.sum(application.c.issued_at - application.c.submitted_at)
    issued = state == ApplicationState.ISSUED.value, application.c.submitted_at >= now - _DAY
    query = select(application.c.automatic, number, taken).where(*issued)
    found = {
        row[0]: Issued(row[1], int(row[2]))
        for row in connection.execute(query.group_by(application.c.automatic))
    }
    nothing = Issued(0, 0)
    open_cases = {str(name): int(count) for name, count in rows}
    return Applications(open_cases, found.get(1, nothing), found.get(0, nothing))


def _lists(connection: Connection) -> Lists:
    changed = case((status_list.c.signed_revision == status_list.c.revision, 0), else_=1)
    query = select(
        func.count(),
        func.coalesce(func.sum(status_list.c.taken), 0),
        func.coalesce(func.sum(status_list.c.size), 0),
        func.coalesce(func.sum(changed), 0),
        func.min(status_list.c.signed_iat),
    )
    number, taken, size, other, oldest = connection.execute(query.select_from(status_list)).one()
    return Lists(number, int(taken), int(size), int(other), oldest)


def _events(connection: Connection) -> tuple[dict[str, int], int]:
    """How many events of each kind, and how many there are that were not counted once and for all."""
    counts = _counted(connection)
    through = sum(counts.values())  # events are numbered 1, 2, 3, …: what was counted is the first so many
    last = connection.execute(select(func.max(audit_event.c.sequence))).scalar() or 0
    for kind, more in _between(connection, through, min(last, through + STEP)).items():
        counts[kind] = counts.get(kind, 0) + more
    return counts, last - through


def _counted(connection: Connection) -> dict[str, int]:
    query = select(event_count.c.event, event_count.c["count"].label("number"))
    return {row.event: row.number for row in connection.execute(query)}


def _between(connection: Connection, after: int, last: int) -> dict[str, int]:
    chosen = audit_event.c.sequence.between(after + 1, last)
    query = select(audit_event.c.event, func.count().label("number")).where(chosen)
    return {row.event: row.number for row in connection.execute(query.group_by(audit_event.c.event))}


def _count_once(database: Database) -> None:
    """Take the next events into `event_count`; whoever comes while another does it leaves it to them."""
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            mine = connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({_ADVISORY_LOCK})").scalar()
            if not mine:
                return
        counts = _counted(connection)
        through = sum(counts.values())
        last = connection.execute(select(func.max(audit_event.c.sequence))).scalar() or 0
        for kind, more in _between(connection, through, min(last, through + LEAP)).items():
            if kind in counts:
                row = update(event_count).where(event_count.c.event == kind)
                connection.execute(row.values(count=counts[kind] + more))
            else:
                connection.execute(insert(event_count).values(event=kind, count=more))
