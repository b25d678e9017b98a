"""The page is a second verifier, in another language: the same headline as Python's, each time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from support import browser
from support.codes import Code, World
from support.issuer_app import Office
from support.simulator import DAY, NOW

from keys.trust import directory as trust
from verifier.decision import verify_all
from verifier.verdict import HEADLINE_OF

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Judges with the page's own modules: no part of the decision is written twice for the test.
JUDGE = """
async ({trust, lists, texts, at, base}) => {
  const load = (name) => import(`${base}core/${name}.js`);
  const [{verifyAll}, {readTrust}, {verifyList}, {loadDictionaries}] = await Promise.all(
    [load("decision"), load("trust"), load("status"), load("dictionaries")]);
  const known = readTrust(new TextEncoder().encode(trust));
  const held = new Map();
  for (const token of lists) { const list = await verifyList(token, known); held.set(list.uri, list); }
  const setting = {trust: known, lists: held, dictionaries: await loadDictionaries(), at};
  const answers = [];
  for (const text of texts) {
    const verdicts = await verifyAll(text, setting);
    answers.push(verdicts.map(({headline, standing}) => [headline, standing]));
  }
  return answers;
}
"""
pytestmark = pytest.mark.loopback
Answers = list[list[list[str]]]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def page(office: Office, chromium: Browser) -> Page:
    return browser.opened(browser.phone(chromium), f"{office.settings.base_url}/verify/")


def by_python(world: World, codes: Sequence[Code], at: datetime) -> Answers:
    known, book = world.directory(), world.book()
    judged = [verify_all(code.text, directory=known, status=book, at=at) for code in codes]
    return [[[one.headline.value, type(one).__name__.lower()] for one in verdicts] for verdicts in judged]


def by_the_page(page: Page, world: World, codes: Sequence[Code], at: datetime) -> Answers:
    question: dict[str, Any] = {
        "trust": trust.to_json(world.directory()).decode(),
        "lists": world.lists(),
        "texts": [code.text for code in codes],
        "at": at.timestamp(),
        "base": page.url,
    }
    answers: Answers = page.evaluate(JUDGE, question)
    return answers


def refuse_differences(codes: Sequence[Code], expected: Answers, answers: Answers) -> None:
    different = [
        {"made as": code.made_as, "python": wanted, "page": got, "text": code.text[:60]}
        for code, wanted, got in zip(codes, expected, answers, strict=True)
        if wanted != got
    ]
    assert not different, json.dumps(different[:20], indent=1)


def test_two_thousand_codes_get_the_headline_that_python_gives_them(world: World, page: Page) -> None:
    assert len(world.codes) >= 2_000
    expected = by_python(world, world.codes, NOW)
    refuse_differences(world.codes, expected, by_the_page(page, world, world.codes, NOW))
    made_as = {code.made_as: verdicts for code, verdicts in zip(world.codes, expected, strict=True)}
    assert {headline for kind in ("safe manning", "a dispensation") for headline, _ in made_as[kind]} == {
        "VALID"
    }
    seen = {headline for verdicts in expected for headline, _ in verdicts}
    assert seen == {headline.value for headline in HEADLINE_OF.values()} - {"CLOCK UNTRUSTED"}


@pytest.mark.parametrize("days", [-10, 40, 200, 500])
def test_a_code_of_each_kind_gets_the_same_headline_by_another_clock(
    world: World, page: Page, days: int
) -> None:
    codes = list({code.made_as: code for code in world.codes}.values())
    at = NOW + days * DAY
    refuse_differences(codes, by_python(world, codes, at), by_the_page(page, world, codes, at))
