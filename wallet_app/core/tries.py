"""Wrong PINs and the pauses that they earn, in a file that outlives the app, a full storage and the clock.

The file has one fixed size: where the storage is full it is overwritten in place, so that filling the storage
gives nobody free tries. Pauses run by the time since the device was switched on, which nobody can set; after
a restart of the device a pause begins anew. What is missing, damaged or none that this app would write
counts as the longest pause.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, TypeGuard

from keys.encoding import EncodingError, Json, json_dumps, json_object

FILE_BYTES: Final = 128
MOST_FAILURES: Final = 1_000_000
MOST_SINCE_MS: Final = 100 * 366 * 86_400_000  # no device is switched on for a hundred years
# By how many wrong PINs in a row came before: seconds until the next one is looked at.
PAUSES: Final = (0, 0, 0, 30, 60, 300, 900, 3_600)


class _Count(NamedTuple):
    failures: int
    since: float  # when the last one was, in seconds since the device was switched on


class Tries:
    """Counts in the file at `path`; `ticks` are seconds since the device was switched on."""

    def __init__(self, path: Path, ticks: Callable[[], float]) -> None:
        """Nothing is read before it is asked for."""
        self._path = path
        self._ticks = ticks
        self._count: _Count | None = None

    @property
    def failures(self) -> int:
        """Wrong PINs in a row."""
        return self._read().failures

    @property
    def left(self) -> int:
        """How many more may be wrong before the next pause."""
        return max(0, PAUSES.count(0) - self.failures)

    def wait(self) -> int:
        """Whole seconds until a PIN is looked at again; 0 is now."""
        count, now = self._read(), self._ticks()
        if now < count.since:  # the device was restarted
            count = _Count(count.failures, now)
            self._write(count)
        pause = PAUSES[min(count.failures, len(PAUSES) - 1)]
        return max(0, -int(-(count.since + pause - now) // 1))

    def count_one(self) -> None:
        """One more, before it is looked at: who ends the app meanwhile gains nothing."""
        self._write(_Count(min(self.failures + 1, MOST_FAILURES), self._ticks()))

    def clear(self) -> None:
        """The PIN was right, or is a new one."""
        self._write(_Count(0, 0.0))

    def _read(self) -> _Count:
        if self._count is None:
            self._count = self._stored()
            if self._count is None:
                self._write(_Count(len(PAUSES) - 1, self._ticks()))
        return self._count or _Count(len(PAUSES) - 1, self._ticks())

    def _stored(self) -> _Count | None:
        """What the file says; None where that cannot be what this app wrote."""
        try:
            with self._path.open("rb") as file:
                members = json_object(file.read(FILE_BYTES).rstrip())
        except (OSError, EncodingError):
            return None
        failures, since = members.get("failures"), members.get("since_ms")
        if not (_is_within(failures, MOST_FAILURES) and _is_within(since, MOST_SINCE_MS)):
            return None
        return _Count(failures, since / 1_000)

    def _write(self, count: _Count) -> None:
        """Kept in mind in any case; on disk by renaming or, where there is no room, in place."""
        self._count = count
        members: dict[str, Json] = {"failures": count.failures, "since_ms": int(count.since * 1_000)}
        text = json_dumps(members).ljust(FILE_BYTES)
        draft = self._path.with_name(f"{self._path.name}.draft")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _put(draft, text, os.O_CREAT | os.O_TRUNC)
            draft.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink()
            with contextlib.suppress(OSError):
                _put(self._path, text, 0)


def _is_within(value: Json, most: int) -> TypeGuard[int]:
    """A whole number from nought to `most`; JSON's true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _put(path: Path, data: bytes, flags: int) -> None:
    file = os.open(path, os.O_WRONLY | flags, 0o600)
    try:
        os.write(file, data)
        os.fsync(file)
    finally:
        os.close(file)
