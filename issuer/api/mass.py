"""Mass operations over HTTP: propose, approve, watch, pause, resume, cancel."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from issuer.api.affected import Select
from issuer.api.changes import Change, Changes
from issuer.api.requests import Nothing, Reason, RequestBody, documented
from issuer.api.routing import new_router
from issuer.services.mass.operations import Mass, Wish
from issuer.services.mass.progress import Kind, Progress
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


def mass_router(mass: Mass, changes: Changes, zone: ZoneInfo, path: str) -> APIRouter:
    """`POST {path}`, `GET {path}`, `GET {path}/{id}` and `POST {path}/{id}/…`."""
    router = new_router(tags=["mass operations"])

    @router.post(
        path,
        status_code=201,
        summary="Begin or propose",
        response_model=Operation,
        openapi_extra=documented(Proposal),
    )
    def propose(
        change: Annotated[Change[Proposal], Depends(changes.of(Proposal))],
    ) -> Response:
        def act() -> dict[str, Json]:
            wish = Wish(
                kind=change.body.kind,
                selection=change.body.select.selection(zone),
                reason=change.body.reason,
                ending=change.body.ending,
            )
            return _shown(mass.propose(wish, actor=change.actor))

        return change.once(act)

    @router.get(path, summary="Mass operations, the newest first", dependencies=[Depends(changes.actor)])
    def operations(
        before: Annotated[int | None, Query(ge=1, le=_LAST_ID)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> Operations:
        found = mass.list(before=before, limit=limit)
        return Operations(operations=[Operation.model_validate(one) for one in found])

    @router.get(path + "/{number}", summary="How far one has come", dependencies=[Depends(changes.actor)])
    def operation(number: Number) -> Operation:
        return Operation.model_validate(mass.show(number))

    for what in ("approve", "pause", "resume", "cancel"):
        _add_decision(router, mass, changes, path, what)
    return router


def _add_decision(router: APIRouter, mass: Mass, changes: Changes, path: str, what: str) -> None:
    address = f"{path}/{{number}}/{what}"

    @router.post(
        address, summary=f"{what.capitalize()} one", name=f"{what} mass operation", response_model=Operation,
        openapi_extra=documented(Nothing),
    )  # fmt: skip
    def decide(
        number: Number,
        change: Annotated[Change[Nothing], Depends(changes.of(Nothing))],
    ) -> Response:
        return change.once(lambda: _shown(mass.decide(number, what, actor=change.actor)))


def _shown(found: Progress) -> dict[str, Json]:
    shown: dict[str, Json] = Operation.model_validate(found).model_dump()
    return shown
