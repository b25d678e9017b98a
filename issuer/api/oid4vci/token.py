"""The token endpoint: a pre-authorized code and the transaction code become an access token.

OpenID4VCI 1.0, 6; RFC 6749, 5. Wallets are anonymous: the two codes, sent by two channels, authorize.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from issuer.api.body import form_body
from issuer.api.oid4vci.errors import NO_STORE, ProtocolError
from issuer.api.rate_limit import RateLimit, limited
from issuer.api.routing import new_router
from issuer.services.phone.redeeming import Grant, Redeeming, Refusal
from keys.encoding import EncodingError, Json, json_loads

PRE_AUTHORIZED_CODE = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
AUTHORIZATION_DETAILS_TYPE = "openid_credential"
MAX_CODE = 256
_TEXT: Final = {"type": "string", "maxLength": MAX_CODE}
_FORM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["grant_type", "pre-authorized_code", "tx_code"],
    "properties": {
        "grant_type": {"type": "string", "enum": [PRE_AUTHORIZED_CODE]},
        "pre-authorized_code": _TEXT,
        "tx_code": _TEXT,
        "authorization_details": {"type": "string"},
    },
}
_BODY: Final = {
    "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _FORM}}}
}
_CLIENT_AUTHENTICATION = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


def token_router(redeeming: Redeeming, limit: RateLimit, path: str) -> APIRouter:
    """`POST {path}`, form-encoded."""
    router = new_router(tags=["OpenID4VCI"])

    @router.post(
        path,
        summary="Exchange both codes for an access token",
        dependencies=[Depends(limited(limit))],
        openapi_extra=_BODY,
    )
    def token(request: Request, form: Annotated[Mapping[str, str], Depends(form_body)]) -> Response:
        _require_anonymous(request, form)
        code, tx_code = _codes(form)
        wanted = _wanted_configurations(form)
        grant = redeeming.redeem(code, tx_code, wanted)
        if isinstance(grant, Refusal):
            raise _refused(grant)
        return JSONResponse(_token_response(grant), headers=NO_STORE)

    return router


def _require_anonymous(request: Request, form: Mapping[str, str]) -> None:
    """No client is registered here, so a client that authenticates is answered as RFC 6749, 5.2 has it."""
    if "authorization" in request.headers:
        challenge = {"WWW-Authenticate": 'Basic realm="wallets are anonymous here"'}
        raise ProtocolError(
            "invalid_client", "leave client authentication out", status=401, headers=challenge
        )
    if _CLIENT_AUTHENTICATION & form.keys():
        raise ProtocolError("invalid_client", "leave client authentication out", status=401)


def _codes(form: Mapping[str, str]) -> tuple[str, str]:
    grant_type = form.get("grant_type")
    if grant_type is None:
        raise ProtocolError("invalid_request", "grant_type is missing")
    if grant_type != PRE_AUTHORIZED_CODE:
        raise ProtocolError("unsupported_grant_type", f"the one grant type here is {PRE_AUTHORIZED_CODE}")
    code, tx_code = form.get("pre-authorized_code"), form.get("tx_code")
    if code is None:
        raise ProtocolError("invalid_request", "pre-authorized_code is missing")
    if tx_code is None:
        raise ProtocolError("invalid_request", "tx_code is missing: the seafarer has it by another channel")
    if len(code) > MAX_CODE or len(tx_code) > MAX_CODE:
        raise ProtocolError("invalid_request", "a code is longer than any that we give")
    return code, tx_code


def _wanted_configurations(form: Mapping[str, str]) -> frozenset[str] | None:
    """What `authorization_details` narrows the token to; None when all that is offered is wanted."""
    text = form.get("authorization_details")
    if text is None:
        return None
    try:
        details = json_loads(text.encode())
    except EncodingError as error:
        raise _bad_details(f"authorization_details is not the JSON we expect: {error}") from error
    if not isinstance(details, list) or not details:
        raise _bad_details("authorization_details is a non-empty array")
    return frozenset(_configuration(detail) for detail in details)


def _configuration(detail: Json) -> str:
    if not isinstance(detail, dict) or detail.get("type") != AUTHORIZATION_DETAILS_TYPE:
        raise _bad_details(f"each of authorization_details has the type {AUTHORIZATION_DETAILS_TYPE}")
    configuration = detail.get("credential_configuration_id")
    if not isinstance(configuration, str):
        raise _bad_details("each of authorization_details has a credential_configuration_id")
    return configuration


def _bad_details(description: str) -> ProtocolError:
    """RFC 9396, 5."""
    return ProtocolError("invalid_authorization_details", description)


def _refused(refusal: Refusal) -> ProtocolError:
    match refusal:
        case Refusal.NOT_OFFERED:
            return _bad_details("a credential_configuration_id is not part of this offer")
        case Refusal.WRONG_TX_CODE:
            return ProtocolError("invalid_grant", "the transaction code is wrong")
        case Refusal.NOT_GOOD:
            # One answer for unknown, expired, used and tried too often: a thief learns nothing from it.
            return ProtocolError("invalid_grant", "the pre-authorized code is not good, or no longer")


def _token_response(grant: Grant) -> dict[str, object]:
    details: Sequence[dict[str, object]] = [
        {
            "type": AUTHORIZATION_DETAILS_TYPE,
            "credential_configuration_id": configuration,
            "credential_identifiers": list(identifiers),
        }
        for configuration, identifiers in grant.identifiers.items()
    ]
    return {
        "access_token": grant.access_token,
        "token_type": "Bearer",
        "expires_in": grant.expires_in,
        "authorization_details": details,
    }
