"""How OAuth and OpenID4VCI endpoints refuse: their own error JSON, never problem details."""

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
# RFC 6749, 5.2 and OpenID4VCI 1.0, 8.3.1.2: descriptions keep to %x20-21 / %x23-5B / %x5D-7E.
_NOT_DESCRIPTIVE = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")


class ProtocolError(Exception):
    """A refusal in the protocol's own terms: an error code of the specification and words for a developer."""

    def __init__(
        self, code: str, description: str, *, status: int = 400, headers: Mapping[str, str] | None = None
    ):
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status
        self.headers = dict(headers or {})

    def response(self) -> Response:
        content = {"error": self.code, "error_description": _NOT_DESCRIPTIVE.sub("'", self.description)}
        return JSONResponse(content, status_code=self.status, headers={**NO_STORE, **self.headers})


def answer_protocol_error(_request: Request, error: Exception) -> Response:
    """The exception handler of `create_app`."""
    assert isinstance(error, ProtocolError)  # noqa: S101 -- registered for this class alone
    return error.response()
