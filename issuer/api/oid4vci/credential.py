"""The credential endpoint: one certificate, bound to one proven key (OpenID4VCI 1.0, 8).

A request that is repeated after a lost answer, with a fresh nonce, gets the same credential, byte for byte.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from issuer.api.body import json_body, json_request
from issuer.api.oid4vci.bearer import ACCESS_TOKEN, bearer
from issuer.api.oid4vci.display import ISSUED_TYPES
from issuer.api.oid4vci.errors import NO_STORE, ProtocolError
from issuer.api.oid4vci.proof import check_proof
from issuer.api.routing import new_router
from issuer.services.clock import Clock
from issuer.services.phone.collecting import Collecting, Denied
from issuer.services.phone.nonces import Nonces
from issuer.services.phone.redeeming import Access, Redeeming
from keys.encoding import Json, json_object

_BODY: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["proofs"],
    "properties": {
        "credential_identifier": {"type": "string"},
        "credential_configuration_id": {"type": "string"},
        "proofs": {
            "type": "object",
            "required": ["jwt"],
            "properties": {
                "jwt": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 1}
            },
        },
    },
}
_DESCRIPTION: Final = json_request(_BODY) | ACCESS_TOKEN


def credential_router(
    redeeming: Redeeming, nonces: Nonces, collecting: Collecting, clock: Clock, *, audience: str, path: str
) -> APIRouter:
    """`POST {path}`; `audience` is the issuer's identifier, which every proof must name."""
    router = new_router(tags=["OpenID4VCI"])

    @router.post(
        path, summary="One credential, bound to the key that the proof shows", openapi_extra=_DESCRIPTION
    )
    def credential(
        access: Annotated[Access, Depends(bearer(redeeming))],
        body: Annotated[dict[str, Json], Depends(json_body)],
    ) -> Response:
        document_number = _document_number(body, access, redeeming)
        proven = check_proof(_proof(body), audience=audience, at=clock())
        if not nonces.consume(proven.nonce):
            raise ProtocolError("invalid_nonce", "the nonce is unknown, used or old: get a fresh one")
        collected = collecting.collect(access, document_number, proven.key)
        if isinstance(collected, Denied):
            raise ProtocolError("credential_request_denied", collected.reason)
        answer: dict[str, Json] = {
            "credentials": [{"credential": collected.text}],
            "notification_id": collected.notification_id,
        }
        if collected.receipt is not None:  # other wallets pass over what they do not know (8.3)
            answer["log_receipt"] = json_object(collected.receipt.to_json())
        return JSONResponse(answer, headers=NO_STORE)

    return router


def _document_number(body: dict[str, Json], access: Access, redeeming: Redeeming) -> str:
    """Which certificate: by the identifier that the token response gave (8.2)."""
    if "credential_identifier" in body and "credential_configuration_id" in body:
        raise _malformed("give credential_identifier or credential_configuration_id, not both")
    if "credential_response_encryption" in body:
        raise ProtocolError("invalid_encryption_parameters", "responses are not encrypted beyond TLS")
    configuration = body.get("credential_configuration_id")
    if isinstance(configuration, str):
        return _only_one_of(configuration, redeeming.identifiers(access))
    identifier = body.get("credential_identifier")
    if not isinstance(identifier, str):
        raise _malformed("credential_identifier is missing, or is no text")
    if identifier not in access.document_numbers:
        raise ProtocolError("unknown_credential_identifier", "the access token does not cover it")
    return identifier


def _only_one_of(configuration: str, identifiers: Mapping[str, tuple[str, ...]]) -> str:
    """The certificate that a configuration means to wallets that know no identifiers: where there is one.

    Section 8.2 has them use the identifier; several that are in use never do.
    """
    if configuration not in {kind.value for kind in ISSUED_TYPES}:
        raise ProtocolError("unknown_credential_configuration", "we issue nothing of that name")
    match identifiers.get(configuration, ()):
        case ():
            raise ProtocolError("unknown_credential_configuration", "the access token covers none of these")
        case (only,):
            return only
        case several:
            raise _malformed(f"it means {len(several)} certificates here: give a credential_identifier")


def _proof(body: dict[str, Json]) -> str:
    proofs = body.get("proofs")
    if not isinstance(proofs, dict) or set(proofs) != {"jwt"}:
        raise ProtocolError("invalid_proof", "proofs is an object with jwt alone")
    tokens = proofs["jwt"]
    if not isinstance(tokens, list) or len(tokens) != 1 or not isinstance(tokens[0], str):
        raise ProtocolError("invalid_proof", "proofs.jwt is an array of one JWT: one key, one credential")
    return tokens[0]


def _malformed(description: str) -> ProtocolError:
    return ProtocolError("invalid_credential_request", description)
