"""How often one address may ask: token buckets in bounded memory."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network
from math import ceil
from time import monotonic

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_CLIENTS = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class RateLimit:
    """A burst, refilled steadily, for each of the clients seen last.

    It is kept in each worker, so `n` workers allow `n` times as much: enough against scraping, and no
    shared state. The client seen longest ago is forgotten first: many addresses cannot fill the memory.
    """

    def __init__(
        self,
        *,
        burst: int,
        per_second: float,
        clients: int = MAX_CLIENTS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._burst = burst
        self._per_second = per_second
        self._max_clients = clients
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, client: str) -> float:
        """Take one token; the seconds to wait if there is none, else 0."""
        now = self._clock()
        with self._lock:
            bucket = self._buckets.pop(client, None) or _Bucket(float(self._burst), now)
            bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.filled_at) * self._per_second)
            bucket.filled_at = now
            self._buckets[client] = bucket
            if len(self._buckets) > self._max_clients:
                self._buckets.popitem(last=False)
            if bucket.tokens < 1:
                return (1 - bucket.tokens) / self._per_second
            bucket.tokens -= 1
            return 0.0

    def __len__(self) -> int:
        return len(self._buckets)


def bucket_of(host: str) -> str:
    """Whose tokens an address takes: an IPv6 subscriber has 2^64 of them, which share (RFC 6177)."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped or ip_network((address, 64), strict=False))


def limited(limit: RateLimit) -> Callable[[Request], None]:
    """A dependency that answers 429 with `Retry-After` (RFC 6585, 4) to a client that asks too often.

    Behind a reverse proxy the setting `trusted_proxies` names it, or all are one client.
    """

    def admit(request: Request) -> None:
        client = bucket_of(request.client.host) if request.client else "unknown"
        wait = limit.wait(client)
        if wait > 0:
            raise HTTPException(429, "too many requests from this address", {"Retry-After": str(ceil(wait))})

    return admit
