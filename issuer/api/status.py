"""Status lists for whoever asks: signed once, cached everywhere (IETF token status list, 8 and 9).

For ships the same lists as numbered snapshots, and as what changed since the number that a ship holds.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.addresses import Addresses
from issuer.api.problems import Problem
from issuer.api.published import OPEN_TO_ALL, published
from issuer.domain.errors import InvalidInput
from issuer.services.publishing import StatusPublisher
from keys.encoding import json_dumps
from keys.trust.list_header import MAX_NUMBER
from verifier.ship_status import MEDIA_TYPE as SHIP_MEDIA_TYPE

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/statuslist+jwt"
# A revocation must not wait behind caches for the whole `ttl` of a list; asking again costs a 304.
MAX_AGE = 900

Number = Annotated[int, Path(ge=1, le=MAX_NUMBER)]
Since = Annotated[int, Query(ge=0, le=MAX_NUMBER, description="the number that is held; 0 for none")]


def status_router(publisher: StatusPublisher, addresses: Addresses) -> APIRouter:
    """`GET {prefix}/status` for the list of lists, `{prefix}/status/{number}`; below it what ships take."""
    router = APIRouter(tags=["status"])

    @router.get(
        addresses.path("status", "{number}"), summary="One status list token", response_class=Response
    )
    def status_list(number: Number, request: Request) -> Response:
        if "time" in request.query_params:
            raise Problem(501, "No history", "Only the current list is served: leave the time parameter out.")
        with _signing():
            current = publisher.current(number)
        return published(request, current.token.encode(), MEDIA_TYPE, max_age=_max_age(current.ttl))

    @router.get(
        addresses.path("status", "{number}", "snapshot"),
        summary="One status list for ships, whole",
        response_class=Response,
    )
    def snapshot(number: Number, request: Request) -> Response:
        with _signing():
            current = publisher.current(number)
        age = _max_age(current.ttl)
        return published(request, current.snapshot, SHIP_MEDIA_TYPE, max_age=age, dense=True)

    @router.get(
        addresses.path("status", "{number}", "delta"),
        summary="One status list for ships, from the number that a ship holds; 204 when that is the newest",
        response_class=Response,
    )
    def delta(number: Number, since: Since, request: Request) -> Response:
        with _signing():
            update = publisher.update(number, since)
        if update is None:
            return Response(
                status_code=204, headers=OPEN_TO_ALL | {"Cache-Control": f"public, max-age={MAX_AGE}"}
            )
        return published(request, update, SHIP_MEDIA_TYPE, max_age=MAX_AGE, dense=True)

    @router.get(
        addresses.path("status"), summary="The addresses of all status lists", response_class=Response
    )
    def aggregation(request: Request) -> Response:
        lists = [addresses.url("status", str(number)) for number in publisher.numbers()]
        body = json_dumps({"status_lists": lists})
        return published(request, body, "application/json", max_age=MAX_AGE)

    return router


def _max_age(ttl: timedelta) -> int:
    return min(MAX_AGE, int(ttl.total_seconds()))


@contextmanager
def _signing() -> Iterator[None]:
    """A clock that went back or jumped ahead is our fault and not the caller's."""
    try:
        yield
    except InvalidInput as error:
        log.error("%s: %s", error.message, error.hint)
        raise Problem(503, "No current list", "The list cannot be signed now: keep the last one.") from error
