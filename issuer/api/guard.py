"""What stands before every route: bounded bodies, and the headers that every answer carries."""

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from issuer.api.body import MAX_BODY, UnreadableBody
from issuer.api.problems import refusal

BODY_SECONDS = 20
# Nothing here is a page: no script, no frame, no guessing of types. A page of its own sets its own policy.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
TRANSPORT_SECURITY = {"Strict-Transport-Security": "max-age=31536000"}


class Guard:
    """Reads the whole (small) body before any route runs, and completes every answer's headers."""

    def __init__(self, app: ASGIApp, *, https: bool, max_body: int = MAX_BODY) -> None:
        self._app = app
        self._headers = HEADERS | (TRANSPORT_SECURITY if https else {})
        self._max_body = max_body

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

        try:
            body = await self._read(Headers(scope=scope), receive)
        except UnreadableBody as error:
            response = refusal(Request(scope), error.status, error.detail)
            response.headers["Connection"] = "close"
            await response(scope, receive, send_with_headers)
            return
        await self._app(scope, _replay(body, receive), send_with_headers)

    async def _read(self, headers: Headers, receive: Receive) -> bytes:
        too_large = UnreadableBody(f"the body is larger than {self._max_body} bytes", status=413)
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length[:12]) > self._max_body:
            raise too_large
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


def _replay(body: bytes, receive: Receive) -> Receive:
    delivered = False

    async def receive_body() -> Message:
        nonlocal delivered
        if delivered:
            return await receive()
        delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_body
