"""`POST /api/v1/documents`: a certificate as a PDF, for the phone that holds it and proves its key."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from issuer.api.body import json_body
from issuer.api.problems import Problem
from issuer.api.proven_phone import bad_proof, body_schema, not_bound, prover
from issuer.api.rate_limit import RateLimit, limited
from issuer.api.routing import new_router
from issuer.services.clock import Clock
from issuer.services.phone.documents import Document, Documents, NotThere
from issuer.services.phone.nonces import Nonces
from keys.encoding import Json

PROOF_TYPE: Final = "ombord-document+jwt"
PDF: Final = "application/pdf"
MAX_NUMBER: Final = 64
# Each document is typeset: a phone fetches all of its own once, and a crew shares an address.
BURST, PER_SECOND = 60, 1.0
PHONE_BURST, PHONE_PER_SECOND = 30, 1 / 20
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"description": "PDF/A-2a", "content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
}


def documents_router(
    documents: Documents, nonces: Nonces, clock: Clock, *, audience: str, path: str
) -> APIRouter:
    """`POST {path}`; `audience` is the issuer's identifier, which every proof must name."""
    router = new_router(tags=["sync"])
    addresses = RateLimit(burst=BURST, per_second=PER_SECOND)
    phones = RateLimit(burst=PHONE_BURST, per_second=PHONE_PER_SECOND)
    prove = prover(nonces, clock, typ=PROOF_TYPE, audience=audience, phones=phones)

    @router.post(
        path,
        summary="A certificate as a page to print, with a code of its own for paper",
        dependencies=[Depends(limited(addresses))],
        responses=_ANSWER,
        response_class=Response,
        openapi_extra=body_schema(document_number={"type": "string", "maxLength": MAX_NUMBER}),
    )
    def document(body: Annotated[dict[str, Json], Depends(json_body)]) -> Response:
        number = body.get("document_number")
        if (
            set(body) != {"proof", "document_number"}
            or not isinstance(number, str)
            or len(number) > MAX_NUMBER
        ):
            raise bad_proof("the body has a proof and a document_number, as text, and nothing else")
        answer = documents.of_holder(prove(body), number, clock)
        if isinstance(answer, Document):
            disposition = f'attachment; filename="{answer.name}"'
            return Response(answer.pdf, media_type=PDF, headers={"Content-Disposition": disposition})
        if answer is NotThere.NOT_HELD:
            raise Problem("no-such-document", "No certificate of this number is bound to this phone.")
        raise not_bound(answer, PROOF_TYPE)

    return router
