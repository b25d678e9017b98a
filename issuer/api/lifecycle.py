"""What an operator may do to a certificate, and to the credentials of a phone that was lost."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.certificates import Actor, DocumentNumber, SeafarerId
from issuer.api.idempotency import IdempotencyKey, once
from issuer.api.requests import Because, Nothing, Replacement, Revocation, documented, shaped
from issuer.domain.register import CertificateState
from issuer.services.lifecycle import Lifecycle
from issuer.services.repeating import Repeating
from keys.encoding import Json


def lifecycle_router(lifecycle: Lifecycle, repeating: Repeating, actor: Actor, base: str) -> APIRouter:
    """`POST {base}/certificates/{document_number}/…` and `POST {base}/seafarers/{seafarer_id}/rebind`."""
    router = APIRouter(tags=["lifecycle"])
    path = base + "/certificates/{document_number}"
    _add_suspension(router, lifecycle, repeating, actor, path)
    _add_ending(router, lifecycle, repeating, actor, path)
    _add_rebinding(router, lifecycle, repeating, actor, base + "/seafarers/{seafarer_id}")
    return router


def _add_suspension(
    router: APIRouter, lifecycle: Lifecycle, repeating: Repeating, actor: Actor, path: str
) -> None:
    """Out of force for a while, and back."""
    changes: Mapping[str, tuple[Callable[..., None], CertificateState]] = {
        "suspend": (lifecycle.suspend, CertificateState.SUSPENDED),
        "reinstate": (lifecycle.reinstate, CertificateState.IN_FORCE),
    }
    for name, (change, state) in changes.items():
        _add_change(router, change, state, repeating, actor, f"{path}/{name}", name)


def _add_change(
    router: APIRouter,
    change: Callable[..., None],
    state: CertificateState,
    repeating: Repeating,
    actor: Actor,
    path: str,
    name: str,
) -> None:
    @router.post(
        path, summary=f"{name.capitalize()} a certificate", name=name, openapi_extra=documented(Because)
    )
    def apply(
        document_number: DocumentNumber,
        request: Request,
        who: Annotated[str, Depends(actor)],
        body: Annotated[Because, Depends(shaped(Because))],
        key: IdempotencyKey,
    ) -> Response:
        def act() -> dict[str, Json]:
            change(document_number, reason=body.reason, actor=who)
            return {"document_number": document_number, "state": state.value}

        return once(repeating, request, key, body, act)


def _add_ending(
    router: APIRouter, lifecycle: Lifecycle, repeating: Repeating, actor: Actor, path: str
) -> None:
    """The end of a certificate, with or without another in its place."""

    @router.post(f"{path}/revoke", summary="End a certificate for good", openapi_extra=documented(Revocation))
    def revoke(
        document_number: DocumentNumber,
        request: Request,
        who: Annotated[str, Depends(actor)],
        body: Annotated[Revocation, Depends(shaped(Revocation))],
        key: IdempotencyKey,
    ) -> Response:
        def act() -> dict[str, Json]:
            lifecycle.revoke(document_number, ending=body.ending, reason=body.reason, actor=who)
            return {"document_number": document_number, "state": body.ending}

        return once(repeating, request, key, body, act)

    @router.post(f"{path}/replace", summary="Put another in its place", openapi_extra=documented(Replacement))
    def replace(
        document_number: DocumentNumber,
        request: Request,
        who: Annotated[str, Depends(actor)],
        body: Annotated[Replacement, Depends(shaped(Replacement))],
        key: IdempotencyKey,
    ) -> Response:
        def act() -> dict[str, Json]:
            done = lifecycle.replace(document_number, by=body.by, reason=body.reason, actor=who)
            return {"document_number": done.old, "state": "replaced", "replaced_by": done.new}

        return once(repeating, request, key, body, act)


def _add_rebinding(
    router: APIRouter, lifecycle: Lifecycle, repeating: Repeating, actor: Actor, path: str
) -> None:
    """A lost phone is one request."""

    @router.post(f"{path}/rebind", summary="Replace all of a lost phone", openapi_extra=documented(Nothing))
    def rebind(
        seafarer_id: SeafarerId,
        request: Request,
        who: Annotated[str, Depends(actor)],
        body: Annotated[Nothing, Depends(shaped(Nothing))],
        key: IdempotencyKey,
    ) -> Response:
        def act() -> dict[str, Json]:
            done = lifecycle.rebind(seafarer_id, actor=who)
            return {"seafarer_id": done.seafarer_id, "credentials": done.credentials}

        return once(repeating, request, key, body, act)
