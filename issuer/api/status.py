"""Status lists for whoever asks: signed once, cached everywhere (IETF token status list, 8 and 9)."""

import logging
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.addresses import Addresses
from issuer.api.problems import Problem
from issuer.api.published import published
from issuer.domain.errors import InvalidInput
from issuer.services.publishing import StatusPublisher
from keys.encoding import json_dumps

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/statuslist+jwt"
# A revocation must not wait behind caches for the whole `ttl` of a list; asking again costs a 304.
MAX_AGE = 900
MAX_NUMBER = 2**31 - 1


def status_router(publisher: StatusPublisher, addresses: Addresses) -> APIRouter:
    """`GET {prefix}/status/{number}`, and `{prefix}/status` for the list of lists."""
    router = APIRouter(tags=["status"])

    @router.get(
        addresses.path("status", "{number}"), summary="One status list token", response_class=Response
    )
    def status_list(number: Annotated[int, Path(ge=1, le=MAX_NUMBER)], request: Request) -> Response:
        if "time" in request.query_params:
            raise Problem(501, "No history", "Only the current list is served: leave the time parameter out.")
        try:
            current = publisher.current(number)
        except InvalidInput as error:  # our clock has gone back: not the caller's fault
            log.error("%s: %s", error.message, error.hint)
            raise Problem(
                503, "No current list", "The list cannot be signed now: keep the last one."
            ) from error
        age = min(MAX_AGE, int(current.ttl.total_seconds()))
        return published(request, current.token.encode(), MEDIA_TYPE, max_age=age)

    @router.get(
        addresses.path("status"), summary="The addresses of all status lists", response_class=Response
    )
    def aggregation(request: Request) -> Response:
        lists = [addresses.url("status", str(number)) for number in publisher.numbers()]
        body = json_dumps({"status_lists": lists})
        return published(request, body, "application/json", max_age=MAX_AGE)

    return router
