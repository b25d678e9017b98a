"""What the HTTP tests share: one authority's application in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from support.in_process import client_of
from support.issuer_app import KEYS, HandClock, Office, issuer_settings, register, two_certificates

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


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
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
    pick_up = PickUp(
        clock=clock,
        offering=offering,
        redeeming=Redeeming(*parts),
        nonces=Nonces(*parts),
        collecting=Collecting(database, clock, issuer),
    )
    app.include_router(pick_up_router(pick_up, addresses))
    app.include_router(well_known_router(settings, KEYS, addresses))
    app.add_middleware(Guard, https=True)
    with client_of(app, settings.base_url) as client:
        yield Office(settings, database, clock, client)
    database.close()
