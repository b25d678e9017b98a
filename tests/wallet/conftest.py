"""What the wallet's tests share: one authority in this process, one phone on one window."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.phone import Phone
from support.simulator import NOW
from support.wallet import PhoneInHand

if TYPE_CHECKING:
    from support.issuer_app import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator["Office"]:
    """The Norwegian authority, with one seafarer's two certificates, at an address with a path."""
    from support.in_process import client_of
    from support.issuer_app import KEYS, HandClock, Office, issuer_settings, register, two_certificates

    from issuer.app import build
    from issuer.composition import compose

    settings = issuer_settings(f"sqlite:///{tmp_path}/register.db")
    clock = HandClock()
    services = compose(settings, keys=KEYS, clock=clock)
    register(services.database, clock, settings, *two_certificates())
    with client_of(build(services), settings.base_url) as client:
        yield Office(settings, services.database, clock, client)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[PhoneInHand]:
    """A phone that is off; `open_wallet` turns it on."""
    in_hand = PhoneInHand(tmp_path, Phone(NOW))
    yield in_hand
    in_hand.close()
