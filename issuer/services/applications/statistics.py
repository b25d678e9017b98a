"""How long applications take and how many are automatic, between two days of submission."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from issuer.adapters.database import Database
from issuer.adapters.tables_applications import application
from issuer.domain.applications import ApplicationState
from issuer.domain.errors import InvalidInput
from issuer.settings import Settings

EARLIEST: Final = 2000
LATEST: Final = 2100


class Durations(NamedTuple):
    """From submission to issue, in seconds; None where nothing was issued."""

    median: int | None
    p95: int | None
    mean: float | None
    longest: int | None


class Statistics(NamedTuple):
    """Applications submitted from one day to another, both counted."""

    first: date
    last: date
    submitted: int
    by_state: Mapping[str, int]
    by_asked: Mapping[str, int]
    issued: int
    issued_automatically: int
    durations: Durations
    automatic_durations: Durations

    @property
    def automatic_share(self) -> float | None:
        """Of what was issued; None where nothing was."""
        return self.issued_automatically / self.issued if self.issued else None


def statistics(database: Database, settings: Settings, first: date, last: date) -> Statistics:
    """Counted in the database but for the durations. Raises InvalidInput."""
    if not (first.year >= EARLIEST and first <= last and last.year <= LATEST):
        raise InvalidInput(
            f"{first} to {last} is no time to count over",
            hint=f"from a day to the same or a later one, within the years {EARLIEST} to {LATEST}",
        )
    zone = ZoneInfo(settings.time_zone)
    begin = int(datetime.combine(first, time(), zone).timestamp())
    end = int(datetime.combine(last + timedelta(days=1), time(), zone).timestamp())
    within = (application.c.submitted_at >= begin, application.c.submitted_at < end)
    columns = (application.c.automatic, application.c.issued_at - application.c.submitted_at)
    issued = application.c.state == ApplicationState.ISSUED.value
    with database.read() as connection:
        by_state = _counted(connection, "state", *within)
        by_asked = _counted(connection, "asked", *within)
        rows = connection.execute(select(*columns).where(*within, issued)).all()
    taken = [seconds for _, seconds in rows]
    automatic = [seconds for is_automatic, seconds in rows if is_automatic]
    return Statistics(
        first=first,
        last=last,
        submitted=sum(by_state.values()),
        by_state=by_state,
        by_asked=by_asked,
        issued=len(taken),
        issued_automatically=len(automatic),
        durations=_durations(taken),
        automatic_durations=_durations(automatic),
    )


def _counted(connection: Connection, name: str, *within: object) -> dict[str, int]:
    column = application.c[name]
    query = select(column, func.count()).where(*within).group_by(column)  # type: ignore[arg-type] # criteria
    return {str(key): int(count) for key, count in sorted(map(tuple, connection.execute(query)))}


def _durations(seconds: Sequence[int]) -> Durations:
    if not seconds:
        return Durations(None, None, None, None)
    ordered = sorted(seconds)
    nearest = [-(-len(ordered) * share // 100) - 1 for share in (50, 95)]  # nearest rank
    median, p95 = (ordered[at] for at in nearest)
    return Durations(median, p95, sum(ordered) / len(ordered), ordered[-1])
