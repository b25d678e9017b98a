"""Where a process can be killed: counted points before and after each step that leaves something behind.

The services stay as they are. In the test's own child process the edges that they write through are wrapped:
the database's transactions, every signature, every file that is put in place.
"""

from __future__ import annotations

import os
import resource
import shlex
import signal
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Connection
from sqlalchemy.engine.default import DefaultDialect

from issuer.adapters.database import Database
from keys.signer import SoftwareSigner

Note = Callable[[dict[str, object]], None]


class Fault(NamedTuple):
    """What goes wrong, at which point, and to what."""

    at: int
    kind: str = "kill"
    argument: str = ""


class Points:
    """Counts the points that a process comes to; at one of them something goes wrong."""

    def __init__(self, note: Note, fault: Fault | None) -> None:
        self._note, self._fault = note, fault
        self._lock = threading.Lock()
        self.count = 0

    def reach(self, name: str) -> None:
        with self._lock:
            self.count += 1
            if self._fault is None or self.count != self._fault.at:
                return
            self._note({"fault": f"{self._fault.kind} at {self.count}: {name}"})
            _FAULTS[self._fault.kind](self._fault.argument)

    def around(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """`act`, with a point before it and one after it."""

        def wrapped(*given: Any, **named: Any) -> Any:
            self.reach(f"before {name}")
            done = act(*given, **named)
            self.reach(f"after {name}")
            return done

        return wrapped


def install(points: Points, note: Note) -> None:
    """Wrap the edges, in this process and for good."""
    Database.write = _begun(points, Database.write)  # type: ignore[method-assign]
    DefaultDialect.do_commit = points.around("commit", DefaultDialect.do_commit)  # type: ignore[method-assign]
    SoftwareSigner.sign = points.around("signature", _noted(note, SoftwareSigner.sign))  # type: ignore[method-assign]
    os.replace = points.around("rename", os.replace)
    os.link = points.around("link", os.link)


def _kill(_: str) -> None:
    """At once: no `finally` runs, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


def _terminate(url: str) -> None:
    """The server ends all sessions of the register but this one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _run(command: str) -> None:
    subprocess.run(shlex.split(command), check=True, stdout=subprocess.DEVNULL)


def _fill(folder: str) -> None:
    """Somebody else's file takes all the room that is left."""
    with open(Path(folder) / "ballast", "wb", buffering=0) as file:
        for size in (1 << 20, 4_096, 1):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass


def _limit(size: str) -> None:
    """No file may grow beyond `size` bytes any more: an error, as on a full disk (Python ignores SIGXFSZ)."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), resource.RLIM_INFINITY))


_FAULTS: Mapping[str, Callable[[str], None]] = {
    "kill": _kill,
    "terminate": _terminate,
    "run": _run,
    "fill": _fill,
    "limit": _limit,
}


def _begun(
    points: Points, write: Callable[..., AbstractContextManager[Connection]]
) -> Callable[..., AbstractContextManager[Connection]]:
    @contextmanager
    def wrapped(database: Database, **how: Any) -> Iterator[Connection]:
        with write(database, **how) as connection:
            points.reach("transaction begun")
            yield connection

    return wrapped


def _noted(note: Note, sign: Callable[..., bytes]) -> Callable[..., bytes]:
    """Each message is noted before it is signed: nothing is signed that the checks do not hear of."""

    def wrapped(signer: SoftwareSigner, message: bytes) -> bytes:
        note({"signed": b64encode(message).decode(), "by": signer.public_key.thumbprint()})
        return sign(signer, message)

    return wrapped
