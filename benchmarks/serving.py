"""An application on a socket, in a thread of this process: for benchmarks, and tests over real sockets."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI

PATIENCE: Final = 60  # seconds until it listens, and until it has ended


class _AnnouncingServer(uvicorn.Server):
    """A server that says when it listens, so that nobody needs to ask again and again."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@contextmanager
def served(app: FastAPI, listener: socket.socket) -> Iterator[None]:
    """The application answers at the listener's port; its clients take of the same processor."""
    server = _AnnouncingServer(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="issuer")
    thread.start()
    try:
        assert server.listening.wait(PATIENCE), "the issuer did not start"
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
