"""The page's headlines, advice and colours mean what they mean in Python and in the inspector's app."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import browser
from support.issuer_app import Office

from verifier.inspector.core.verdict_state import Signal
from verifier.inspector.core.verdict_view import signal
from verifier.verdict import (
    HEADLINE_OF,
    Check,
    Headline,
    Outcome,
    ReliedOn,
    Verdict,
    conclude,
    standing,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.loopback
WORDS = Path(__file__).resolve().parents[2] / "verifier" / "page" / "words"
NEVER = datetime(2026, 1, 1, tzinfo=UTC)
ASK = """
async ({base, verdicts}) => {
  const load = (name) => import(`${base}${name}.js`);
  const [{HEADLINE_OF}, {ADVICE, tone}] = await Promise.all([load("core/verdict"), load("ui/verdict_view")]);
  const tones = verdicts.map(([headline, standing]) => tone({headline, standing}));
  return {headlines: HEADLINE_OF, rows: Object.keys(HEADLINE_OF), advice: Object.keys(ADVICE), tones};
}
"""
_TONE = {
    Signal.GOOD: "good",
    Signal.REMARK: "remark",
    Signal.BAD: "bad",
    Signal.FRAUD: "fraud",
    Signal.UNKNOWN: "unknown",
}


def _verdicts() -> list[Verdict]:
    """A verdict of each row, as it can end: failed, unknown, with a remark, or nothing against it."""
    relied_on = ReliedOn(NEVER, "default", None, NEVER)
    against = {"C1": Outcome.UNKNOWN, "C2": Outcome.UNKNOWN, "C4b": Outcome.UNKNOWN, "C10": Outcome.UNKNOWN}
    against |= {"C12": Outcome.UNKNOWN, "C13": Outcome.UNKNOWN, "C14": Outcome.REMARK, "C15": Outcome.PASS}
    return [
        conclude((Check(row, against.get(row, Outcome.FAIL), "so it is"),), None, relied_on)
        for row in HEADLINE_OF
    ]


@pytest.fixture(scope="module")
def answers(office: Office, chromium: Browser) -> dict[str, Any]:
    base = f"{office.settings.base_url}/verify/"
    page = browser.opened(browser.phone(chromium), base)
    asked = [(one.headline.value, standing(one).value) for one in _verdicts()]
    found: dict[str, Any] = page.evaluate(ASK, {"base": base, "verdicts": asked})
    return found


def test_each_row_has_pythons_headline_in_pythons_order(answers: dict[str, Any]) -> None:
    assert answers["headlines"] == {row: headline.value for row, headline in HEADLINE_OF.items()}
    assert answers["rows"] == list(HEADLINE_OF)


def test_advice_is_given_for_exactly_the_headlines_of_rows_c(answers: dict[str, Any]) -> None:
    assert set(answers["advice"]) == {headline.value for headline in HEADLINE_OF.values()}


def test_each_catalogue_translates_exactly_the_headlines_of_rows_c() -> None:
    every = {headline.value for headline in Headline}
    for language in ("nb", "sv", "da"):
        words = json.loads((WORDS / f"{language}.json").read_text())["words"]
        shouted = {
            text for text in words if text in every or (text.isupper() and len(text) > 2 and "{" not in text)
        }
        assert shouted == {headline.value for headline in HEADLINE_OF.values()}, language


def test_fraud_and_every_other_colour_mean_what_they_mean_in_the_inspectors_app(
    answers: dict[str, Any],
) -> None:
    verdicts = _verdicts()
    assert {one.headline for one in verdicts} == set(HEADLINE_OF.values())
    expected = [_TONE[signal(one)] for one in verdicts]
    assert answers["tones"] == expected
    assert expected.count("fraud") == 2
