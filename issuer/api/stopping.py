"""The stop-issuing switch over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.certificates import Actor
from issuer.api.idempotency import IdempotencyKey, once
from issuer.api.requests import Because, Nothing, documented, shaped
from issuer.services.issuing.stopping import Stop, Stopping, Thrown
from issuer.services.operating.repeating import Repeating
from keys.encoding import Json


class Switch(BaseModel):
    """The switch as it is; the last three say why, by whom and since when it is on."""

    stopped: bool
    reason: str | None = None
    actor: str | None = None
    since: str | None = None


class Turned(Switch):
    """The switch after it was turned, and whether the signer process, where there is one, followed."""

    signer_followed: bool


def stopping_router(stopping: Stopping, repeating: Repeating, actor: Actor, path: str) -> APIRouter:
    """`GET {path}`, `POST {path}/stop` and `POST {path}/start`."""
    router = APIRouter(tags=["issuing"])

    @router.get(path, summary="Whether issuing is stopped", dependencies=[Depends(actor)])
    def switch() -> Switch:
        return _shown(stopping.standing())

    @router.post(
        f"{path}/stop",
        summary="Stop issuing at once",
        response_model=Turned,
        openapi_extra=documented(Because),
    )
    def stop(
        request: Request,
        who: Annotated[str, Depends(actor)],
        body: Annotated[Because, Depends(shaped(Because))],
        key: IdempotencyKey,
    ) -> Response:
        def act() -> dict[str, Json]:
            done = stopping.stop(reason=body.reason, actor=who)
            return {**_shown(done.stop).model_dump(), **_signer(done)}

        # In steps: no worker goes on until the signer process has answered. Stopping again does no harm.
        return once(repeating, request, key, body, act, in_steps=True)

    @router.post(
        f"{path}/start",
        summary="Let issuing go on",
        response_model=Turned,
        openapi_extra=documented(Nothing),
    )
    def start(
        request: Request,
        who: Annotated[str, Depends(actor)],
        body: Annotated[Nothing, Depends(shaped(Nothing))],
        key: IdempotencyKey,
    ) -> Response:
        def act() -> dict[str, Json]:
            return {**_shown(None).model_dump(), **_signer(stopping.start(actor=who))}

        return once(repeating, request, key, body, act)

    return router


def _shown(found: Stop | None) -> Switch:
    if found is None:
        return Switch(stopped=False)
    since = f"{found.since:%Y-%m-%dT%H:%M:%SZ}"
    return Switch(stopped=True, reason=found.reason, actor=found.actor, since=since)


def _signer(done: Thrown) -> dict[str, Json]:
    """Whether the signer process, where there is one, followed."""
    return {"signer_followed": done.complaint is None}
