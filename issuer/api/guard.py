"""What stands before every route: bounded bodies, and the headers that every answer carries."""

import asyncio
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from issuer.api.body import MAX_BODY, UnreadableBody
from issuer.api.problems import refusal

BODY_SECONDS = 20
LONG_BODY_SECONDS = 60
# Nothing here is a page: no script, no frame, no guessing of types. A page of its own sets its own policy.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
TRANSPORT_SECURITY = {"Strict-Transport-Security": "max-age=31536000"}


def no_room(_path: str) -> int | None:
    """Every address takes small bodies alone."""
    return None


class Guard:
    """Reads the whole (small) body before any route runs, and completes every answer's headers.

    Where `roomy` gives a path more bytes, its route reads the body, once it knows who asks.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        https: bool,
        max_body: int = MAX_BODY,
        roomy: Callable[[str], int | None] = no_room,
    ) -> None:
        self._app = app
        self._headers = HEADERS | (TRANSPORT_SECURITY if https else {})
        self._max_body = max_body
        self._roomy = roomy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        room = self._roomy(scope["path"])
        try:
            _check_length(Headers(scope=scope), room or self._max_body)
            handed = _bounded(receive, room) if room else _replay(await self._read(receive), receive)
        except UnreadableBody as error:
            response = refusal(Request(scope), error.status, error.detail)
            response.headers["Connection"] = "close"
            await response(scope, receive, send_with_headers)
            return
        await self._app(scope, handed, send_with_headers)

    async def _read(self, receive: Receive) -> bytes:
        too_large = _too_large(self._max_body)
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                more = True
                while more:
                    message = await receive()
                    more = message["type"] == "http.request" and message.get("more_body", False)
                    body += message.get("body", b"")
                    if len(body) > self._max_body:
                        raise too_large
        except TimeoutError as error:
            raise UnreadableBody("the body did not arrive in time", status=408) from error
        return bytes(body)


def _too_large(limit: int) -> UnreadableBody:
    return UnreadableBody(f"the body is larger than {limit} bytes", status=413)


def _check_length(headers: Headers, limit: int) -> None:
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or int(length[:12]) > limit:
        raise _too_large(limit)


def _bounded(receive: Receive, limit: int) -> Receive:
    """The body as it comes, up to `limit` bytes and for so long; the exceptions are the route's to answer."""
    left, ends = limit, asyncio.get_running_loop().time() + LONG_BODY_SECONDS
    complete = False

    async def receive_bounded() -> Message:
        nonlocal left, complete
        if complete:
            return await receive()
        try:
            async with asyncio.timeout_at(ends):
                message = await receive()
        except TimeoutError as error:
            raise UnreadableBody("the body did not arrive in time", status=408) from error
        left -= len(message.get("body", b""))
        if left < 0:
            raise _too_large(limit)
        complete = not message.get("more_body", False)
        return message

    return receive_bounded


def _replay(body: bytes, receive: Receive) -> Receive:
    delivered = False

    async def receive_body() -> Message:
        nonlocal delivered
        if delivered:
            return await receive()
        delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_body
