"""The service's clock: a port, so that every test decides what time it is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The machine's time, aware and in UTC."""
    return datetime.now(UTC)


def start_of(day: date | None, zone: tzinfo, *, days: int = 0) -> int | None:
    """When that day begins there, or one so many days later: Unix seconds; None after the last there is."""
    try:
        if day is None:
            return None
        return int(datetime.combine(day + timedelta(days=days), time(), zone).timestamp())
    except OverflowError:
        return None
