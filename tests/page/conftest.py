"""One browser and one issuer for all tests of the page; skipped, by name, where there is no Chromium."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from support import browser
from support.issuer_app import Office
from support.issuer_server import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright


@pytest.fixture(autouse=True)
def _chromium() -> None:
    if reason := browser.missing():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A Norwegian issuer, whose clock stands where the browser's does."""
    with serving(tmp_path_factory.mktemp("issuer")) as opened:
        yield opened


@pytest.fixture
def address(office: Office) -> str:
    """Where people find the page."""
    return f"{office.settings.base_url}/verify/"


@pytest.fixture(scope="module")
def driver() -> "Iterator[Playwright]":
    """What starts browsers, until this module's tests are through."""
    if reason := browser.missing():
        pytest.skip(reason)
    with browser.driver() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(driver: "Playwright") -> "Iterator[Browser]":
    """A browser without a camera."""
    with browser.chromium(driver) as started:
        yield started
