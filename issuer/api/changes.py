"""Requests that change something: who asks, what the body says, and one answer however often it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Generic

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.certificates import Actor
from issuer.api.idempotency import IdempotencyKey, once
from issuer.api.requests import Shape, shaped
from issuer.services.operating.repeating import Repeating
from keys.encoding import Json


@dataclass(frozen=True, slots=True)
class Change(Generic[Shape]):
    """A change that is asked for."""

    actor: str  # as the audit trail names them
    body: Shape
    key: str
    _request: Request
    _repeating: Repeating

    def once(self, act: Callable[[], dict[str, Json]], *, in_steps: bool = False) -> Response:
        """The JSON of `act()` under the route's status, as `idempotency.once` gives it."""
        status = self._request.scope["route"].status_code or 200
        return once(
            self._repeating, self._request, self.key, self.body, act, status=status, in_steps=in_steps
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """What all changing routes share: who may ask, and where answers are kept."""

    repeating: Repeating
    actor: Actor

    def of(self, kind: type[Shape]) -> Callable[..., Change[Shape]]:
        """A dependency: the change that a request with a body of `kind` asks for."""

        def change(
            request: Request,
            who: Annotated[str, Depends(self.actor)],
            body: Annotated[Shape, Depends(shaped(kind))],
            key: IdempotencyKey,
        ) -> Change[Shape]:
            return Change(who, body, key, request, self.repeating)

        return change
