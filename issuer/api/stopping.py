"""The stop-issuing switch over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import Response

from issuer.api.changes import Change, Changes
from issuer.api.requests import Because, Nothing, documented
from issuer.api.routing import new_router
from issuer.services.issuing.stopping import Stop, Stopping, Thrown
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


def stopping_router(stopping: Stopping, changes: Changes, path: str) -> APIRouter:
    """`GET {path}`, `POST {path}/stop` and `POST {path}/start`."""
    router = new_router(tags=["issuing"])

    @router.get(path, summary="Whether issuing is stopped", dependencies=[Depends(changes.actor)])
    def switch() -> Switch:
        return _shown(stopping.standing())

    @router.post(
        f"{path}/stop",
        summary="Stop issuing at once",
        response_model=Turned,
        openapi_extra=documented(Because),
    )
    def stop(
        change: Annotated[Change[Because], Depends(changes.of(Because))],
    ) -> Response:
        def act() -> dict[str, Json]:
            done = stopping.stop(reason=change.body.reason, actor=change.actor)
            return {**_shown(done.stop).model_dump(), **_signer(done)}

        # In steps: no worker goes on until the signer process has answered. Stopping again does no harm.
        return change.once(act, in_steps=True)

    @router.post(
        f"{path}/start",
        summary="Let issuing go on",
        response_model=Turned,
        openapi_extra=documented(Nothing),
    )
    def start(
        change: Annotated[Change[Nothing], Depends(changes.of(Nothing))],
    ) -> Response:
        def act() -> dict[str, Json]:
            return {**_shown(None).model_dump(), **_signer(stopping.start(actor=change.actor))}

        return change.once(act)

    return router


def _shown(found: Stop | None) -> Switch:
    if found is None:
        return Switch(stopped=False)
    since = f"{found.since:%Y-%m-%dT%H:%M:%SZ}"
    return Switch(stopped=True, reason=found.reason, actor=found.actor, since=since)


def _signer(done: Thrown) -> dict[str, Json]:
    """Whether the signer process, where there is one, followed."""
    return {"signer_followed": done.complaint is None}
