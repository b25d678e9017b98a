"""Organisations' access tokens as they are shown: `Authorization: Bearer …` (RFC 6750), for one scope."""

from collections.abc import Callable
from math import ceil
from typing import Any, Final

from starlette.requests import Request

from issuer.api.problems import Problem
from issuer.api.rate_limit import RateLimit
from issuer.domain.organisations import Resource
from issuer.domain.qualifications import ReportingParty
from issuer.services.organisations.tokens import MachineTokens

SCHEME: Final = "organisation token"  # as the OpenAPI document names it
MAX_TOKEN: Final = 256
# For each organisation, in each worker: enough for one record at a time, and a batch holds 10,000.
BURST: Final = 200
PER_SECOND: Final = 20.0
Reporting = Callable[[Request], ReportingParty]


class Machines:
    """Who asks: the organisation of the token that is shown, as often as it may."""

    def __init__(self, tokens: MachineTokens, limit: RateLimit) -> None:
        self._tokens = tokens
        self._limit = limit

    def may(self, resource: Resource, scope: str) -> Reporting:
        """A dependency that yields the organisation; 401, 403 or 429 without a good token for `scope`."""

        def party(request: Request) -> ReportingParty:
            found = self._tokens.access(_shown(request))
            if found is None:
                challenge = {"WWW-Authenticate": 'Bearer realm="reports", error="invalid_token"'}
                detail = "The access token is unknown, has expired, or its organisation is suspended."
                raise Problem("access-token-not-good", detail, headers=challenge)
            request.state.actor = found.client_id  # whose idempotency keys these are
            wait = self._limit.wait(found.client_id)
            if wait > 0:
                detail = f"{found.client_id} asks too often: send records in batches."
                raise Problem("too-often", detail, headers={"Retry-After": str(ceil(wait))})
            if scope not in found.roles:
                challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
                raise Problem("scope-lacking", f"The token lacks the scope {scope}.", headers=challenge)
            return self._tokens.party(found, resource, found.roles[scope])

        return party


def secured(scope: str) -> dict[str, Any]:
    """What OpenAPI says of an operation that needs a token for `scope`."""
    return {"security": [{SCHEME: [scope]}]}


def _shown(request: Request) -> str:
    name, _, token = request.headers.get("authorization", "").partition(" ")
    if name.lower() != "bearer" or not 0 < len(token) <= MAX_TOKEN:
        # RFC 6750, 3.1: no error code in the challenge when nothing was shown.
        challenge = {"WWW-Authenticate": 'Bearer realm="reports"'}
        detail = "Send Authorization: Bearer <access token>; the token endpoint gives one for an assertion."
        raise Problem("access-token-needed", detail, headers=challenge)
    return token
