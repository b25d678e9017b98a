"""Reading requests strictly: one content type, bounded size, no parameter twice, JSON without surprises."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from keys.encoding import EncodingError, Json, json_object

MAX_BODY = 65_536
MAX_FORM_FIELDS = 32


class UnreadableBody(ValueError):
    """The request's body cannot be used; `status` is the HTTP status that says why."""

    def __init__(self, detail: str, *, status: int = 400) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status


async def json_body(request: Request) -> dict[str, Json]:
    """A request's JSON object, parsed by the same strict rules as a credential."""
    require_content_type(request, "application/json")
    try:
        return json_object(await request.body(), max_size=MAX_BODY)
    except EncodingError as error:
        raise UnreadableBody(f"the body is not the JSON object we expect: {error}") from error


def json_request(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What OpenAPI says of a body that `json_body` reads."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": dict(schema)}}}}


async def form_body(request: Request) -> Mapping[str, str]:
    """A request's form fields; empty ones count as absent, repeated ones are refused (RFC 6749, 3.2)."""
    require_content_type(request, "application/x-www-form-urlencoded")
    try:
        pairs = parse_qsl(
            (await request.body()).decode("ascii"),
            strict_parsing=True,
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FORM_FIELDS,
        )
    except ValueError as error:
        raise UnreadableBody("the body is not application/x-www-form-urlencoded") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise UnreadableBody("a parameter is given more than once")
    return {name: value for name, value in fields.items() if value}


def require_content_type(request: Request, expected: str) -> None:
    """Raises UnreadableBody for a body of another media type, or in another encoding than UTF-8."""
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if media_type.strip().lower() != expected or charset not in ("", "charset=utf-8"):
        raise UnreadableBody(f"send the body as {expected} in UTF-8", status=415)
