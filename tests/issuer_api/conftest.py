"""What the HTTP tests share: one authority's application in this process, and a wallet that talks to it."""

from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from support.in_process import client_of
from support.issuer_app import KEYS, HandClock, issuer_settings, register, two_certificates
from support.pickup_wallet import PickUpWallet

from issuer.adapters.database import Database
from issuer.api import problems
from issuer.api.addresses import Addresses
from issuer.api.guard import Guard
from issuer.api.oid4vci.router import PickUp, pick_up_router
from issuer.api.well_known import well_known_router
from issuer.services.collecting import Collecting
from issuer.services.issuing import CredentialIssuer
from issuer.services.nonces import Nonces
from issuer.services.offering import Offering
from issuer.services.redeeming import Redeeming
from issuer.settings import Settings


@dataclass
class Office:
    settings: Settings
    database: Database
    clock: HandClock
    offering: Offering
    client: httpx.Client

    def wallet(self, phone="phone"):
        return PickUpWallet(self.client, self.clock, phone)


@pytest.fixture
def office(tmp_path: Path):
    settings = issuer_settings(f"sqlite:///{tmp_path}/register.db")
    clock = HandClock()
    database = Database.open(settings.database_url)
    register(database, clock, settings, *two_certificates())
    parts = (database, clock, settings)
    issuer = CredentialIssuer(database, clock, KEYS, settings)
    offering = Offering(*parts)
    app = FastAPI()
    problems.install(app)
    addresses = Addresses(settings.issuer)
    app.include_router(
        pick_up_router(
            PickUp(
                clock=clock,
                offering=offering,
                redeeming=Redeeming(*parts),
                nonces=Nonces(*parts),
                collecting=Collecting(database, clock, issuer),
            ),
            addresses,
        )
    )
    app.include_router(well_known_router(settings, KEYS, addresses))
    app.add_middleware(Guard, https=True)
    with client_of(app, settings.base_url) as client:
        yield Office(settings, database, clock, offering, client)
    database.close()
