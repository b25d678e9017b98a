"""The time, as long as it runs steadily: quotas of an hour mean nothing on a clock that is set to and fro."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

TOLERANCE: Final = 30  # seconds by which the clock may be put right while the signer runs
BACKWARDS: Final = 5  # and by which it may be behind what the journal has


class ClockJumped(Exception):
    """The clock went back, or was set while the signer ran; says by how much."""


class SteadyClock:
    """Wall time, held against the time since start, which nobody can set (CLOCK_BOOTTIME)."""

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        since_boot: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
        not_before: int = 0,
    ) -> None:
        """`not_before`: Unix seconds of the journal's last entry."""
        self._wall, self._since_boot = wall, since_boot
        self._started = wall() - since_boot()
        self._last = not_before
        self._lock = Lock()

    def __call__(self) -> int:
        """Unix seconds, never less than before. Raises ClockJumped, until the clock is put right."""
        with self._lock:
            return self._now()

    def _now(self) -> int:
        now = self._wall()
        ahead = now - self._since_boot() - self._started
        if abs(ahead) > TOLERANCE:
            raise ClockJumped(
                f"the clock was set {ahead:+.0f} seconds while the signer ran: put it right or restart it"
            )
        if now < self._last - BACKWARDS:
            raise ClockJumped(f"the clock is {self._last - now:.0f} seconds behind the journal: put it right")
        self._last = max(self._last, int(now))
        return self._last
