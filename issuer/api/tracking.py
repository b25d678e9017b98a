"""The public answer to a tracking number, in English, with no personal data (STCW Reg. I/2)."""

import re
from datetime import date, datetime
from typing import Protocol

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict

from issuer.api.rate_limit import RateLimit, limited
from issuer.api.routing import new_router
from issuer.domain.errors import NotFound
from issuer.services.register.lookup import Standing

BURST = 20
PER_SECOND = 0.5
NUMBER = re.compile(r"[0-9A-Za-z._:-]{1,64}")

MEANING = {
    "in-force": "This certificate is in force.",
    "expired": "This certificate has expired.",
    "suspended": "This certificate is suspended and does not entitle its holder to serve.",
    "revoked": "This certificate has been revoked.",
    "cancelled": "This certificate has been cancelled.",
    "replaced": "This certificate has been replaced by another one.",
    "lost": "This certificate has been reported lost and is not valid.",
    "destroyed": "This certificate has been destroyed and is not valid.",
}


class Lookup(Protocol):
    """The service that knows the register."""

    def __call__(self, document_number: str) -> Standing | None: ...


class StandingAnswer(BaseModel):
    """What anybody may know of a certificate from its number."""

    model_config = ConfigDict(from_attributes=True)

    document_number: str
    type: str
    status: str
    meaning: str
    expiry_date: date | None
    status_since: date | None
    replaced_by: str | None
    issuing_country: str
    issuing_authority: str
    as_of: datetime


def tracking_router(lookup: Lookup, path: str) -> APIRouter:
    """`GET {path}/{tracking_number}`."""
    router = new_router(tags=["public"])
    limit = RateLimit(burst=BURST, per_second=PER_SECOND)

    @router.get(
        path + "/{tracking_number}",
        summary="The standing of a certificate, by its tracking number",
        dependencies=[Depends(limited(limit))],
    )
    def standing(tracking_number: str, response: Response) -> StandingAnswer:
        response.headers["Access-Control-Allow-Origin"] = "*"
        found = lookup(tracking_number) if NUMBER.fullmatch(tracking_number) else None
        if found is None:
            raise NotFound("this authority has issued no certificate with this number")
        fields = {name: getattr(found, name) for name in StandingAnswer.model_fields if name != "meaning"}
        return StandingAnswer(meaning=MEANING[found.status], **fields)

    return router
