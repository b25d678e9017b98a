"""What the HTTP tests share: one authority's application in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.in_process import client_of
from support.issuer_app import KEYS, HandClock, Office, issuer_settings, register, two_certificates

from issuer.app import build
from issuer.composition import compose
from issuer.settings import Settings


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An authority whose address has a path."""
    with _open(issuer_settings(f"sqlite:///{tmp_path}/register.db")) as office:
        yield office


@pytest.fixture
def rootless_office(tmp_path: Path) -> Iterator[Office]:
    """An authority with a host of its own."""
    url = f"sqlite:///{tmp_path}/register.db"
    with _open(issuer_settings(url, base_url="https://certificates.example")) as office:
        yield office


@pytest.fixture
def closed_office(tmp_path: Path) -> Iterator[Office]:
    """An authority that set no operator token."""
    with _open(issuer_settings(f"sqlite:///{tmp_path}/register.db", operator_token=None)) as office:
        yield office


@contextmanager
def _open(settings: Settings) -> Iterator[Office]:
    clock = HandClock()
    services = compose(settings, keys=KEYS, clock=clock)
    register(services.database, clock, settings, *two_certificates())
    with client_of(build(services), settings.base_url) as client:
        yield Office(settings, services.database, clock, client)
