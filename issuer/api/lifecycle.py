"""What an operator may do to a certificate, and to the credentials of a phone that was lost."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import Response

from issuer.api.certificates import DocumentNumber, SeafarerId
from issuer.api.changes import Change, Changes
from issuer.api.requests import Because, Nothing, Replacement, Revocation, documented
from issuer.api.routing import new_router
from issuer.domain.register import CertificateState
from issuer.services.register.lifecycle import Lifecycle
from keys.encoding import Json


class Changed(BaseModel):
    """How the certificate stands now."""

    document_number: str
    state: CertificateState


class Replaced(Changed):
    """With the one in its place."""

    replaced_by: str
    is_copy: bool  # of the old one, made now


class Reissued(BaseModel):
    """The old certificates, each with the one in its place."""

    seafarer_id: str
    certificates: list[Replaced]


class Rebound(BaseModel):
    """How many credentials of the old phone were replaced."""

    seafarer_id: str
    credentials: int


def lifecycle_router(lifecycle: Lifecycle, changes: Changes, base: str) -> APIRouter:
    """`POST {base}/certificates/{document_number}/…` and `POST {base}/seafarers/{seafarer_id}/…`."""
    router = new_router(tags=["lifecycle"])
    path = base + "/certificates/{document_number}"
    _add_suspension(router, lifecycle, changes, path)
    _add_ending(router, lifecycle, changes, path)
    _add_rebinding(router, lifecycle, changes, base + "/seafarers/{seafarer_id}")
    _add_reissue(router, lifecycle, changes, base + "/seafarers/{seafarer_id}")
    return router


def _add_suspension(router: APIRouter, lifecycle: Lifecycle, changes: Changes, path: str) -> None:
    """Out of force for a while, and back."""
    moves: Mapping[str, tuple[Callable[..., None], CertificateState]] = {
        "suspend": (lifecycle.suspend, CertificateState.SUSPENDED),
        "reinstate": (lifecycle.reinstate, CertificateState.IN_FORCE),
    }
    for name, (move, state) in moves.items():
        _add_change(router, move, state, changes, f"{path}/{name}", name)


def _add_change(
    router: APIRouter,
    move: Callable[..., None],
    state: CertificateState,
    changes: Changes,
    path: str,
    name: str,
) -> None:
    @router.post(
        path,
        summary=f"{name.capitalize()} a certificate",
        name=name,
        response_model=Changed,
        openapi_extra=documented(Because),
    )
    def apply(
        document_number: DocumentNumber,
        change: Annotated[Change[Because], Depends(changes.of(Because))],
    ) -> Response:
        def act() -> dict[str, Json]:
            move(document_number, reason=change.body.reason, actor=change.actor)
            return {"document_number": document_number, "state": state.value}

        return change.once(act)


def _add_ending(router: APIRouter, lifecycle: Lifecycle, changes: Changes, path: str) -> None:
    """The end of a certificate, with or without another in its place."""

    @router.post(
        f"{path}/revoke",
        summary="End a certificate for good",
        response_model=Changed,
        openapi_extra=documented(Revocation),
    )
    def revoke(
        document_number: DocumentNumber,
        change: Annotated[Change[Revocation], Depends(changes.of(Revocation))],
    ) -> Response:
        def act() -> dict[str, Json]:
            lifecycle.revoke(
                document_number, ending=change.body.ending, reason=change.body.reason, actor=change.actor
            )
            return {"document_number": document_number, "state": change.body.ending}

        return change.once(act)

    @router.post(
        f"{path}/replace",
        summary="Put another in its place",
        response_model=Replaced,
        openapi_extra=documented(Replacement),
    )
    def replace(
        document_number: DocumentNumber,
        change: Annotated[Change[Replacement], Depends(changes.of(Replacement))],
    ) -> Response:
        def act() -> dict[str, Json]:
            done = lifecycle.replace(
                document_number,
                by=change.body.by,
                ending=change.body.ending,
                reason=change.body.reason,
                actor=change.actor,
            )
            return {
                "document_number": done.old,
                "state": change.body.ending,
                "replaced_by": done.new,
                "is_copy": done.is_copy,
            }

        return change.once(act)


def _add_rebinding(router: APIRouter, lifecycle: Lifecycle, changes: Changes, path: str) -> None:
    """A lost phone is one request."""

    @router.post(
        f"{path}/rebind",
        summary="Replace all of a lost phone",
        response_model=Rebound,
        openapi_extra=documented(Nothing),
    )
    def rebind(
        seafarer_id: SeafarerId,
        change: Annotated[Change[Nothing], Depends(changes.of(Nothing))],
    ) -> Response:
        def act() -> dict[str, Json]:
            done = lifecycle.rebind(seafarer_id, actor=change.actor)
            return {"seafarer_id": done.seafarer_id, "credentials": done.credentials}

        return change.once(act)


def _add_reissue(router: APIRouter, lifecycle: Lifecycle, changes: Changes, path: str) -> None:
    """A person whose gender or name has changed is one request."""

    @router.post(
        f"{path}/reissue",
        summary="Make all of a seafarer's certificates anew",
        response_model=Reissued,
        openapi_extra=documented(Because),
    )
    def reissue(
        seafarer_id: SeafarerId,
        change: Annotated[Change[Because], Depends(changes.of(Because))],
    ) -> Response:
        def act() -> dict[str, Json]:
            done = lifecycle.reissue(seafarer_id, reason=change.body.reason, actor=change.actor)
            made: list[Json] = [
                {
                    "document_number": one.old,
                    "state": "cancelled",
                    "replaced_by": one.new,
                    "is_copy": one.is_copy,
                }
                for one in done
            ]
            return {"seafarer_id": seafarer_id, "certificates": made}

        return change.once(act)
