"""An httpx client for an ASGI application in this process: no socket, and as many threads as a test wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI


class InProcess(httpx.BaseTransport):
    """Hands each request to the application on one event loop, as a server's worker does."""

    def __init__(self, app: FastAPI, portal: BlockingPortal) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._portal = portal

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._portal.call(self._exchange, request)

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        asynchronous = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.read()
        )
        answer = await self._inner.handle_async_request(asynchronous)
        raw = b"".join([part async for part in answer.stream])  # type: ignore[union-attr] # ASGI's is async
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(raw))


@contextmanager
def client_of(app: FastAPI, base_url: str) -> Iterator[httpx.Client]:
    """A client of `app`, which is started and stopped as a server would (its lifespan)."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
        httpx.Client(transport=InProcess(app, portal), base_url=base_url) as client,
    ):
        yield client
