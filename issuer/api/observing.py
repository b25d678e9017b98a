"""Every request, seen from outside: a log line, a count, and an id that the caller may name to the operator.

Written is the route's template, never the address: paths hold document numbers and offer handles, queries
and headers hold tokens. The id is ours, since a caller's own could say anything.
"""

import secrets
from time import perf_counter
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from issuer.api.problems import REQUEST_ID, RULE
from issuer.services import measuring

HEADER: Final = "X-Request-ID"
UNROUTED: Final = "none"
_METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_QUIET: Final = frozenset(("/health/live", "/health/ready", "/metrics"))  # asked every few seconds

log = structlog.get_logger(__name__)


class Observing:
    """Stands before everything else, so that what is refused there is seen too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = perf_counter(), 500  # what a failure that nobody catches is answered with
        request_id = scope[REQUEST_ID] = secrets.token_hex(8)

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                _tell(scope, status, perf_counter() - begun)


def _tell(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "other"
    route = getattr(scope.get("route"), "path", UNROUTED)
    rule = scope.get(RULE)
    measuring.answered(method, route, status, seconds, rule)
    if route in _QUIET and status < 500:
        return
    said = {"rule": rule} if rule else {}
    duration = round(seconds * 1_000, 1)
    log.info("request", method=method, route=route, status=status, duration_ms=duration, **said)
