"""The page as a person meets it: opened once, then checking offline, by hand, picture and camera."""

from __future__ import annotations

import io
import json
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from support import browser
from support.film import film
from support.issuer_app import Office
from support.page_codes import HOSTILE, dispensation, hostile, manning
from support.scenario import show, tampered
from support.seafarer import code, picked_up, signed_pass
from support.simulator import DAY, NOW, seeded_signer

from benchmarks.frames import Conditions, frame
from verifier.credential import carrier, frames, muster, qr

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def competency(office: Office) -> str:
    """A master's certificate, as her phone got it from the issuer."""
    (token,) = picked_up(office, "NO-COC-0001")
    return token


@pytest.fixture(scope="module")
def medical(office: Office) -> str:
    """The medical certificate, as it was signed before a test suspends it."""
    (token,) = picked_up(office, "NO-MED-0001")
    return token


@pytest.fixture(scope="module")
def kept(office: Office, chromium: Browser) -> Page:
    """One phone for the tests that need no new one."""
    return browser.opened(browser.phone(chromium), f"{office.settings.base_url}/verify/")


@pytest.fixture
def page(kept: Page, address: str) -> Page:
    """The page as it opens, in the browser's own language."""
    kept.evaluate("() => localStorage.clear()")
    return browser.reopened(kept, address)


def test_a_pasted_live_code_is_valid_and_its_holder_is_shown(page: Page, competency: str) -> None:
    assert browser.paste(page, code(competency)) == "VALID"
    seen = page.inner_text("body")
    for text in (
        "Ingrid Østergård",
        "12 April 1988",
        "NO-COC-0001",
        "Sjøfartsdirektoratet",
        "Master",
        "II/2",
    ):
        assert text in seen


@pytest.mark.parametrize(
    ("spoil", "headline"),
    [
        (lambda token: code(tampered(token)), "TAMPERED"),
        (lambda token: code(token, proof=False), "UNCONFIRMED"),
        (lambda token: code(token, at=NOW - DAY), "UNCONFIRMED"),
        (
            lambda token: carrier.to_qr_text(carrier.pack(show(token, phone=seeded_signer("x")))),
            "WRONG HOLDER",
        ),
        (lambda token: code(token)[:-9], "NOT READABLE"),
    ],
)
def test_what_is_wrong_is_said(page: Page, competency: str, spoil: object, headline: str) -> None:
    assert browser.paste(page, spoil(competency)) == headline  # type: ignore[operator]


def test_of_a_changed_certificate_no_claim_is_shown(page: Page, competency: str) -> None:
    browser.paste(page, code(tampered(competency)))
    assert "Østergård" not in page.inner_text("body")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://example.org/verify?code=1", "it is a web address"),
        ("WIFI:T:WPA;S:ship;P:secret;;", "the key of a wireless network"),
        ("openid-credential-offer://?x=1", "an offer for the seafarer's wallet"),
        ("hello", "it is another text"),
    ],
)
def test_a_code_of_something_else_is_called_what_it_is(page: Page, text: str, said: str) -> None:
    assert browser.paste(page, text) == "NOT READABLE"
    assert said in page.inner_text("#headline")


def test_a_pass_lists_each_of_its_certificates(page: Page, office: Office) -> None:
    assert browser.paste(page, code(signed_pass(office))) == "VALID"
    assert page.locator("details.member").count() == 12


def test_a_muster_lists_its_credentials_worst_first(page: Page, competency: str, medical: str) -> None:
    wire = muster.pack(show(competency), [tampered(medical)])
    assert browser.paste(page, carrier.to_qr_text(wire)) == "TAMPERED"
    assert page.locator("details.member .chip").all_inner_texts() == ["TAMPERED", "VALID"]


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "For the ship"), ("nb", "For skipet"), ("sv", "För fartyget"), ("da", "For skibet")],
)
def test_a_dispensation_says_for_which_ship_it_is(
    page: Page, office: Office, competency: str, language: str, label: str
) -> None:
    page.select_option("#language", language)
    page.wait_for_selector(f"html[lang={language}]", state="attached")
    assert browser.paste(page, code(dispensation(office, competency))) == "VALID"
    (said,) = (
        row.inner_text().split("\n") for row in page.locator(f"dl div:has(dt:text-is('{label}'))").all()
    )
    assert [one for one in said if one] == [label, "Havørn IMO 9074729"]


def test_a_ships_safe_manning_document_is_judged_and_shown(
    page: Page, office: Office, competency: str
) -> None:
    assert browser.paste(page, code(manning(office, competency), proof=False)) == "VALID WITH REMARK"
    seen = page.inner_text("body")
    for text in (
        "Minimum safe manning document",
        "Havørn IMO 9074729",
        "1 × Master",
        "or Chief mate, each with II/1",
        "8500 GT, 6000 kW",
        "may be unattended at times",
        "Not in ice",
        "compare the ship's name and IMO number",
    ):
        assert text.lower() in seen.lower()
    assert "identity document" not in seen


def test_markup_in_a_certificate_is_text(page: Page, office: Office, competency: str) -> None:
    assert browser.paste(page, "<img src=x onerror=alert(1)>") == "NOT READABLE"
    assert page.locator("img[src=x]").count() == 0
    page.click("#again")
    assert browser.paste(page, code(hostile(office, competency))) == "VALID WITH REMARK"
    assert page.inner_text("#app").count(HOSTILE) >= 8
    assert page.locator("img[src=x], #app script").count() == 0
    assert page.title() == "VALID WITH REMARK"


