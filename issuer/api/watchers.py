"""Who may look inside: whoever shows the operator's token, or the one that opens nothing but this."""

import hmac
from collections.abc import Callable

from starlette.requests import Request

from issuer.api.operator import FAILURES, FAILURES_PER_SECOND
from issuer.api.problems import Problem
from issuer.api.rate_limit import RateLimit, bucket_of
from issuer.settings import Settings


def watcher(settings: Settings) -> Callable[[Request], bool]:
    """Whether a request shows one of the two tokens; 429 for whoever guesses often."""
    guesses = RateLimit(burst=FAILURES, per_second=FAILURES_PER_SECOND)
    tokens = [
        token.get_secret_value().encode()
        for token in (settings.operator_token, settings.metrics_token)
        if token is not None
    ]

    def is_one(request: Request) -> bool:
        name, _, shown = request.headers.get("authorization", "").partition(" ")
        if name.lower() != "bearer" or not shown:
            return False
        matches = [hmac.compare_digest(shown.encode(), token) for token in tokens]
        if any(matches):
            return True
        if guesses.wait(bucket_of(request.client.host) if request.client else "unknown") > 0:
            raise Problem("too-many-wrong-tokens", "Wait a minute.", headers={"Retry-After": "60"})
        return False

    return is_one
