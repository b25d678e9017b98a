"""Answers that are the same for everybody: cacheable, compressed once, open to pages of any origin."""

import gzip
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.ranges import has_already

Endpoint = TypeVar("Endpoint", bound=Callable[..., Response])
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*"}


def published(
    request: Request, body: bytes, media_type: str, *, max_age: int, dense: bool = False
) -> Response:
    """`body`, or 304 for whoever has it already (RFC 9110, 13.1.2; RFC 9111, 5.2).

    What is `dense` already is not compressed again.
    """
    zipped = not dense and "gzip" in _codings(request)
    tag = f'"{sha256(body).hexdigest()[:32]}{"-gz" if zipped else ""}"'
    headers = {
        **OPEN_TO_ALL,
        "ETag": tag,
        "Cache-Control": f"public, max-age={max_age}",
    }
    if not dense:
        headers["Vary"] = "Accept-Encoding"
    if has_already(request.headers, tag):
        return Response(status_code=304, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
        body = _zip(body)
    return Response(body, headers=headers, media_type=media_type)


def readable(
    router: APIRouter,
    path: str,
    summary: str,
    media_type: str = "application/json",
    also: Mapping[int | str, dict[str, Any]] = MappingProxyType({}),
) -> Callable[[Endpoint], Endpoint]:
    """`GET` and `HEAD` of a path, for an endpoint that answers with bytes (RFC 9110, 9.1).

    OpenAPI says that they are of `media_type`, and what the endpoint answers `also`.
    """
    answers: dict[int | str, dict[str, Any]] = {
        200: {"description": "as it is now", "content": {media_type: {}}},
        304: {"description": "as the one whose ETag was sent"},
        **also,
    }

    def register(endpoint: Endpoint) -> Endpoint:
        router.get(path, summary=summary, response_class=Response, responses=answers)(endpoint)
        router.head(path, response_class=Response, include_in_schema=False)(endpoint)
        return endpoint

    return register


def _codings(request: Request) -> set[str]:
    """The content codings that the client takes (RFC 9110, 12.5.3); weight 0 means not."""
    parts = (part.partition(";") for part in request.headers.get("accept-encoding", "").lower().split(","))
    return {name.strip() for name, _, weight in parts if weight.replace(" ", "").rstrip(".0") != "q="}


@lru_cache(maxsize=32)
def _zip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=6, mtime=0)
