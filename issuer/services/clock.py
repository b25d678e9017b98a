"""The service's clock: a port, so that every test decides what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The machine's time, aware and in UTC."""
    return datetime.now(UTC)
