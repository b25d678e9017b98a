"""What everybody must be able to see and touch: contrast, targets, nothing cut off, light and dark."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support import browser
from support.issuer_app import Office
from support.scenario import INGRID, tampered
from support.seafarer import code, picked_up, signed_pass

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.loopback

# WCAG 2.2, 1.4.3, of every text on the ground that lies behind it; a gradient counts as its lightest stop.
CONTRASTS = """
() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((one, at) => one * a + below[at] * (1 - a));
  const linear = (one) => (one <= 10.31 ? one / 3294.6 : ((one / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (element) => {
    const layers = [];
    for (let one = element; one !== null; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (one.matches(".hero")) { layers.push([19, 99, 156]); break; }
      const colour = parse(style.backgroundColor);
      if ((colour[3] ?? 1) > 0) layers.push(colour);
      if (colour.length === 3) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const found = [];
  for (const element of document.querySelectorAll("#app *")) {
    const own = [...element.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE);
    const text = own.map((one) => one.data.trim()).join("");
    if (text === "" || element.closest("option") || element.offsetParent === null) continue;
    const below = ground(element);
    const [one, other] = [light(over(parse(getComputedStyle(element).color), below)), light(below)];
    found.push([(Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), text]);
  }
  return found;
}
"""
TARGETS = """
() => [...document.querySelectorAll("button, select, summary, label.secondary, textarea")]
  .filter((one) => one.offsetParent !== null)
  .map((one) => [one.getBoundingClientRect().width, one.getBoundingClientRect().height, one.innerText])
"""
TOO_WIDE = "() => document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def screens(office: Office) -> dict[str, str]:
    """What is pasted to reach each kind of verdict."""
    competency, medical = picked_up(office, "NO-COC-0001", "NO-MED-0001")
    office.suspend("NO-MED-0001")
    return {
        "valid": code(competency),
        "rejected": code(medical),
        "fraud": code(tampered(competency)),
        "cannot tell": code(competency, proof=False),
        "a pass": code(signed_pass(office)),
        "a name of 120 letters": code(signed_pass(office, holder=replace(INGRID, family_name="Ø" * 120))),
        "no certificate": "https://example.org/" + "a" * 300,
    }


def _look(page: Page) -> None:
    contrasts: list[Any] = page.evaluate(CONTRASTS)
    assert contrasts
    assert [pair for pair in contrasts if pair[0] < 4.5] == []
    assert [one for one in page.evaluate(TARGETS) if min(one[:2]) < 48] == []
    assert page.evaluate(TOO_WIDE) <= 0


@pytest.mark.parametrize("language", ["en-GB", "nb-NO"])
def test_every_screen_can_be_read_and_touched_in_light_and_dark(
    chromium: Browser, address: str, screens: dict[str, str], language: str
) -> None:
    page = browser.opened(browser.phone(chromium, locale=language), address)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        _look(page)
    for text in screens.values():
        browser.paste(page, text)
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            _look(page)
        page.click("#again")


def test_nothing_is_cut_off_at_one_and_a_half_times_the_text_size(
    chromium: Browser, address: str, screens: dict[str, str]
) -> None:
    page = browser.opened(browser.phone(chromium), address)
    page.evaluate("() => { document.documentElement.style.fontSize = '25.5px'; }")
    for text in screens.values():
        _fits(page)
        browser.paste(page, text)
        _fits(page)
        page.click("#again")


def _fits(page: Page) -> None:
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(TOO_WIDE) <= 0, width


def test_the_language_is_the_browsers_and_can_be_changed(chromium: Browser, address: str) -> None:
    page = browser.opened(browser.phone(chromium, locale="sv-SE"), address)
    assert "Kontrollera en sjömans certifikat" in page.inner_text("h1")
    page.select_option("#language", "da")
    page.wait_for_selector("h1:has-text('Kontrollér en søfarendes certifikat')")
    assert page.locator("html").get_attribute("lang") == "da"
    page.reload()
    page.wait_for_selector("h1:has-text('søfarendes')")
