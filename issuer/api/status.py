"""Status lists for whoever asks: signed once, cached everywhere (IETF token status list, 8 and 9).

For ships the same lists as numbered snapshots, and as what changed since the number that a ship holds.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.addresses import Addresses
from issuer.api.problems import Problem
from issuer.api.published import OPEN_TO_ALL, published, readable
from issuer.api.routing import new_router
from issuer.domain.errors import InvalidInput, NotFound
from issuer.services.publishing.publisher import MAX_AGE, StatusPublisher
from issuer.services.publishing.statements import CHECK_BYTES
from keys.encoding import json_dumps
from keys.trust.list_header import MAX_NUMBER
from verifier.ship_status import MEDIA_TYPE as SHIP_MEDIA_TYPE

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/statuslist+jwt"

# In its one spelling: a list has one address, which is signed. Caches hold no second copy under another.
Number = Annotated[str, Path(pattern=r"^[1-9][0-9]{0,9}$", description="from 1 on")]
Since = Annotated[list[str], Query(description="the number that is held; 0 for none")]
State = Annotated[
    list[str] | None,
    Query(description="the first 4 bytes of the SHA-256 of the raw states that are held, as 8 hex digits"),
]
_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}")
_CHECK = re.compile(f"[0-9a-f]{{{2 * CHECK_BYTES}}}")


def status_router(publisher: StatusPublisher, addresses: Addresses) -> APIRouter:
    """`GET {prefix}/status` for the list of lists, `{prefix}/status/{number}`; below it what ships take."""
    router = new_router(tags=["status"])

    @readable(router, addresses.path("status", "{number}"), "One status list token", MEDIA_TYPE)
    def status_list(number: Number, request: Request) -> Response:
        if "time" in request.query_params:
            raise Problem("no-history", "Only the current list is served: leave the time parameter out.")
        with _signing():
            current = publisher.current(_list_number(number))
        return published(request, current.token.encode(), MEDIA_TYPE, max_age=_max_age(current.ttl))

    @readable(
        router,
        addresses.path("status", "{number}", "snapshot"),
        "One status list for ships, whole",
        SHIP_MEDIA_TYPE,
    )
    def snapshot(number: Number, request: Request) -> Response:
        with _signing():
            current = publisher.current(_list_number(number))
        age = _max_age(current.ttl)
        return published(request, current.snapshot, SHIP_MEDIA_TYPE, max_age=age, dense=True)

    @readable(
        router,
        addresses.path("status", "{number}", "delta"),
        "One status list for ships, from the number that a ship holds",
        SHIP_MEDIA_TYPE,
        {204: {"description": "that number is the newest"}},
    )
    def delta(number: Number, since: Since, request: Request, state: State = None) -> Response:
        held, check = _held(since), _check(state)
        with _signing():
            update = publisher.update(_list_number(number), held, check)
        if update is None:
            return Response(
                status_code=204, headers=OPEN_TO_ALL | {"Cache-Control": f"public, max-age={MAX_AGE}"}
            )
        return published(request, update, SHIP_MEDIA_TYPE, max_age=MAX_AGE, dense=True)

    @readable(router, addresses.path("status"), "The addresses of all status lists")
    def aggregation(request: Request) -> Response:
        lists = [addresses.url("status", str(number)) for number in publisher.numbers()]
        body = json_dumps({"status_lists": lists})
        return published(request, body, "application/json", max_age=MAX_AGE)

    return router


def _list_number(text: str) -> int:
    """Raises NotFound for what is more than any list's number."""
    number = int(text)
    if number > MAX_NUMBER:
        raise NotFound(f"there is no status list {number}")
    return number


def _held(since: list[str]) -> int:
    if len(since) != 1 or not _NUMBER.fullmatch(since[0]) or int(since[0]) > MAX_NUMBER:
        raise Problem("unclear-number", f"query.since: one whole number from 0 to {MAX_NUMBER}.")
    return int(since[0])


def _check(state: list[str] | None) -> bytes | None:
    if state is None:
        return None
    if len(state) != 1 or not _CHECK.fullmatch(state[0]):
        raise Problem("unclear-state", f"query.state: once, {2 * CHECK_BYTES} hex digits in lower case.")
    return bytes.fromhex(state[0])


def _max_age(ttl: timedelta) -> int:
    return min(MAX_AGE, int(ttl.total_seconds()))


@contextmanager
def _signing() -> Iterator[None]:
    """A clock that went back or jumped ahead is our fault and not the caller's."""
    try:
        yield
    except InvalidInput as error:
        log.error("%s: %s", error.message, error.hint)
        raise Problem("no-current-list", "The list cannot be signed now: keep the last one.") from error
