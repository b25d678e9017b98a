"""The token endpoint for organisations: a signed assertion becomes an access token.

RFC 7523, 2.1: the assertion is the authorization grant, as Maskinporten's clients send it; no client secret
exists. RFC 6749, 5.1 and 5.2: the answers. RFC 7521, 4.1: the parameters.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from issuer.api.body import form_body
from issuer.api.oid4vci.errors import NO_STORE, ProtocolError
from issuer.api.problems import RULE
from issuer.api.rate_limit import RateLimit, limited
from issuer.api.routing import new_router
from issuer.services.organisations.assertions import MAX_ASSERTION, AssertionRefused, scopes_of
from issuer.services.organisations.tokens import MachineTokens

JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
MAX_SCOPE: Final = 2_000
_FORM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["grant_type", "assertion"],
    "properties": {
        "grant_type": {"type": "string", "enum": [JWT_BEARER]},
        "assertion": {
            "type": "string",
            "maxLength": MAX_ASSERTION,
            "description": "a JWT, signed ES256, RS256, PS256 or EdDSA; header kid; claims iss "
            "(your client_id), aud (this issuer), iat, exp (at most 120 s later), jti (new each time)",
            "example": "eyJhbGciOiJFUzI1NiIsImtpZCI6IjIwMjYtMSJ9.eyJpc3MiOiJOTy05NzQ3NjA2NzMifQ.c2ln",
        },
        "scope": {
            "type": "string",
            "maxLength": MAX_SCOPE,
            "description": "scopes with spaces between; all that are granted when left out. "
            "A claim `scope` in the assertion says the same",
            "example": "ombord:qualifications/sea-service.write",
        },
    },
}
_ANSWER: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in", "scope"],
    "properties": {
        "access_token": {"type": "string"},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_in": {"type": "integer", "description": "seconds"},
        "scope": {"type": "string"},
    },
    "example": {
        "access_token": "kQ3v…",
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "ombord:qualifications/sea-service.write",
    },
}
_DOCUMENTED: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/x-www-form-urlencoded": {"schema": _FORM}},
    },
    "responses": {
        "200": {"description": "a token", "content": {"application/json": {"schema": _ANSWER}}},
    },
}


def machine_token_router(tokens: MachineTokens, limit: RateLimit, path: str) -> APIRouter:
    """`POST {path}`, form-encoded."""
    router = new_router(tags=["machines: access"])

    @router.post(
        path,
        summary="An access token for a signed assertion (RFC 7523)",
        name="machine token",
        dependencies=[Depends(limited(limit))],
        openapi_extra=_DOCUMENTED,
    )
    def token(request: Request, form: Annotated[Mapping[str, str], Depends(form_body)]) -> Response:
        assertion = _assertion(form)
        try:
            granted = tokens.grant(assertion, scopes_of(form.get("scope")))
        except AssertionRefused as refused:
            request.scope[RULE] = refused.error
            raise ProtocolError(refused.error, refused.description) from refused
        answer = {
            "access_token": granted.access_token,
            "token_type": "Bearer",
            "expires_in": granted.expires_in,
            "scope": " ".join(sorted(granted.scopes)),
        }
        return JSONResponse(answer, headers=NO_STORE)

    return router


def _assertion(form: Mapping[str, str]) -> str:
    grant_type = form.get("grant_type")
    if grant_type is None:
        raise ProtocolError("invalid_request", "grant_type is missing")
    if grant_type != JWT_BEARER:
        raise ProtocolError("unsupported_grant_type", f"the one grant type here is {JWT_BEARER}")
    if "assertion" not in form:
        raise ProtocolError("invalid_request", "assertion is missing: a JWT signed with your key")
    if len(form.get("scope", "")) > MAX_SCOPE:
        raise ProtocolError("invalid_scope", "scope is longer than all scopes that there are")
    return form["assertion"]
