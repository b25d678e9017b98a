"""`Idempotency-Key` on every request that changes something (IETF draft idempotency-key-header)."""

import re
from collections.abc import Callable
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.problems import MEDIA_TYPE, Problem, problem_of
from issuer.domain.errors import IssuerError
from issuer.services.repeating import Answer, Claim, Repeating
from keys.encoding import Json, json_dumps

_KEY = re.compile(r"[\x21-\x7e]{8,200}")

IdempotencyKey = Annotated[
    str | None, Header(alias="Idempotency-Key", description="8 to 200 characters, new for each intention")
]


def once(
    repeating: Repeating,
    request: Request,
    key: str | None,
    body: BaseModel,
    act: Callable[[], dict[str, Json]],
    *,
    status: int = 200,
) -> Response:
    """The JSON of `act()`, run once for a key and repeated byte for byte; its refusals are repeated too.

    Raises `Problem`: 400 without a good key, 422 when the key came with another request, 409 while it runs.
    """
    if key is None or not _KEY.fullmatch(key):
        detail = "Send an Idempotency-Key header of 8 to 200 visible characters, new for each intention."
        raise Problem(400, "Idempotency key needed", detail)
    claimed = repeating.claim(key, _fingerprint(request, body))
    match claimed:
        case Answer():
            return _response(claimed)
        case Claim.IN_PROGRESS:
            detail = "The first request with this key is still running."
            raise Problem(409, "Still running", detail, headers={"Retry-After": "1"})
        case Claim.OTHER_REQUEST:
            detail = "This key came with another request before: use a new one for each intention."
            raise Problem(422, "Idempotency key used", detail)
        case Claim.RUN:
            answer = _run(repeating, request, key, act, status)
            return _response(answer)


def _run(
    repeating: Repeating, request: Request, key: str, act: Callable[[], dict[str, Json]], status: int
) -> Answer:
    done = False
    try:
        answer = Answer(status, json_dumps(act()))
        done = True
    except IssuerError as error:
        refused = problem_of(error)
        answer = Answer(refused.status, bytes(refused.response(request).body))
        done = refused.status < 500
        if not done:
            raise
    finally:
        if not done:
            repeating.forget(key)
    repeating.keep(key, answer)
    return answer


def _fingerprint(request: Request, body: BaseModel) -> bytes:
    """What makes two requests the same: method, path and what the body says (not how it is spaced)."""
    return f"{request.method} {request.url.path}\n".encode() + body.model_dump_json().encode()


def _response(answer: Answer) -> Response:
    media_type = MEDIA_TYPE if answer.status >= 400 else "application/json"
    return Response(answer.body, answer.status, media_type=media_type)
