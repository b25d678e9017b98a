"""Who may change the register over HTTP: whoever holds the operator token, until people log in by OIDC."""

import hmac
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPBearer
from starlette.requests import Request

from issuer.api.problems import Problem
from issuer.api.rate_limit import RateLimit

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="operator"'}
OPERATOR = "operator"
FAILURES = 10
FAILURES_PER_SECOND = 0.1

scheme = HTTPBearer(auto_error=False, scheme_name="operator token")


def operator(token: str | None) -> Callable[..., str]:
    """A dependency that yields the audit trail's actor; 401 without the token, 429 on guessing."""
    guesses = RateLimit(burst=FAILURES, per_second=FAILURES_PER_SECOND)
    expected = token.encode() if token else None

    def actor(request: Request, _described: Annotated[object, Depends(scheme)]) -> str:
        if expected is None:
            detail = "No operator token is set. Set OMBORD_OPERATOR_TOKEN and start again."
            raise Problem("operator-closed", detail)
        name, _, shown = request.headers.get("authorization", "").partition(" ")
        if name.lower() == "bearer" and hmac.compare_digest(shown.encode(), expected):
            request.state.actor = OPERATOR  # whose idempotency keys these are
            return OPERATOR
        if shown and guesses.wait(request.client.host if request.client else "unknown") > 0:
            raise Problem("too-many-wrong-tokens", "Wait a minute.", headers={"Retry-After": "60"})
        raise Problem("operator-token-needed", "Send Authorization: Bearer <token>.", headers=CHALLENGE)

    return actor
