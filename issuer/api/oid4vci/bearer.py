"""Access tokens as wallets show them: `Authorization: Bearer …` (RFC 6750)."""

from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request

from issuer.api.oid4vci.errors import ProtocolError
from issuer.services.phone.redeeming import Access, Redeeming

MAX_TOKEN = 256
SCHEME: Final = "access token"  # as the OpenAPI document names it
ACCESS_TOKEN: Final[dict[str, Any]] = {"security": [{SCHEME: []}]}


def bearer(redeeming: Redeeming) -> Callable[[Request], Access]:
    """A dependency that yields what the request's access token opens; 401 without a good one."""

    def access(request: Request) -> Access:
        header = request.headers.get("authorization")
        if header is None:
            # RFC 6750, 3.1: no error code in the challenge when nothing was shown.
            raise _unauthorized("an access token is needed", 'Bearer realm="credentials"')
        scheme, _, token = header.partition(" ")
        found = (
            redeeming.access(token) if scheme.lower() == "bearer" and 0 < len(token) <= MAX_TOKEN else None
        )
        if found is None:
            challenge = 'Bearer realm="credentials", error="invalid_token"'
            raise _unauthorized("the access token is unknown or has expired", challenge)
        return found

    return access


def _unauthorized(description: str, challenge: str) -> ProtocolError:
    return ProtocolError("invalid_token", description, status=401, headers={"WWW-Authenticate": challenge})
