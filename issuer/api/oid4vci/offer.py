"""Credential offers by reference: what the link in a seafarer's QR code leads to (OpenID4VCI 1.0, 4.1).

Whoever reads the offer holds the pre-authorized code and nothing more: the transaction code comes
by another channel.
"""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from issuer.api.oid4vci.errors import NO_STORE, ProtocolError
from issuer.api.oid4vci.token import PRE_AUTHORIZED_CODE
from issuer.api.routing import new_router
from issuer.services.phone.offering import TX_CODE_LENGTH, Offering, OpenOffer

TX_CODE_DESCRIPTION = "The six digits that the maritime authority sent you by another way than this offer"


def offer_router(offering: Offering, issuer: str, path: str) -> APIRouter:
    """`GET {path}/{handle}`."""
    router = new_router(tags=["OpenID4VCI"])

    @router.get(path + "/{handle}", summary="The credential offer behind a credential_offer_uri")
    def offer(handle: str) -> Response:
        found = offering.open(handle)
        if found is None:
            raise ProtocolError("invalid_request", "there is no such offer, or no longer", status=404)
        return JSONResponse(credential_offer(found, issuer), headers=NO_STORE)

    return router


def credential_offer(offer: OpenOffer, issuer: str) -> dict[str, object]:
    """The offer object; `credential_configuration_ids` names each type once."""
    return {
        "credential_issuer": issuer,
        "credential_configuration_ids": list(offer.configuration_ids),
        "grants": {
            PRE_AUTHORIZED_CODE: {
                "pre-authorized_code": offer.code,
                "tx_code": {
                    "input_mode": "numeric",
                    "length": TX_CODE_LENGTH,
                    "description": TX_CODE_DESCRIPTION,
                },
            }
        },
    }
