"""Mass operations over HTTP: propose, approve, watch, pause, resume, cancel."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.affected import Select
from issuer.api.certificates import Actor
from issuer.api.idempotency import IdempotencyKey, once
from issuer.api.requests import Nothing, Reason, RequestBody, documented, shaped
from issuer.services.mass.operations import Mass, Wish
from issuer.services.mass.progress import Kind, Progress
from issuer.services.operating.repeating import Repeating
from keys.encoding import Json

_LAST_ID = 2**63 - 1
Number = Annotated[int, Path(ge=1, le=_LAST_ID)]


class Proposal(RequestBody):
    """What is to be done, to which certificates, and why; `as` says how a revocation ends them."""

    kind: Kind = Field(alias="do", strict=False)
    select: Select
    reason: Reason
    ending: Literal["revoked", "cancelled", "lost"] = Field("revoked", alias="as")


class RefusedShown(BaseModel):
    """Why certificates were left as they are, and how many."""

    model_config = ConfigDict(from_attributes=True)

    reason: str
    certificates: int


class Operation(BaseModel):
    """A mass operation as it stands."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    ending: str | None
    selection: dict[str, Any]
    reason: str
    actor: str
    approved_by: str | None
    state: str
    note: str | None
    certificates: int
    done: int
    refused: list[RefusedShown]
    left: int
    per_second: float | None
    created_at: int


class Operations(BaseModel):
    """The newest first; ask again with `before` set to the last one's id."""

    operations: list[Operation]


def mass_router(mass: Mass, repeating: Repeating, actor: Actor, zone: ZoneInfo, path: str) -> APIRouter:
    """`POST {path}`, `GET {path}`, `GET {path}/{id}` and `POST {path}/{id}/…`."""
    router = APIRouter(tags=["mass operations"])

    @router.post(
        path,
        status_code=201,
        summary="Begin or propose",
        response_model=Operation,
        openapi_extra=documented(Proposal),
    )
    def propose(
        request: Request,
        who: Annotated[str, Depends(actor)],
        body: Annotated[Proposal, Depends(shaped(Proposal))],
        key: IdempotencyKey,
    ) -> Response:
        def act() -> dict[str, Json]:
            wish = Wish(
                kind=body.kind, selection=body.select.selection(zone), reason=body.reason, ending=body.ending
            )
            return _shown(mass.propose(wish, actor=who))

        return once(repeating, request, key, body, act, status=201)

    @router.get(path, summary="Mass operations, the newest first", dependencies=[Depends(actor)])
    def operations(
        before: Annotated[int | None, Query(ge=1, le=_LAST_ID)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> Operations:
        found = mass.list(before=before, limit=limit)
        return Operations(operations=[Operation.model_validate(one) for one in found])

    @router.get(path + "/{number}", summary="How far one has come", dependencies=[Depends(actor)])
    def operation(number: Number) -> Operation:
        return Operation.model_validate(mass.show(number))

    for what in ("approve", "pause", "resume", "cancel"):
        _add_decision(router, mass, repeating, actor, path, what)
    return router


def _add_decision(
    router: APIRouter, mass: Mass, repeating: Repeating, actor: Actor, path: str, what: str
) -> None:
    address = f"{path}/{{number}}/{what}"

    @router.post(
        address, summary=f"{what.capitalize()} one", name=f"{what} mass operation", response_model=Operation,
        openapi_extra=documented(Nothing),
    )  # fmt: skip
    def decide(
        number: Number,
        request: Request,
        who: Annotated[str, Depends(actor)],
        body: Annotated[Nothing, Depends(shaped(Nothing))],
        key: IdempotencyKey,
    ) -> Response:
        return once(repeating, request, key, body, lambda: _shown(mass.decide(number, what, actor=who)))


def _shown(found: Progress) -> dict[str, Json]:
    shown: dict[str, Json] = Operation.model_validate(found).model_dump()
    return shown
