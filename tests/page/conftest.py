"""One browser and one issuer for all tests of the page; skipped, by name, where there is no Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

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


class Kept:
    """The browser of all tests of the page in a row; tests of anything else find no trace of it.

    To start it takes as long as five tests. What drives it has an event loop of its own in this thread.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._driver: Playwright | None = None
        self._browser: Browser | None = None

    def driver(self) -> Playwright:
        """What starts browsers."""
        if reason := browser.missing():
            pytest.skip(reason)
        if self._driver is None:
            self._driver = self._open.enter_context(browser.driver())
        return self._driver

    def browser(self) -> Browser:
        """One without a camera."""
        if self._browser is None:
            self._browser = self._open.enter_context(browser.chromium(self.driver()))
        return self._browser

    def close(self) -> None:
        """The next one starts anew."""
        self._driver = self._browser = None
        self._open.close()


KEPT: Final = Kept()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """After the last of them."""
    if nextitem is None or nextitem.path.parent != item.path.parent:
        KEPT.close()


@pytest.fixture
def driver() -> Playwright:
    """What starts browsers."""
    return KEPT.driver()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser without a camera, in which nobody has been."""
    kept = KEPT.browser()
    yield kept
    for context in kept.contexts:
        context.close()
