"""The notification endpoint: what became of a credential in the wallet (OpenID4VCI 1.0, 11)."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from issuer.api.body import json_body, json_request
from issuer.api.oid4vci.bearer import ACCESS_TOKEN, bearer
from issuer.api.oid4vci.errors import NO_STORE, ProtocolError
from issuer.api.routing import new_router
from issuer.services.phone.collecting import Collecting, NotificationEvent
from issuer.services.phone.redeeming import Access, Redeeming
from keys.encoding import Json

_DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]{0,1000}")
_BODY: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["notification_id", "event"],
    "properties": {
        "notification_id": {"type": "string", "minLength": 1},
        "event": {"type": "string", "enum": [event.value for event in NotificationEvent]},
        "event_description": {"type": "string", "pattern": f"^{_DESCRIPTION.pattern}$"},
    },
}


def notification_router(redeeming: Redeeming, collecting: Collecting, path: str) -> APIRouter:
    """`POST {path}`: 204 for each of the three events, however often it is told."""
    router = new_router(tags=["OpenID4VCI"])

    @router.post(
        path,
        status_code=204,
        summary="Tell what became of a credential",
        openapi_extra=json_request(_BODY) | ACCESS_TOKEN,
    )
    def notification(
        access: Annotated[Access, Depends(bearer(redeeming))],
        body: Annotated[dict[str, Json], Depends(json_body)],
    ) -> Response:
        identifier = body.get("notification_id")
        if not isinstance(identifier, str) or not identifier:
            raise _malformed("notification_id is missing, or is no text")
        if not collecting.notify(access, identifier, _event(body)):
            raise ProtocolError("invalid_notification_id", "this access token was given no such id")
        return Response(status_code=204, headers=NO_STORE)

    return router


def _event(body: dict[str, Json]) -> NotificationEvent:
    """The event; its description is checked and dropped: it may hold anything, and nobody here acts on it."""
    description = body.get("event_description", "")
    if not isinstance(description, str) or not _DESCRIPTION.fullmatch(description):
        raise _malformed("event_description is short, printable ASCII")
    event = body.get("event")
    if not isinstance(event, str) or event not in set(NotificationEvent):
        raise _malformed(f"event is one of {', '.join(NotificationEvent)}")
    return NotificationEvent(event)


def _malformed(description: str) -> ProtocolError:
    return ProtocolError("invalid_notification_request", description)
