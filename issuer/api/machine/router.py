"""The interface for machines, put together: access, code lists, and the reports of each resource."""

from fastapi import APIRouter

from issuer.api.addresses import Addresses
from issuer.api.flat import flat
from issuer.api.machine.bearer import BURST as REPORTS_BURST
from issuer.api.machine.bearer import PER_SECOND as REPORTS_PER_SECOND
from issuer.api.machine.bearer import Machines
from issuer.api.machine.bodies import Places
from issuer.api.machine.codes import codes_router
from issuer.api.machine.desk import Desk
from issuer.api.machine.keeping import keeping_router
from issuer.api.machine.reports import reports_router
from issuer.api.machine.token import machine_token_router
from issuer.api.rate_limit import RateLimit
from issuer.composition import Register
from issuer.domain.organisations import Resource
from issuer.rules.reading.code_lists import CodeLists
from issuer.services.organisations.tokens import MachineTokens

# From one address; an organisation asks for a token every few minutes.
BURST = 60
PER_SECOND = 1.0


def machine_router(register: Register, lists: CodeLists, addresses: Addresses) -> APIRouter:
    """`{prefix}/oauth/token`, `{prefix}/api/v1/codes` and `{prefix}/api/v1/reports/…`."""
    tokens = MachineTokens(register.database, register.clock, register.settings)
    limit = RateLimit(burst=BURST, per_second=PER_SECOND)
    desk = Desk(
        machines=Machines(tokens, RateLimit(burst=REPORTS_BURST, per_second=REPORTS_PER_SECOND)),
        reporting=register.reporting,
        correcting=register.correcting,
        repeating=register.repeating,
        places=Places(),
        takes_numbers=register.settings.read_personal_data_key() is not None,
    )
    made = [
        machine_token_router(tokens, limit, addresses.path("oauth", "token")),
        codes_router(lists, addresses.path("api", "v1", "codes")),
    ]
    for resource in Resource:
        path = addresses.path("api", "v1", "reports", resource.value)
        made += [reports_router(desk, resource, path), keeping_router(desk, resource, path)]
    return flat(made)
