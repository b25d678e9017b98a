"""Bodies of the JSON API: strict JSON first, then the shape that OpenAPI shows."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from issuer.api.body import json_body, json_request
from issuer.api.certificates import NUMBER, SEAFARER
from issuer.api.problems import Problem, lowered
from keys.encoding import Json

Number = Annotated[str, Field(pattern=NUMBER)]
Reason = Annotated[
    str, Field(min_length=1, max_length=500, description="kept in the register and its audit trail")
]


class RequestBody(BaseModel):
    """Nothing is guessed: no unknown names, no text where a number belongs."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Because(RequestBody):
    """A change that needs no more than its reason."""

    reason: Reason


class Revocation(RequestBody):
    """How a certificate ends."""

    ending: Literal["revoked", "cancelled", "lost"] = Field(alias="as")
    reason: Reason


class Replacement(RequestBody):
    """Which certificate takes the place: one of the register, or a copy under that number or a fresh one."""

    by: Number | None = None
    ending: Literal["replaced", "cancelled"] = Field(
        "replaced", alias="as", description="how the old one ends; cancelled: gender or name changed"
    )
    reason: Reason


class Nothing(RequestBody):
    """An empty object: the address says it all."""


class OfferWish(RequestBody):
    """Whose certificates are to be picked up: all of a seafarer's in force, or those named."""

    seafarer_id: Annotated[str, Field(pattern=SEAFARER)] | None = None
    document_numbers: Annotated[tuple[Number, ...], Field(max_length=100, strict=False)] = ()


Shape = TypeVar("Shape", bound=RequestBody)


def shaped(kind: type[Shape]) -> Callable[[dict[str, Json]], Shape]:
    """A dependency: the request's JSON body as `kind`; 422 names the first thing that does not fit."""

    def read(body: Annotated[dict[str, Json], Depends(json_body)]) -> Shape:
        try:
            return kind.model_validate(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the body"
            raise Problem("request-does-not-fit", f"{place}: {lowered(first['msg'])}.") from error

    return read


def documented(kind: type[RequestBody]) -> dict[str, Any]:
    """What OpenAPI says of a body that `shaped` reads."""
    return json_request(deepcopy(_schema(kind)))  # the document's, to complete as it likes


@cache
def _schema(kind: type[RequestBody]) -> dict[str, Any]:
    return kind.model_json_schema(by_alias=True)
