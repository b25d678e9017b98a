"""Syncs through another address, such as the ship's own server that passes them on to the shore.

What the authority signed is checked as ever, and a proof is made out to the authority, so a relay can keep an
answer back and can forge none.
"""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit, urlunsplit

from wallet_app.core.transport import Response, Transport


class Relayed:
    """A transport that sends to `address()` what is meant for an authority; empty is straight to it."""

    def __init__(self, transport: Transport, address: Callable[[], str]) -> None:
        """`address` is asked at each request: settings change while the app runs."""
        self._transport = transport
        self._address = address

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        """The answer that the relay brings; whom it is from stands in `Forwarded` (RFC 7239 § 5.3)."""
        address = self._address()
        if not address:
            return self._transport.send(method, url, headers=headers, body=body)
        meant, relay = urlsplit(url), urlsplit(address)
        relayed = urlunsplit((relay.scheme, relay.netloc, meant.path, meant.query, ""))
        named = {**headers, "Forwarded": f'host="{meant.netloc}";proto={meant.scheme}'}
        return self._transport.send(method, relayed, headers=named, body=body)
