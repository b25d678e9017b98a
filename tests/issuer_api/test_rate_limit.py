"""Token buckets: a burst, a steady refill, bounded memory."""

import asyncio
import socket
from types import SimpleNamespace
from typing import Any, cast

import pytest
import uvicorn
from support.issuer_app import KEYS, issuer_settings

from issuer import serving
from issuer.api.rate_limit import RateLimit, bucket_of


class Ticks:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_burst_is_allowed_and_then_refilled_steadily() -> None:
    ticks = Ticks()
    limit = RateLimit(burst=3, per_second=0.5, clock=ticks)
    assert [limit.wait("a") for _ in range(4)] == [0, 0, 0, 2.0]
    ticks.now = 2.0
    assert limit.wait("a") == 0
    assert limit.wait("a") > 0


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    ticks = Ticks()
    limit = RateLimit(burst=2, per_second=10, clock=ticks)
    limit.wait("a")
    ticks.now = 1_000_000.0
    assert [limit.wait("a") > 0 for _ in range(3)] == [False, False, True]


def test_one_clients_haste_does_not_slow_another() -> None:
    limit = RateLimit(burst=1, per_second=1, clock=Ticks())
    assert limit.wait("a") == 0
    assert limit.wait("a") > 0
    assert limit.wait("b") == 0


def test_memory_is_bounded_and_the_busiest_are_remembered() -> None:
    limit = RateLimit(burst=1, per_second=1, clients=10, clock=Ticks())
    for number in range(1_000):
        limit.wait(f"client {number}")
        limit.wait("busy")
    assert len(limit) == 10
    assert limit.wait("busy") > 0


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_addresses_of_one_subscriber_share_a_bucket(host: str, bucket: str) -> None:
    assert bucket_of(host) == bucket


@pytest.mark.parametrize(("trusted", "seen"), [(None, "127.0.0.1"), ("127.0.0.1", "203.0.113.9")])
def test_forwarded_for_counts_from_a_proxy_that_is_named_and_from_nobody_else(
    monkeypatch: pytest.MonkeyPatch, sqlite_url: str, trusted: str | None, seen: str
) -> None:
    asked: list[uvicorn.Config] = []
    monkeypatch.setattr("issuer.logs.configure", lambda: None)  # it changes logging for the whole process
    monkeypatch.setattr("uvicorn.Server.run", lambda server, sockets: asked.append(server.config))
    listening = cast(socket.socket, SimpleNamespace(getsockname=lambda: ("127.0.0.1", 8000)))
    serving.run(issuer_settings(sqlite_url, trusted_proxies=trusted), KEYS, listening)
    [config] = asked
    clients: list[str] = []

    async def application(scope: dict[str, Any], receive: object, send: object) -> None:
        clients.append(scope["client"][0])

    config.app = application
    config.load()
    scope = {
        "type": "http",
        "client": ("127.0.0.1", 1),
        "headers": [(b"x-forwarded-for", b"203.0.113.9")],
        "scheme": "http",
    }
    asyncio.run(config.loaded_app(scope, None, None))  # type: ignore[arg-type] # nothing is received or sent
    assert (clients, config.limit_concurrency) == ([seen], serving.MAX_CONNECTIONS)
