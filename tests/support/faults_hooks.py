"""Where a process can be killed: counted points before and after each step that leaves something behind.

The services stay as they are. In the test's own child process the edges that they write through are wrapped:
the database's transactions, every signature, every file that is put in place.
"""

from __future__ import annotations

import os
import signal
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine.default import DefaultDialect

from issuer.adapters.database import Database
from keys.signer import SoftwareSigner

Note = Callable[[dict[str, object]], None]


class Points:
    """Counts the points that a process comes to, and dies at one of them, as by `kill -9`."""

    def __init__(self, note: Note, kill_at: int | None) -> None:
        self._note, self._kill_at = note, kill_at
        self._lock = threading.Lock()
        self.count = 0

    def reach(self, name: str) -> None:
        with self._lock:
            self.count += 1
            if self.count != self._kill_at:
                return
            self._note({"killed": f"{self.count}: {name}"})
            os.kill(os.getpid(), signal.SIGKILL)

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
