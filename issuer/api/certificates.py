"""The register for operators: look up certificates, a page at a time or one in full."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from issuer.api.routing import new_router
from issuer.domain.register import CertificateState
from issuer.services.register.browsing import PAGE, Browsing, Choice
from verifier.credential.model import CertificateType

Actor = Callable[[Request], str]
MAX_PAGE = 1_000
NUMBER = r"^[0-9A-Za-z][0-9A-Za-z._:-]{0,63}$"  # as the register takes them
SEAFARER = r"^[0-9A-Z]{8}$"
DocumentNumber = Annotated[str, Path(pattern=NUMBER)]
SeafarerId = Annotated[str, Path(pattern=SEAFARER)]


class _Record(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Listed(_Record):
    """One certificate of a page; it names nobody."""

    document_number: str
    type: str
    state: str
    state_since: str | None
    expiry_date: str | None
    replaced_by: str | None
    seafarer_id: str | None


class Page(BaseModel):
    """Certificates by document number; ask again with `after` set to `next` until that is null."""

    certificates: list[Listed]
    next: str | None


class InstanceShown(_Record):
    """One signed credential of a certificate."""

    serial: str
    state: str
    status: str
    holder_thumbprint: str | None
    kid: str
    issued_at: datetime
    superseded_at: datetime | None


class CertificateShown(_Record):
    """One certificate with its holder's and its own claims, and all its credentials."""

    entry: Listed
    state_reason: str | None
    claims: dict[str, Any]
    credentials: list[InstanceShown]


def certificates_router(browsing: Browsing, actor: Actor, path: str) -> APIRouter:
    """`GET {path}` and `GET {path}/{document_number}`."""
    router = new_router(tags=["certificates"])

    @router.get(path, summary="Certificates of the register, a page at a time", dependencies=[Depends(actor)])
    def certificates(
        seafarer_id: Annotated[str | None, Query(pattern=SEAFARER)] = None,
        kind: Annotated[CertificateType | None, Query(alias="type")] = None,
        state: CertificateState | None = None,
        after: Annotated[str | None, Query(pattern=NUMBER)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = PAGE,
    ) -> Page:
        choice = Choice(seafarer_id=seafarer_id, type=kind, state=state)
        entries = browsing.page(choice, after=after or "", limit=limit)
        more = entries[-1].document_number if len(entries) == limit else None
        return Page(certificates=[Listed.model_validate(entry) for entry in entries], next=more)

    @router.get(
        path + "/{document_number}", summary="One certificate in full; the audit trail notes who looked"
    )
    def certificate(document_number: DocumentNumber, who: Annotated[str, Depends(actor)]) -> CertificateShown:
        return CertificateShown.model_validate(browsing.one(document_number, actor=who))

    return router
