"""Status lists for whoever asks: signed once, cached everywhere (IETF token status list, 8 and 9)."""

import gzip
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from issuer.api.addresses import Addresses
from issuer.api.problems import Problem
from issuer.domain.errors import NotFound
from issuer.services.publishing import SignedList, StatusPublisher

MEDIA_TYPE = "application/statuslist+jwt"
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*"}


def status_router(publisher: StatusPublisher, addresses: Addresses) -> APIRouter:
    """`GET {prefix}/status/{number}`, and `{prefix}/status` for the list of lists."""
    router = APIRouter(tags=["status"])

    @router.get(addresses.path("status", "{number}"), summary="One status list token")
    def status_list(number: int, request: Request) -> Response:
        if "time" in request.query_params:
            raise Problem(501, "No history", "Only the current list is served: leave the time parameter out.")
        try:
            current = publisher.current(number)
        except NotFound as error:
            raise Problem(404, "No such status list", error.message) from error
        return _answer(current, request)

    @router.get(addresses.path("status"), summary="The addresses of all status lists (aggregation)")
    def aggregation() -> Response:
        lists = [addresses.url("status", str(number)) for number in publisher.numbers()]
        return JSONResponse(
            {"status_lists": lists}, headers={**OPEN_TO_ALL, "Cache-Control": "public, max-age=3600"}
        )

    return router


def _answer(current: SignedList, request: Request) -> Response:
    """The token, or 304 for whoever has it; gzip takes off a quarter, since the token is base64 twice."""
    zipped = "gzip" in _codings(request)
    tag = f'"{sha256(current.token.encode()).hexdigest()[:32]}{"-gz" if zipped else ""}"'
    headers = {
        **OPEN_TO_ALL,
        "ETag": tag,
        "Cache-Control": f"public, max-age={int(current.ttl.total_seconds())}",
        "Last-Modified": _http_date(current.iat),
        "Vary": "Accept-Encoding",
    }
    if tag in (part.strip() for part in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    if zipped:
        return Response(
            _zip(current.token), headers={**headers, "Content-Encoding": "gzip"}, media_type=MEDIA_TYPE
        )
    return Response(current.token, headers=headers, media_type=MEDIA_TYPE)


def _codings(request: Request) -> set[str]:
    """The content codings that the client takes (RFC 9110, 12.5.3), those with weight 0 left out."""
    offered = [part.partition(";") for part in request.headers.get("accept-encoding", "").lower().split(",")]
    return {name.strip() for name, _, weight in offered if weight.replace(" ", "") not in ("q=0", "q=0.0")}


@lru_cache(maxsize=8)
def _zip(token: str) -> bytes:
    return gzip.compress(token.encode(), compresslevel=6, mtime=0)


def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
