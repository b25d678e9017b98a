"""A second process of the signer's own: in one, Python's lock makes all kinds of work wait for each other.

A token's library signs with that lock held. Threads that want it too would take it from one another thousands
of times a second, which was measured to cost as much as the signatures themselves.
"""

import gc
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock


class HelperProcess:
    """Answers one question at a time; it ends with whoever started it, however that ends."""

    def __init__(self, main: Callable[..., None], *arguments: object) -> None:
        """Start `main(pipe, *arguments)`; it is ready a moment later, and asked only then."""
        context = get_context("spawn")  # a copy of this process would also be one of its token's session
        mine, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(main, theirs, *arguments), daemon=True)
        self._process.start()
        theirs.close()  # when we are gone, it reads the end
        self._pipe: Connection | None = mine
        self._lock = Lock()

    def ask(self, question: object) -> object:
        """Its answer; None from then on where it has ended. Any thread may ask."""
        with self._lock:
            if self._pipe is None:
                return None
            try:
                self._pipe.send(question)
                return self._pipe.recv()
            except (OSError, EOFError):
                self._end()
                return None

    def close(self) -> None:
        """End it."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
            self._process.join(5)
            if self._process.is_alive():
                self._process.kill()


def _run(main: Callable[..., None], pipe: Connection, *arguments: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # sent to the whole group; the first process ends this one
        signal.signal(number, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(20_000)
    try:
        main(pipe, *arguments)
    except (OSError, EOFError):
        return
