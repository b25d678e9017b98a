"""How certificates come into force over the web: drafts in, what waits shown, signed statements taken."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from issuer.api.certificates import NUMBER, Actor, DocumentNumber
from issuer.api.changes import Change, Changes
from issuer.api.lifecycle import Changed
from issuer.api.requests import Because, Number, RequestBody, documented
from issuer.api.routing import new_router
from issuer.composition import Register
from issuer.services.approval.approving import Approving, Weighed
from issuer.services.approval.awaiting import Awaiting, Waiting
from issuer.services.approval.proposing import Proposing
from keys.encoding import Json

MAX_PAGE = 100


class NewDraft(RequestBody):
    """A certificate as a row of an extract, with its `seafarer` where the register lacks them."""

    certificate: Annotated[dict[str, Any], Field(description="type, document_number and the claims")]
    seafarer: Annotated[dict[str, Any] | None, Field(description="claims of a seafarer, as an extract's")] = (
        None
    )


class Statement(RequestBody):
    """Somebody's signed proposal or approval, made elsewhere (docs/custody.md)."""

    approval: Annotated[
        str, Field(max_length=60_000, pattern=r"^[A-Za-z0-9._-]+$", description="a compact JWS")
    ]
    document_numbers: Annotated[
        tuple[Number, ...] | None,
        Field(max_length=1_000, strict=False, description="which certificates; else those that wait"),
    ] = None


class Drafted(BaseModel):
    """A draft that was entered; whoever proposes it signs `claims_hash`."""

    document_number: str
    state: str
    claims_hash: str


class Weighing(BaseModel):
    """A certificate after a statement about it; `lacks` null: nothing is missing."""

    model_config = ConfigDict(from_attributes=True)

    document_number: str
    state: str
    lacks: str | None


class Taken(BaseModel):
    """What became of each certificate that a statement is about."""

    certificates: list[Weighing]


class Said(BaseModel):
    """A statement that was taken."""

    act: str
    kid: str
    at: int
    rule: str | None


class Pending(BaseModel):
    """A certificate that waits; whoever approves it signs `claims_hash`."""

    document_number: str
    type: str
    seafarer_id: str | None
    claims: dict[str, Any]
    claims_hash: str
    said: list[Said]
    lacks: str | None


class PendingPage(BaseModel):
    """By document number; ask again with `after` set to `next` until that is null."""

    certificates: list[Pending]
    next: str | None


def approvals_router(register: Register, changes: Changes, base: str) -> APIRouter:
    """`POST {base}/certificates`, `{base}/approvals`, and what waits."""
    router = new_router(tags=["approvals"])
    _add_drafting(router, register.proposing, changes, base)
    _add_waiting(router, register.awaiting, changes.actor, base)
    _add_statements(router, register.approving, changes, base)
    return router


def _add_drafting(router: APIRouter, proposing: Proposing, changes: Changes, base: str) -> None:
    @router.post(
        f"{base}/certificates",
        summary="Draft a certificate",
        status_code=201,
        response_model=Drafted,
        openapi_extra=documented(NewDraft),
    )
    def draft(
        change: Annotated[Change[NewDraft], Depends(changes.of(NewDraft))],
    ) -> Response:
        def act() -> dict[str, Json]:
            told = {} if change.body.seafarer is None else {"seafarer": change.body.seafarer}
            done = proposing.draft({**change.body.certificate, **told}, actor=change.actor)
            return {
                "document_number": done.document_number,
                "state": "drafted",
                "claims_hash": done.claims_hash,
            }

        return change.once(act)


def _add_waiting(router: APIRouter, awaiting: Awaiting, actor: Actor, base: str) -> None:
    @router.get(
        f"{base}/approvals/pending", summary="What waits for approval; the audit trail notes who looked"
    )
    def pending(
        who: Annotated[str, Depends(actor)],
        after: Annotated[str | None, Query(pattern=NUMBER)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    ) -> PendingPage:
        found = awaiting.waiting(after=after or "", limit=limit, actor=who)
        more = found[-1].document_number if len(found) == limit else None
        return PendingPage(certificates=[_pending(one) for one in found], next=more)


def _add_statements(router: APIRouter, approving: Approving, changes: Changes, base: str) -> None:
    @router.post(
        f"{base}/approvals",
        summary="Take a signed proposal or approval",
        response_model=Taken,
        openapi_extra=documented(Statement),
    )
    def take(
        change: Annotated[Change[Statement], Depends(changes.of(Statement))],
    ) -> Response:
        def act() -> dict[str, Json]:
            said = change.body
            return _weighed(
                approving.receive(said.approval, numbers=said.document_numbers, actor=change.actor)
            )

        return change.once(act)

    @router.post(
        base + "/certificates/{document_number}/reject",
        summary="End what waits for approval",
        response_model=Changed,
        openapi_extra=documented(Because),
    )
    def reject(
        document_number: DocumentNumber,
        change: Annotated[Change[Because], Depends(changes.of(Because))],
    ) -> Response:
        def act() -> dict[str, Json]:
            approving.reject(document_number, reason=change.body.reason, actor=change.actor)
            return {"document_number": document_number, "state": "cancelled"}

        return change.once(act)


def _pending(one: Waiting) -> Pending:
    said = [Said(act=each.act.value, kid=each.kid, at=each.at, rule=each.rule) for each in one.said]
    return Pending(**{**one._asdict(), "said": said})


def _weighed(weighed: Sequence[Weighed]) -> dict[str, Json]:
    certificates: list[Json] = [one._asdict() for one in weighed]
    return {"certificates": certificates}
