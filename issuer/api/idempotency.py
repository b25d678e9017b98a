"""`Idempotency-Key` on every request that changes something (IETF draft idempotency-key-header)."""

import zlib
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.operator import OPERATOR
from issuer.api.problems import IDEMPOTENCY_KEY as HEADER
from issuer.api.problems import MEDIA_TYPE, Problem, problem_of
from issuer.domain.errors import IssuerError
from issuer.services.operating.repeating import KEY, Answer, Asked, NoAnswer, Repeating, is_final
from keys.encoding import Json, json_dumps

_FASTEST: Final = 1  # of zlib's levels

# Without one, or with one that is none, the handler of `problems` answers 400.
IdempotencyKey = Annotated[
    str,
    Header(
        alias=HEADER,
        pattern=f"^{KEY}$",
        description="8 to 200 visible characters, a fresh UUID for each intention",
    ),
]


def once(
    repeating: Repeating,
    request: Request,
    key: str,
    body: BaseModel,
    act: Callable[[], dict[str, Json]],
    *,
    status: int = 200,
    in_steps: bool = False,
) -> Response:
    """The JSON of `act()`, run once for a key and repeated byte for byte; its refusals are repeated too.

    All that `act` writes through the same database commits together with the answer, or not at all. One that
    must commit before it ends says `in_steps`: it may run again when the worker dies, and does no harm then.

    Raises `Problem`: 422 when the key came with another request, 409 while that runs.
    """
    run = repeating.once_in_steps if in_steps else repeating.once
    asked = _asked(request, body.model_dump_json().encode())
    return _told(run(key, asked, lambda: _run(request, act, status)))


def once_each(
    repeating: Repeating, request: Request, key: str, contents: bytes, act: Callable[[], Answer]
) -> Response:
    """As `once`, for one of many who choose keys by themselves: nobody's key is in another's way.

    `contents` is the body as it came. The answer, which may be long, is kept compressed.
    """

    def run() -> Answer:
        answer = act()
        return Answer(answer.status, zlib.compress(answer.body, _FASTEST))

    actor: str = request.state.actor
    found = repeating.once(f"{actor} {key}", _asked(request, contents), run)
    if isinstance(found, Answer):
        found = Answer(found.status, zlib.decompress(found.body))
    return _told(found)


def _told(found: Answer | NoAnswer) -> Response:
    match found:
        case Answer():
            media_type = MEDIA_TYPE if found.status >= 400 else "application/json"
            return Response(found.body, found.status, media_type=media_type)
        case NoAnswer.IN_PROGRESS:
            detail = "The first request with this key is still running."
            raise Problem("still-running", detail, headers={"Retry-After": "1"})
        case NoAnswer.OTHER_REQUEST:
            detail = "This key came with another request before: use a new one for each intention."
            raise Problem("idempotency-key-used", detail)
        case NoAnswer.SEALED:
            detail = "It was done, and its answer cannot be read since the operator token was changed."
            raise Problem("answer-unreadable", detail)


def _run(request: Request, act: Callable[[], dict[str, Json]], status: int) -> Answer:
    try:
        return Answer(status, json_dumps(act()))
    except IssuerError as error:
        if not is_final(error):
            raise
        refused = problem_of(error)
        return Answer(refused.status, bytes(refused.response(request).body))


def _asked(request: Request, body: bytes) -> Asked:
    """What makes two requests the same: who asks, method, address, what the body says."""
    what = f"{request.method} {request.url.path}"
    contents = request.url.query.encode() + b"\n" + body
    return Asked(what, contents, getattr(request.state, "actor", OPERATOR))
