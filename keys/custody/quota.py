"""What was signed within the last hour, by purpose: counted, never sampled."""

from collections import Counter, deque
from typing import Final, NamedTuple

HOUR: Final = 3_600


class Usage(NamedTuple):
    """How many were signed in the hour before now."""

    of_purpose: int
    in_all: int


class LastHour:
    """A sliding hour in whole seconds; memory is bounded by seconds times purposes."""

    def __init__(self) -> None:
        self._counts: deque[tuple[int, str, int]] = deque()  # in order of time
        self._by_purpose: Counter[str] = Counter()
        self._in_all = 0

    def add(self, purpose: str, *, at: int, count: int = 1) -> None:
        """Signed at `at`, which is not before what was added last; a `count` of -1: it was not, after all."""
        self._by_purpose[purpose] += count
        self._in_all += count
        if self._counts and self._counts[-1][:2] == (at, purpose):
            count += self._counts.pop()[2]
        self._counts.append((at, purpose, count))

    def used(self, purpose: str, *, at: int) -> Usage:
        """What counts at `at`: everything later than an hour before."""
        while self._counts and self._counts[0][0] <= at - HOUR:
            _, old, count = self._counts.popleft()
            self._by_purpose[old] -= count
            self._in_all -= count
        return Usage(self._by_purpose[purpose], self._in_all)

    def free_in(self, purpose: str | None, *, at: int) -> int:
        """Seconds until the oldest that counts, of this purpose or (None) of any, counts no more."""
        oldest = next((then for then, which, _ in self._counts if purpose in (None, which)), at - HOUR)
        return max(1, oldest + HOUR - at)
