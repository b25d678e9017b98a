"""What the routes of every resource share: who asks, where answers are kept, how bodies are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from issuer.api.body import MAX_BODY, UnreadableBody
from issuer.api.machine.bearer import Machines, secured
from issuer.api.machine.bodies import Places
from issuer.domain.qualifications import ReportingParty
from issuer.services.operating.repeating import Repeating
from issuer.services.qualifications.correcting import Correcting
from issuer.services.qualifications.reporting import Reporting
from keys.encoding import EncodingError, Json, json_object

Party = Callable[[Request], ReportingParty]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The services behind the routes."""

    machines: Machines
    reporting: Reporting
    correcting: Correcting
    repeating: Repeating
    places: Places
    takes_numbers: bool  # personal numbers; without a key to seal them with, the register's ids alone


def parsed(body: bytes, limit: int = MAX_BODY) -> dict[str, Json]:
    """The object in a body. Raises UnreadableBody."""
    try:
        return json_object(body, max_size=limit)
    except EncodingError as error:
        raise UnreadableBody(f"the body is not the JSON object we expect: {error}") from error


def takes(scope: str, schema: Mapping[str, Json]) -> dict[str, Any]:
    """What OpenAPI says of an operation with a body."""
    content = {"application/json": {"schema": dict(schema)}}
    return {"requestBody": {"required": True, "content": content}, **secured(scope)}


def described(said: str, schema: Mapping[str, Json]) -> dict[str, Any]:
    """What OpenAPI says of an answer."""
    return {"description": said, "content": {"application/json": {"schema": dict(schema)}}}
