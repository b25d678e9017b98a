"""All endpoints of the pick-up, put together."""

from dataclasses import dataclass

from fastapi import APIRouter

from issuer.api.addresses import Addresses
from issuer.api.flat import flat
from issuer.api.oid4vci.credential import credential_router
from issuer.api.oid4vci.nonce import nonce_router
from issuer.api.oid4vci.notification import notification_router
from issuer.api.oid4vci.offer import offer_router
from issuer.api.oid4vci.token import token_router
from issuer.api.rate_limit import RateLimit
from issuer.services.clock import Clock
from issuer.services.phone.collecting import Collecting
from issuer.services.phone.nonces import Nonces
from issuer.services.phone.offering import Offering
from issuer.services.phone.redeeming import Redeeming

# A crew behind one satellite link is one address: twenty phones with twelve certificates each, at once.
BURST = 300
PER_SECOND = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUp:
    """The services that a pick-up goes through, in its order."""

    clock: Clock
    offering: Offering
    redeeming: Redeeming
    nonces: Nonces
    collecting: Collecting


def pick_up_router(pick_up: PickUp, addresses: Addresses) -> APIRouter:
    """Offers, token, nonce, credential and notification, under `{prefix}/oid4vci`."""
    limit = RateLimit(burst=BURST, per_second=PER_SECOND)
    issuer = addresses.issuer

    def path(name: str) -> str:
        return addresses.path("oid4vci", name)

    services = (pick_up.redeeming, pick_up.nonces, pick_up.collecting, pick_up.clock)
    return flat(
        [
            offer_router(pick_up.offering, issuer, path("offers")),
            token_router(pick_up.redeeming, limit, path("token")),
            nonce_router(pick_up.nonces, limit, path("nonce")),
            credential_router(*services, audience=issuer, path=path("credential")),
            notification_router(pick_up.redeeming, pick_up.collecting, path("notification")),
        ]
    )
