"""Offers for operators: what a seafarer is given to pick certificates up with."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import Response

from issuer.api.changes import Change, Changes
from issuer.api.requests import OfferWish, documented
from issuer.api.routing import new_router
from issuer.services.phone.offering import Offering
from keys.encoding import Json


class MadeOffer(BaseModel):
    """The link (or its QR) and the transaction code go by different channels; nobody keeps either."""

    credential_offer_uri: str
    link: str
    tx_code: str
    document_numbers: list[str]
    expires_at: datetime


def offers_router(offering: Offering, changes: Changes, path: str) -> APIRouter:
    """`POST {path}`."""
    router = new_router(tags=["offers"])

    @router.post(
        path,
        status_code=201,
        summary="Make an offer",
        response_model=MadeOffer,
        openapi_extra=documented(OfferWish),
    )
    def offer(
        change: Annotated[Change[OfferWish], Depends(changes.of(OfferWish))],
    ) -> Response:
        def make() -> dict[str, Json]:
            made = offering.create(change.body.seafarer_id, change.body.document_numbers, actor=change.actor)
            return {
                "credential_offer_uri": made.uri,
                "link": made.link,
                "tx_code": made.tx_code,
                "document_numbers": list(made.document_numbers),
                "expires_at": made.expires_at.isoformat(),
            }

        return change.once(make)

    return router
