"""How the service says no: RFC 9457 problem details for every error, in this one file.

Only OAuth and OpenID4VCI endpoints answer differently, in their own error JSON (`oid4vci/errors.py`).
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from issuer.api.body import UnreadableBody
from issuer.api.catalogue import BLANK, KINDS, URN, kind_of
from issuer.api.oid4vci.errors import ProtocolError, answer_protocol_error
from issuer.domain.errors import (
    IssuerError,
    QuotaReached,
)
from keys.encoding import Json

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
IDEMPOTENCY_KEY = "Idempotency-Key"
REQUEST_ID = "ombord.request_id"  # in the request's scope: as its answer, the logs and the caller name it
RULE = "ombord.rule"  # in the request's scope: which rule the answer names, for logs and metrics
# Two endpoints have codes of their own for what is malformed (OpenID4VCI 1.0, 8.3.1.2 and 11.3).
_MALFORMED = {"credential": "invalid_credential_request", "notification": "invalid_notification_request"}


def speaks_oauth(path: str) -> bool:
    """Whether an address is one of OAuth's or OpenID4VCI's, which refuse in their own terms."""
    return "/oid4vci/" in path or path.endswith("/oauth/token")


class Problem(Exception):
    """A refusal of the JSON API: of which kind, by its name in the catalogue, and what in this case.

    `more` are members beside the usual ones (RFC 9457, 3.2), which the OpenAPI document names.
    """

    def __init__(
        self,
        name: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(detail)
        self.name = name
        self.status, self.title, _ = KINDS[name]
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def response(self, request: Request) -> Response:
        """The answer; logs and metrics hear of its kind too."""
        request.scope[RULE] = self.name
        return _details(
            request, URN + self.name, self.status, self.title, self.detail, self.headers, self.more
        )


def problem_of(error: IssuerError) -> Problem:
    """The HTTP form of a domain error; its words hold no personal data."""
    name = kind_of(type(error))
    status = KINDS[name].status
    detail = f"{error.message}. {error.hint}".rstrip(". ") + "."
    headers: dict[str, str] = {}
    if isinstance(error, QuotaReached):
        headers["Retry-After"] = str(error.retry_after)
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s", detail)  # for the operator alone: it may name files and hosts
        detail = "The service cannot do this now. Nothing is half done: try again later."
    return Problem(name, detail, headers=headers)


def refusal(
    request: Request, status: int, detail: str, *, headers: Mapping[str, str] | None = None
) -> Response:
    """An error outside any route's own: as OAuth error JSON where that is spoken, else as a problem."""
    if speaks_oauth(request.url.path):
        endpoint = request.url.path.rpartition("/")[2]
        failed = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        code = "server_error" if failed else _MALFORMED.get(endpoint, "invalid_request")
        return ProtocolError(code, detail, status=status, headers=headers).response()
    request.scope[RULE] = str(status)
    return _details(request, BLANK, status, HTTPStatus(status).phrase, detail, headers or {})


def _details(
    request: Request,
    kind: str,
    status: int,
    title: str,
    detail: str,
    headers: Mapping[str, str],
    more: Mapping[str, Json] = {},
) -> Response:
    content: dict[str, Json] = {"type": kind, "title": title, "status": status, "detail": detail, **more}
    if REQUEST_ID in request.scope:
        content["instance"] = f"urn:ombord:request:{request.scope[REQUEST_ID]}"
    return JSONResponse(content, status, {"Cache-Control": "no-store", **headers}, MEDIA_TYPE)


def lowered(sentence: str) -> str:
    """Within a sentence of ours; a pattern that it quotes stays as it is."""
    return sentence[:1].lower() + sentence[1:]


def install(app: FastAPI) -> None:
    """Give `app` the handlers that turn each exception into its answer."""
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(IssuerError, _answer_domain)
    app.add_exception_handler(ProtocolError, answer_protocol_error)
    app.add_exception_handler(UnreadableBody, _answer_unreadable)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(Exception, _answer_unforeseen)


def _answer_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 -- registered for this class alone, as are those below
    return error.response(request)


def _answer_domain(request: Request, error: Exception) -> Response:
    assert isinstance(error, IssuerError)  # noqa: S101
    problem = problem_of(error)
    if speaks_oauth(request.url.path):
        request.scope[RULE] = error.code
        return refusal(request, problem.status, problem.detail, headers=problem.headers)
    return problem.response(request)


def _answer_unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnreadableBody)  # noqa: S101
    unread = {"Connection": "close"} if error.status in (408, 413) else None
    return refusal(request, error.status, error.detail, headers=unread)


def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    detail = {404: "there is nothing at this address", 405: "this address does not take that method"}
    text = detail.get(error.status_code, error.detail)
    return refusal(request, error.status_code, text, headers=error.headers)


def _answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    text = f"{place}: {lowered(first['msg'])}."
    if speaks_oauth(request.url.path):
        return refusal(request, 422, text)
    if place == f"header.{IDEMPOTENCY_KEY}":
        text = f"Send {IDEMPOTENCY_KEY}: 8 to 200 visible characters, new for each intention."
        return Problem("idempotency-key-needed", text).response(request)
    return Problem("request-does-not-fit", text).response(request)


def _answer_unforeseen(request: Request, _error: Exception) -> Response:
    """The traceback goes to the server's log (Starlette raises it again), never to the caller."""
    return refusal(
        request, 500, "the server failed; nothing is half done, and the same request may be repeated"
    )
