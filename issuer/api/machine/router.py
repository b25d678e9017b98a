"""The interface for machines, put together: access, code lists."""

from fastapi import APIRouter

from issuer.api.addresses import Addresses
from issuer.api.machine.codes import codes_router
from issuer.api.machine.token import machine_token_router
from issuer.api.rate_limit import RateLimit
from issuer.rules.code_lists import CodeLists
from issuer.services.organisations.tokens import MachineTokens

# From one address; an organisation asks for a token every few minutes.
BURST = 60
PER_SECOND = 1.0


def machine_router(tokens: MachineTokens, lists: CodeLists, addresses: Addresses) -> APIRouter:
    """`{prefix}/oauth/token` and `{prefix}/api/v1/codes`."""
    router = APIRouter()
    limit = RateLimit(burst=BURST, per_second=PER_SECOND)
    router.include_router(machine_token_router(tokens, limit, addresses.path("oauth", "token")))
    router.include_router(codes_router(lists, addresses.path("api", "v1", "codes")))
    return router
