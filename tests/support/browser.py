"""Real Chromium for tests of the page: Debian's own, driven by playwright, with loopback alone to talk to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.simulator import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

CHROMIUM = "/usr/bin/chromium"
VENDOR = Path(__file__).resolve().parents[2] / "verifier" / "page" / "vendor"
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PHONE = {"width": 390, "height": 844}


def missing() -> str | None:
    """Why no browser can be asked, or None."""
    if shutil.which(CHROMIUM) is None:
        return "chromium is not installed (Debian's package of that name)"
    if util.find_spec("playwright") is None:
        return "playwright is not installed"
    if not (VENDOR / "pako.mjs").is_file():
        return "the page's libraries are not there: set-up could not fetch them"
    return None


@contextmanager
def driver() -> Iterator[Playwright]:
    """What starts browsers; one at a time, since it has an event loop of its own in this thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@contextmanager
def chromium(playwright: Playwright, camera: Path | None = None) -> Iterator[Browser]:
    """A browser without a window; `camera` is a y4m film that plays before its camera, for ever."""
    flags = list(QUIET)
    if camera is not None:
        flags += [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={camera}",
        ]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=flags)
    try:
        yield browser
    finally:
        browser.close()


def phone(browser: Browser, **changes: Any) -> BrowserContext:
    """A person's phone: its size, its language, and a page that is told nothing else."""
    how: dict[str, Any] = {"viewport": PHONE, "locale": "en-GB", "device_scale_factor": 2, **changes}
    return browser.new_context(**how)


def opened(context: BrowserContext, address: str, *, at: datetime = NOW) -> Page:
    """The page by a clock that stands still, once it holds all it needs; its script errors fail the test."""
    context.clock.set_fixed_time(at)
    page = context.new_page()
    page.on("pageerror", lambda error: _fail(str(error)))
    return reopened(page, address)


def reopened(page: Page, address: str) -> Page:
    """The page as it is after it was opened, whatever was done with it before."""
    page.goto(address)
    page.wait_for_selector('html[data-ready="true"]', state="attached")
    return page


def _fail(problem: str) -> None:
    raise AssertionError(f"the page failed: {problem}")


def paste(page: Page, text: str) -> str:
    """Give the page a text by hand, and return the headline that it shows."""
    page.click("#paste")
    page.fill("#text", text)
    page.click("#check")
    return headline(page)


def headline(page: Page) -> str:
    """The headline on the screen, in the table's own words."""
    return page.wait_for_selector("#headline").get_attribute("data-headline") or ""
