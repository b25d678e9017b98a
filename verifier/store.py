"""Write what import has verified: a new generation, whole and synced, made current by one rename.

Only one import at a time writes; a check reads the old generation until the new one is current.
"""

import dataclasses
import os
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

from keys.encoding import json_dumps
from keys.trust import directory as trust
from keys.trust.directory import Directory, TrustedKey
from keys.trust.record import unix
from keys.trust.state import COMPROMISED
from verifier import durable, memory
from verifier.intake import Intake
from verifier.state import (
    CURRENT,
    ELSEWHERE,
    FORMAT,
    FRESH,
    NoState,
    StateError,
    current,
    generations,
    index_checksum,
)

WAIT: Final = 10.0  # seconds for another import to end
_PAUSE: Final = 0.1
_LOCK: Final = "lock"


@contextmanager
def locked(folder: str, name: str = _LOCK) -> Iterator[None]:
    """Hold `folder`, made if need be, for one import. Raises StateError when it cannot be written."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        lock = os.open(os.path.join(folder, name), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        _wait_for(lock, folder)
        yield
    finally:
        os.close(lock)


def _wait_for(lock: int, folder: str) -> None:
    """Take the lock, or say who has it: an import takes a second, and nobody waits for ever unknowing."""
    try:
        import fcntl
    except ImportError:  # Windows: the rename alone keeps the state whole
        return None
    deadline = time.monotonic() + WAIT
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                problem = f"another import has been writing to {folder} for {WAIT:g} seconds"
                raise StateError(problem, "wait until it has ended, then import again") from None
            time.sleep(_PAUSE)
        except OSError as error:
            raise _unwritable(folder, error) from None


def _unwritable(folder: str, error: OSError) -> StateError:
    # Of a link that leads in a circle, the system says that it exists.
    reason = "it is no folder" if isinstance(error, FileExistsError) else error.strerror
    return StateError(f"{folder} cannot be written: {reason}", ELSEWHERE)


def write(folder: str, intake: Intake) -> None:
    """Make `intake` what counts, while `folder` is locked. Raises StateError, and then nothing changes."""
    number = _next(folder)
    name = f"g-{number:06d}"
    try:
        generation = os.path.join(folder, name)
        fresh = os.path.join(folder, CURRENT + FRESH)
        for path in (generation, fresh):  # what an import that died has left
            durable.remove(path)
        os.mkdir(generation, mode=0o700)
        durable.write(_files(intake, generation, fresh), generation)
        os.replace(fresh, os.path.join(folder, CURRENT))
        durable.sync_folder(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None
    for older in generations(folder):
        if older < number - 1:  # a check may have the last one open
            with suppress(OSError):  # what counts is written; the next import tries again
                durable.remove(os.path.join(folder, f"g-{older:06d}"))


def replace(folder: str, name: str, data: bytes) -> None:
    """Write a small file of `folder`, whole or not at all. Raises StateError."""
    try:
        path = os.path.join(folder, name)
        durable.remove(path + FRESH)
        durable.write([(path + FRESH, data)])
        os.replace(path + FRESH, path)
        durable.sync_folder(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _next(folder: str) -> int:
    """One more than what is current: also beyond a state so damaged that nothing of it can be read."""
    try:
        return int(current(folder)[0][2:]) + 1
    except NoState:
        return 1
    except StateError:
        return max(generations(folder), default=0) + 1


def _files(intake: Intake, generation: str, fresh: str) -> Iterator[tuple[str, bytes]]:
    """All files to write: the bulk first, which goes to the disk while the rest is put together."""
    lists, states = _lists(intake)
    if states:
        yield os.path.join(generation, "states"), b"".join(states)
    files, index = _generation(intake, lists)
    for file, data in files.items():
        yield os.path.join(generation, file), data
    name = os.path.basename(generation)
    yield fresh, f"{name} {index_checksum(name, index)}\n".encode("ascii") + index


def _generation(intake: Intake, lists: Mapping[str, object]) -> tuple[dict[str, bytes], bytes]:
    """The files of a generation, but for the states of its lists, and the index of all."""
    directory = intake.directory
    remembered, places = memory.write(intake)
    issuers, trust_records = _trust(intake, places)
    allow, allow_lists = _allow(directory)
    index = {
        "format": FORMAT[0],
        "version": FORMAT[1],
        "pack": intake.pack,
        "environment": directory.environment.value,
        "time_floor": unix(directory.time_floor),
        "published_at": unix(directory.published_at),
        "issuers": issuers,
        "lists": lists,
        "allow": allow,
        "memory": [0, len(remembered), zlib.crc32(remembered)],
    }
    if missing := intake.missing:
        index["missing"] = {uri: why.value for uri, why in missing.items()}
    files = {"trust": trust_records, "allow": allow_lists, "memory": [remembered]}
    return {name: b"".join(parts) for name, parts in files.items() if parts}, json_dumps(index)


class _Parts(list[bytes]):
    """Parts of one file, and where each will lie."""

    def __init__(self) -> None:
        super().__init__()
        self._end = 0

    def place(self, data: bytes) -> list[int]:
        """Append; returns where, how much, and its checksum."""
        start, self._end = self._end, self._end + len(data)
        self.append(data)
        return [start, len(data), zlib.crc32(data)]


def _trust(intake: Intake, places: Mapping[str, int]) -> tuple[dict[str, list[list[int]]], _Parts]:
    """A record for each authority, and where it and the keys that its flag has signed lie, by issuer.

    The record repeats only keys that may count for less than their flag says: a revocation is for ever.
    """
    directory = intake.directory
    files = {name.split("/")[1]: name for name in places if name.endswith(".keys.json")}
    keys: dict[str, dict[tuple[str, str], TrustedKey]] = {}
    for pair, key in directory.keys.items():
        flag_has_said = key.state not in COMPROMISED and not key.conflicting
        if not flag_has_said or directory.authorities[key.issuer].flag not in files:
            keys.setdefault(key.issuer, {})[pair] = key
    issuers: dict[str, list[list[int]]] = {}
    parts = _Parts()
    for authority in {one.flag: one for one in directory.authorities.values()}.values():
        own = {pair: key for iss in authority.issuers for pair, key in keys.get(iss, {}).items()}
        named = dict.fromkeys(authority.issuers, authority)
        lies = [parts.place(trust.to_json(dataclasses.replace(directory, authorities=named, keys=own)))]
        if (file := files.get(authority.flag)) is not None:
            data = intake.files[file]
            lies.append([places[file], len(data), zlib.crc32(data)])
        issuers.update(dict.fromkeys(authority.issuers, lies))
    return issuers, parts


def _lists(intake: Intake) -> tuple[dict[str, dict[str, object]], _Parts]:
    entries: dict[str, dict[str, object]] = {}
    parts = _Parts()
    for uri, one in intake.lists.items():
        entry: dict[str, object] = {"issuer": one.issuer, "iat": unix(one.iat), "bits": one.bits}
        if one.exp is not None:
            entry["exp"] = unix(one.exp)
        if one.number is not None:
            entry["number"] = one.number
        if one.behind:
            entry["behind"] = True
        if one.disputed:
            entry["disputed"] = True
        entries[uri] = {**entry, "part": parts.place(one.states)}
    return entries, parts


def _allow(directory: Directory) -> tuple[list[dict[str, object]], _Parts]:
    parts = _Parts()
    lists = directory.allow_lists.items()
    return [{"iss": iss, "kid": kid, "part": parts.place(one.data)} for (iss, kid), one in lists], parts
