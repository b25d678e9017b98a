"""The issuer behind a real socket on loopback, in a thread: for tests that are marked `loopback`."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from support.issuer_app import KEYS, HandClock, Office, issuer_settings, register, two_certificates

from benchmarks.serving import served
from issuer.app import build
from issuer.composition import compose
from verifier.credential.model import Certificate


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
        with served(build(services), listener), httpx.Client(base_url=base_url) as client:
            yield Office(chosen, services.database, clock, client)
