"""Status lists for whoever asks: signed once, cached everywhere (IETF token status list, 8 and 9)."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.addresses import Addresses
from issuer.api.problems import Problem
from issuer.api.published import published
from issuer.services.publishing import StatusPublisher
from keys.encoding import json_dumps

MEDIA_TYPE = "application/statuslist+jwt"
AGGREGATION_AGE = 3_600


def status_router(publisher: StatusPublisher, addresses: Addresses) -> APIRouter:
    """`GET {prefix}/status/{number}`, and `{prefix}/status` for the list of lists."""
    router = APIRouter(tags=["status"])

    @router.get(
        addresses.path("status", "{number}"), summary="One status list token", response_class=Response
    )
    def status_list(number: int, request: Request) -> Response:
        if "time" in request.query_params:
            raise Problem(501, "No history", "Only the current list is served: leave the time parameter out.")
        current = publisher.current(number)
        ttl = int(current.ttl.total_seconds())
        return published(request, current.token.encode(), MEDIA_TYPE, max_age=ttl)

    @router.get(
        addresses.path("status"), summary="The addresses of all status lists", response_class=Response
    )
    def aggregation(request: Request) -> Response:
        lists = [addresses.url("status", str(number)) for number in publisher.numbers()]
        body = json_dumps({"status_lists": lists})
        return published(request, body, "application/json", max_age=AGGREGATION_AGE)

    return router
