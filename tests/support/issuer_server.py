"""The issuer behind a real socket on loopback, in a thread: for tests that are marked `loopback`."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from support.issuer_app import KEYS, HandClock, Office, issuer_settings, register, two_certificates

from issuer.app import build
from issuer.composition import compose
from verifier.credential.model import Certificate

PATIENCE = 60


class _AnnouncingServer(uvicorn.Server):
    """A server that says when it listens, so that nobody needs to ask again and again."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@contextmanager
def serving(
    folder: Path,
    *,
    path: str = "/no",
    certificates: Sequence[Certificate] = (),
    clock: HandClock | None = None,
    **settings: object,
) -> Iterator[Office]:
    """An authority that serves `certificates` (two, if none are given) at a free port."""
    clock = clock or HandClock()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}{path}"
        chosen = issuer_settings(f"sqlite:///{folder}/register.db", base_url=base_url, **settings)
        services = compose(chosen, keys=KEYS, clock=clock)
        register(services.database, clock, chosen, *(certificates or two_certificates()))
        server = _AnnouncingServer(uvicorn.Config(build(services), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="issuer")
        thread.start()
        try:
            assert server.listening.wait(PATIENCE), "the issuer did not start"
            with httpx.Client(base_url=base_url) as client:
                yield Office(chosen, services.database, clock, client)
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
