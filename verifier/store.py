"""Write what import has verified: a new generation, whole and synced, made current by one rename.

Only one import at a time writes; a check reads the old generation until the new one is current.
"""

import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from keys.encoding import json_dumps
from keys.trust import directory as trust
from keys.trust.record import unix
from verifier.intake import Intake
from verifier.state import CURRENT, ELSEWHERE, NoState, StateError, current

WAIT: Final = 10.0  # seconds for another import to end
_PAUSE: Final = 0.1
_LOCK: Final = "lock"


@contextmanager
def locked(folder: str) -> Iterator[None]:
    """Hold `folder`, made if need be, for one import. Raises StateError when it cannot be written."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        lock = os.open(os.path.join(folder, _LOCK), os.O_RDWR | os.O_CREAT, 0o600)
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
    return StateError(f"{folder} cannot be written: {error.strerror}", ELSEWHERE)


def write(folder: str, intake: Intake) -> None:
    """Make `intake` what counts, while `folder` is locked. Raises StateError, and then nothing changes."""
    number = _next(folder)
    name = f"g-{number:06d}"
    try:
        generation = os.path.join(folder, name)
        _remove(generation)  # what an import that died has left
        os.mkdir(generation, mode=0o700)
        checksum = _write_generation(generation, intake)
        _sync_folder(generation)
        _replace(os.path.join(folder, CURRENT), f"{name} {checksum:08x}\n".encode("ascii"))
        _sync_folder(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None
    for older in _generations(folder):
        if older < number - 1:  # a check may have the last one open
            with suppress(OSError):  # what counts is written; the next import tries again
                _remove(os.path.join(folder, f"g-{older:06d}"))


def _next(folder: str) -> int:
    """One more than what is current: also beyond a state so damaged that nothing of it can be read."""
    try:
        return int(current(folder)[0][2:]) + 1
    except NoState:
        return 1
    except StateError:
        return max(_generations(folder), default=0) + 1


def _write_generation(generation: str, intake: Intake) -> int:
    """All files of a generation; returns the checksum of its index."""
    directory = intake.directory
    index = {
        "format": "ombord-state",
        "version": 1,
        "pack": intake.pack,
        "environment": directory.environment.value,
        "time_floor": unix(directory.time_floor),
        "published_at": unix(directory.published_at),
        "issuers": list(_write_trust(generation, intake)),
        "lists": list(_write_lists(generation, intake)),
        "seen": [{"uri": uri, "iat": unix(signed_at)} for uri, signed_at in intake.seen.items()],
        "memory": [
            _write(generation, "root.json", intake.root),
            _write(generation, "memory.json", intake.trust.to_json()),
        ],
    }
    checksum = _write(generation, "index.json", json_dumps(index))["checksum"]
    assert isinstance(checksum, int)  # noqa: S101 - what zlib returns
    return checksum


def _write_trust(generation: str, intake: Intake) -> Iterator[dict[str, object]]:
    authorities = {authority.flag: authority for authority in intake.directory.authorities.values()}
    for number, authority in enumerate(authorities.values()):
        content = trust.to_json(intake.directory, authority.issuers[0])
        entry = _write(generation, f"trust-{number}.json", content)
        for iss in authority.issuers:
            yield {"iss": iss, **entry}


def _write_lists(generation: str, intake: Intake) -> Iterator[dict[str, object]]:
    for number, (uri, one) in enumerate(intake.lists.items()):
        entry: dict[str, object] = {"uri": uri, "issuer": one.issuer, "iat": unix(one.iat), "bits": one.bits}
        if one.exp is not None:
            entry["exp"] = unix(one.exp)
        entry.update(_write(generation, f"list-{number}.bits", one.states))
        entry["token"] = _write(generation, f"list-{number}.jwt", intake.tokens[uri].encode("ascii"))
        yield entry


def _write(generation: str, name: str, data: bytes) -> dict[str, object]:
    """Write and sync one file; returns how the index names it."""
    with open(os.path.join(generation, name), "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return {"file": name, "checksum": zlib.crc32(data)}


def _replace(path: str, data: bytes) -> None:
    fresh = path + ".new"
    with open(fresh, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def _sync_folder(path: str) -> None:
    if os.name == "nt":
        return  # Windows cannot open a folder
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _generations(folder: str) -> list[int]:
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return [int(name[2:]) for name in names if name.startswith("g-") and name[2:].isdecimal()]


def _remove(generation: str) -> None:
    """A generation's folder, which is flat."""
    try:
        for name in os.listdir(generation):
            os.unlink(os.path.join(generation, name))
        os.rmdir(generation)
    except FileNotFoundError:
        return
