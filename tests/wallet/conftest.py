"""What the wallet's tests share: one authority in this process, one phone on one window."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.phone import Phone
from support.simulator import NOW
from support.wallet import PhoneInHand, cheap_derivation

if TYPE_CHECKING:
    from support.issuer_app import Office


@pytest.fixture(scope="module", autouse=True)
def cheap() -> Iterator[None]:
    """No test is about how long a PIN or a backup's passphrase takes, but those that set it themselves."""
    with pytest.MonkeyPatch.context() as patch:
        cheap_derivation(patch)
        yield


@pytest.fixture(scope="session")
def empty_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of this version, to copy: to make one takes longer than a test."""
    from issuer.adapters.database import Database

    path = tmp_path_factory.mktemp("register") / "register.db"
    database = Database.open(f"sqlite:///{path}")
    with database.write() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 1")
    database.close()
    return path


@pytest.fixture
def office(tmp_path: Path, empty_register: Path) -> Iterator["Office"]:
    """The Norwegian authority, with one seafarer's two certificates, at an address with a path."""
    from support.in_process import client_of
    from support.issuer_app import KEYS, HandClock, Office, issuer_settings, register, two_certificates

    from issuer.app import Part, build
    from issuer.composition import compose

    settings = issuer_settings(f"sqlite:///{shutil.copy(empty_register, tmp_path / 'register.db')}")
    clock = HandClock()
    services = compose(settings, keys=KEYS, clock=clock)
    register(services.database, clock, settings, *two_certificates())
    with client_of(build(services, [Part.EVERYBODY]), settings.base_url) as client:
        yield Office(settings, services.database, clock, client)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[PhoneInHand]:
    """A phone that is off; `open_wallet` turns it on."""
    in_hand = PhoneInHand(tmp_path, Phone(NOW))
    yield in_hand
    in_hand.close()
