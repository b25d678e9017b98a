"""What somebody could do to the page: huge input, picture bombs, clocks far off, old data, texts that lie."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from support import browser
from support.issuer_app import Office
from support.scenario import PHONE, competency, show
from support.seafarer import code, picked_up
from support.simulator import DAY, NOW, Authority

from keys import jws
from keys.encoding import json_dumps, json_object

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.loopback

READ_TRUST = """
async ({files, base}) => {
  const {readTrust} = await import(`${base}core/trust.js`);
  return files.map((file) => {
    try { readTrust(new TextEncoder().encode(file)); } catch (error) { return error.constructor.name; }
    return "read";
  });
}
"""


@pytest.fixture(scope="module")
def token(office: Office) -> str:
    return picked_up(office, "NO-COC-0001")[0]


@pytest.fixture(scope="module")
def context(office: Office, chromium: Browser) -> BrowserContext:
    """A phone that has opened the page once."""
    made = browser.phone(chromium)
    browser.opened(made, f"{office.settings.base_url}/verify/").close()
    return made


@pytest.fixture(scope="module")
def kept(office: Office, chromium: Browser) -> Page:
    """One phone for the tests that need no new one."""
    return browser.opened(browser.phone(chromium), f"{office.settings.base_url}/verify/")


@pytest.fixture
def page(kept: Page, address: str) -> Page:
    """The page as it opens."""
    return browser.reopened(kept, address)


# Input


def test_a_huge_text_is_refused_before_anything_is_done_with_it(page: Page) -> None:
    _paste_made(page, "'OB1:' + '0'.repeat(260_000)")
    assert "too long" in page.inner_text("#note")


@pytest.mark.parametrize(
    "made",
    [
        "'x' + '\\n'.repeat(20_000) + 'x'",
        "'OB1:' + '0'.repeat(119_999)",
        "'[' + '{\"a\":'.repeat(9_000) + '~'.repeat(9_000)",
    ],
)
def test_a_long_text_that_is_no_credential_is_soon_not_readable(page: Page, made: str) -> None:
    _paste_made(page, made)
    assert browser.headline(page) == "NOT READABLE"


def test_a_picture_that_would_unpack_to_gigabytes_is_not_unpacked(page: Page) -> None:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(picture, "PNG")
    assert len(picture.getvalue()) < 100_000
    _choose(page, picture.getvalue(), "image/png")
    page.wait_for_selector("#note:has-text('too large')")


def test_a_drawing_is_no_picture_of_a_code(page: Page) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>close()</script></svg>'
    _choose(page, drawing, "image/svg+xml")
    page.wait_for_selector("#note:has-text('not a picture')")


def test_what_nobody_signed_cannot_turn_the_line_around_or_hide_in_it(page: Page) -> None:
    stranger = Authority("XX")
    parsed = jws.parse(stranger.issue(competency(issuing_country="XX"), PHONE).rstrip("~"))
    claims = {**json_object(parsed.payload), "iss": "https://sdir.example\u202e\u200bDILAV"}
    signer = stranger.signers[stranger.certificate_kid]
    bent = jws.sign(json_dumps(claims), signer, typ="dc+sd-jwt", kid=stranger.certificate_kid) + "~"
    assert browser.paste(page, bent) == "UNKNOWN ISSUER"
    assert "https://sdir.example\\u{202e}\\u{200b}DILAV" in page.inner_text("#headline")


def test_another_authoritys_certificate_is_unknown_and_nothing_of_it_is_shown(page: Page) -> None:
    foreign = Authority("DK").issue(competency(issuing_country="DK"), PHONE)
    assert browser.paste(page, code(foreign)) == "UNKNOWN ISSUER"
    assert "Østergård" not in page.inner_text("body")
    assert "check it on its own authority's page" in page.inner_text("body").lower()


def test_a_certificate_that_names_this_authority_but_is_anothers_work_is_not_taken(
    page: Page, office: Office
) -> None:
    thief = Authority("NO")
    kid = thief.certificate_kid
    parsed = jws.parse(thief.issue(competency(), PHONE).rstrip("~"))
    claims = {**json_object(parsed.payload), "iss": office.settings.base_url}
    forged = jws.sign(json_dumps(claims), thief.signers[kid], typ="dc+sd-jwt", kid="NO-2026p") + "~"
    assert browser.paste(page, show(forged)) == "UNTRUSTED"
    assert page.locator("dl", has_text="NO-COC-0001").count() == 0


# Clocks and ages


@pytest.mark.parametrize(
    ("days", "age", "headline"),
    [(-3_000, "clock", "CLOCK UNTRUSTED"), (-2, "clock", "CLOCK UNTRUSTED"), (500, "old", "CLOCK UNTRUSTED")],
)
def test_a_clock_that_is_far_off_makes_nothing_valid_and_is_said(
    context: BrowserContext, address: str, token: str, days: int, age: str, headline: str
) -> None:
    at = NOW + days * DAY
    context.set_offline(True)
    try:
        page = browser.opened(context, address, at=at)
        assert page.get_attribute("#knows", "data-age") == age
        assert browser.paste(page, code(token, at=max(at, NOW))) == headline
    finally:
        context.set_offline(False)


@pytest.mark.usefixtures("token")  # no list is there before something was issued
def test_lists_that_the_server_no_longer_signs_anew_grow_old_although_they_were_just_fetched(
    chromium: Browser, address: str
) -> None:
    page = browser.opened(browser.phone(chromium), address, at=NOW + 20 * DAY)
    assert page.get_attribute("#knows", "data-age") == "old"
    assert "20 days old" in page.inner_text("#knows")


# What it is served


def test_a_trust_file_without_a_limit_or_with_an_unknown_state_is_refused(page: Page, address: str) -> None:
    served = httpx.get(f"{address}trust.json").json()
    files = [json.dumps(one) for one in (served, *_bent(served))]
    answers = page.evaluate(READ_TRUST, {"files": files, "base": address})
    assert answers == ["read"] + ["TrustError"] * (len(files) - 1)


def _bent(served: dict[str, Any]) -> list[dict[str, Any]]:
    key, authority = served["keys"][0], served["authorities"][0]
    wrong: list[Any] = [None, "x", [7], {}, -1.5]
    bent = []
    for name in (
        "sign_from",
        "sign_until",
        "verify_until",
        "purposes",
        "state",
        "issuer",
        "kid",
        "environment",
    ):
        bent.append({**served, "keys": [{at: value for at, value in key.items() if at != name}]})
    bent += [{**served, "keys": [{**key, "sign_until": value}]} for value in wrong[:4]]
    bent += [{**served, "keys": [{**key, "state": "dormant"}]}, {**served, "keys": [7]}]
    for name in ("issuers", "status_prefix", "flag", "name"):
        bent += [{**served, "authorities": [{**authority, name: value}]} for value in (None, 7, "", [7])]
    return [*bent, {**served, "environment": "rehearsal"}, {**served, "version": 2}]


def test_two_authorities_pages_on_one_server_keep_apart_what_they_hold(page: Page, office: Office) -> None:
    names = page.evaluate("() => caches.keys()")
    (own,) = [name for name in names if name.startswith("ombord-page")]
    assert own.startswith("ombord-page /no/verify/ ")


@pytest.mark.parametrize(
    ("browser_without", "seen"),
    [
        ("Object.defineProperty(window, 'isSecureContext', {value: false})", "by its https address"),
        (
            "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked'); }})",
            "Check a seafarer's certificate",
        ),
    ],
)
def test_a_browser_that_lacks_something_gets_words_and_no_empty_page(
    chromium: Browser, address: str, browser_without: str, seen: str
) -> None:
    context = browser.phone(chromium)
    context.add_init_script(browser_without)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(f"#app :text({json.dumps(seen)})")


def _paste_made(page: Page, made: str) -> None:
    """Paste a text that the browser makes itself: a large one need not travel there."""
    page.click("#paste")
    page.evaluate(f"() => {{ document.getElementById('text').value = {made}; }}")
    page.click("#check")


def _choose(page: Page, picture: bytes, media_type: str) -> None:
    page.set_input_files("#picture", {"name": "a", "mimeType": media_type, "buffer": picture})