# What it is judged by


def test_a_suspension_is_seen_after_an_update_and_not_before(
    chromium: Browser, office: Office, address: str, medical: str
) -> None:
    page = browser.opened(browser.phone(chromium), address)
    office.suspend("NO-MED-0001")
    office.clock.forward(seconds=5)
    assert browser.paste(page, code(medical)) == "VALID"
    page.click("#again")
    page.click("#update")
    page.wait_for_selector("#update:enabled")
    assert browser.paste(page, code(medical)) == "SUSPENDED"


def test_it_opens_and_checks_without_a_connection(chromium: Browser, address: str, competency: str) -> None:
    context = browser.phone(chromium)
    browser.opened(context, address).close()
    context.set_offline(True)
    page = browser.opened(context, address)
    assert "what is held still counts" in page.inner_text("#knows")
    assert browser.paste(page, code(competency)) == "VALID"


def test_old_lists_are_said_to_be_old_and_then_count_no_more(
    chromium: Browser, address: str, competency: str
) -> None:
    context = browser.phone(chromium)
    browser.opened(context, address).close()
    context.set_offline(True)
    page = browser.opened(context, address, at=NOW + 20 * DAY)
    assert "20 days old" in page.inner_text("#knows")
    assert browser.paste(page, code(competency, at=NOW + 20 * DAY)) == "VALID WITH REMARK"
    page.close()
    page = browser.opened(context, address, at=NOW + 60 * DAY)
    assert browser.paste(page, code(competency, at=NOW + 60 * DAY)) == "STATUS UNKNOWN"


def test_nothing_is_sent_to_anybody_but_its_own_server_and_nothing_of_a_scan_even_there(
    chromium: Browser, office: Office, address: str, competency: str
) -> None:
    context = browser.phone(chromium)
    asked: list[tuple[str, str, str | None]] = []
    context.on("request", lambda one: asked.append((one.method, one.url, one.post_data)))
    page = browser.opened(context, address)
    before = len(asked)
    browser.paste(page, code(competency))
    page.wait_for_timeout(300)
    assert asked[before:] == []
    assert {(method, body) for method, _, body in asked} == {("GET", None)}
    assert {urlsplit(url).netloc for _, url, _ in asked} == {urlsplit(address).netloc}
    lists = {url for _, url, _ in asked if "/status/" in url}
    assert lists == {f"{office.settings.base_url}/status/1"}, "all lists are fetched, whatever is scanned"


def test_every_file_has_a_policy_that_lets_nothing_else_in(address: str) -> None:
    answer = httpx.get(address)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert "http" not in policy
    assert "unsafe-inline" not in policy
    assert answer.headers["permissions-policy"].startswith("camera=(self), microphone=()")
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_its_address_without_a_slash_leads_to_it(address: str) -> None:
    answer = httpx.get(address.rstrip("/"))
    assert (answer.status_code, answer.headers["location"]) == (308, "verify/")
    assert httpx.get(f"{address}../settings.py").status_code == 404
    assert httpx.get(f"{address}no-such-file.js").status_code == 404


def test_a_browser_would_install_it(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {one["errorId"] for one in errors} <= {"in-incognito"}  # which is what a test's browser is
    manifest = json.loads(session.send("Page.getAppManifest")["data"])
    assert manifest["display"] == "standalone"


# Pictures and the camera


def test_a_photograph_of_a_code_is_read(page: Page, competency: str) -> None:
    page.set_input_files(
        "#picture", {"name": "a.png", "mimeType": "image/png", "buffer": _png(code(competency))}
    )
    assert browser.headline(page) == "VALID"


def test_a_picture_without_a_code_says_so(page: Page) -> None:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("L", (300, 300), 200).save(picture, "PNG")
    _choose(page, picture.getvalue())
    assert "No code was found" in page.inner_text("#note")
    _choose(page, b"no picture")
    page.wait_for_selector("#note:has-text('not a picture')")


def test_the_camera_reads_a_live_code_held_before_it(
    driver: Playwright, tmp_path: Path, address: str, competency: str
) -> None:
    shots = film(tmp_path / "live.y4m", [code(competency)] * 4)
    with browser.chromium(driver, shots) as started:
        page = browser.opened(browser.phone(started), address)
        page.click("#scan")
        assert browser.headline(page) == "VALID"


def test_the_camera_puts_moving_frames_together(
    driver: Playwright, tmp_path: Path, address: str, office: Office, competency: str
) -> None:
    moving = frames.split(muster.pack(show(competency), [signed_pass(office)]))
    assert moving.needed >= 3
    shots = film(tmp_path / "moving.y4m", [moving.text(number) for number in range(12)])
    with browser.chromium(driver, shots) as started:
        page = browser.opened(browser.phone(started), address)
        page.click("#scan")
        assert browser.headline(page) == "VALID"
        assert page.locator("details.member").count() == 2


def test_without_a_camera_the_other_ways_are_named(page: Page) -> None:
    page.click("#scan")
    page.wait_for_selector("#note:has-text('choose a picture')")


def _packed(token: str) -> str:
    return carrier.to_qr_text(carrier.pack(token))


def _choose(page: Page, picture: bytes) -> None:
    page.set_input_files("#picture", {"name": "a.png", "mimeType": "image/png", "buffer": picture})


def _png(text: str) -> bytes:
    picture = io.BytesIO()
    frame(qr.matrix(text), Conditions.draw(Random(7)), 7).save(picture, "PNG")
    return picture.getvalue()
