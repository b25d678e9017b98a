"""The shares of one content of moving frames, as they come: a wrong one costs a delay, and no more.

Which share is wrong shows only when as many as are needed restore something else. Then all of them are
doubted, but not lost: those that come anew are tried with them, but for what a second code in view shows
again and again, or for one of them in turn; and at the latest when enough have come anew, those alone.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

_MOST_DOUBTED: Final = 2  # times as many as are needed


class Shares:
    """Of one content, by their index."""

    def __init__(self, needed: int) -> None:
        """None yet, of so many that restore it."""
        self._needed = needed
        self._fresh: dict[int, bytes] = {}
        self._doubted: dict[int, bytes] = {}  # were in a set that restored something else
        self._repeated: set[int] = set()  # of the doubted, those seen again since
        self._turn = 0

    @property
    def received(self) -> int:
        """How many count."""
        return len(self._fresh)

    @property
    def held(self) -> int:
        """How many are kept."""
        return len(self._fresh) + len(self._doubted)

    def add(self, index: int, share: bytes) -> None:
        """The newest one; of two with one index it counts, unless it is doubted already."""
        if self._doubted.get(index) == share:
            self._repeated.add(index)
        else:
            self._fresh[index] = share

    def worth_trying(self) -> Iterator[Mapping[int, bytes]]:
        """At most three sets of as many as are needed; the newest share may have made each of them right."""
        if len(self._fresh) >= self._needed:
            yield self._fresh
        rest = {index: share for index, share in self._doubted.items() if index not in self._fresh}
        lacking = self._needed - len(self._fresh)
        if not rest or not self._fresh or lacking <= 0:
            return
        quiet = [index for index in rest if index not in self._repeated]
        if self._repeated and len(quiet) >= lacking:
            yield self._fresh | {index: rest[index] for index in quiet[:lacking]}
        if len(rest) >= lacking:
            first = self._turn % len(rest)
            self._turn += 1
            turned = [*islice(rest, first, None), *islice(rest, first)]
            yield self._fresh | {index: rest[index] for index in turned[-lacking:]}

    def doubt(self) -> None:
        """As many as are needed were there, and restored something else."""
        for index, share in self._fresh.items():
            self._doubted.pop(index, None)
            self._doubted[index] = share
        self._fresh, self._repeated = {}, set()
        for index in list(islice(self._doubted, max(0, len(self._doubted) - _MOST_DOUBTED * self._needed))):
            del self._doubted[index]
