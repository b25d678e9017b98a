"""The apps' catalogues: each language has every text, with the same values to put in, and is spoken."""

import re
import shutil
from collections import Counter
from itertools import combinations
from pathlib import Path
from string import Formatter
from typing import Final, NamedTuple

import pytest
from support.phone import Phone
from support.scenario import competency, medical
from support.simulator import NOW
from support.wallet import PhoneInHand

from deploy import catalogues
from keys.encoding import json_dumps
from verifier.inspector import texts as inspector_texts
from verifier.ui import words
from verifier.verdict import Headline
from wallet_app import texts as wallet_texts

LANGUAGES: Final = catalogues.LANGUAGES
BEFORE, AFTER = re.compile(r"\A *"), re.compile(r"(?<! ) *\Z")
HEADLINES: Final = (
    Headline.VALID,
    Headline.VALID_WITH_REMARK,
    Headline.REVOKED,
    Headline.EXPIRED,
    Headline.NOT_YET_VALID,
    Headline.WRONG_HOLDER,
    Headline.UNKNOWN_ISSUER,
    Headline.NOT_READABLE,
    Headline.MEDICAL_EXPIRED,
    Headline.FIT_FOR_DUTY,
)


class Entry(NamedTuple):
    """A message of a catalogue, one form or two, and its translation."""

    ids: tuple[str, ...]
    said: tuple[str, ...]


def entries(language: str) -> list[Entry]:
    return [
        Entry(_forms(message.id), _forms(message.string))
        for message in catalogues.load(language)
        if message.id  # the header has none
    ]


def _forms(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, tuple | list) else ()


def gaps(text: str) -> Counter[tuple[str, str | None, str | None]]:
    """What a text has put in: name, format and conversion of each."""
    return Counter((name, form, how) for _, name, form, how in Formatter().parse(text) if name is not None)


def around(text: str) -> tuple[str, str]:
    """The blanks before and after it, which set it off from what it is joined to."""
    return BEFORE.findall(text)[0], AFTER.findall(text)[0]


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What set-up compiles, of the catalogues as they are written now."""
    place = tmp_path / "locale"
    shutil.copytree(catalogues.LOCALE, place, ignore=shutil.ignore_patterns("*.mo"))
    monkeypatch.setattr(catalogues, "LOCALE", place)
    monkeypatch.setattr(words, "LOCALE", place)
    catalogues.build()


def test_the_languages_that_can_be_chosen_are_english_and_those_with_a_catalogue() -> None:
    assert words.LANGUAGES.keys() == {"en", *LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_apps_is_translated(language: str) -> None:
    assert len(catalogues.messages()) > 1_000
    assert catalogues.missing(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalogue_holds_a_text_that_is_never_said(language: str) -> None:
    said = {message if isinstance(message, str) else message[0] for message in catalogues.messages()}
    assert [entry.ids for entry in entries(language) if entry.ids[0] not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_gaps_of_its_text(language: str) -> None:
    for ids, said in entries(language):
        assert [gaps(text) for text in said] == [gaps(text) for text in ids], ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_begins_and_ends_with_the_blanks_of_its_text(language: str) -> None:
    for ids, said in entries(language):
        assert [around(text) for text in said] == [around(text) for text in ids], ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_counts_has_every_form_that_the_language_needs(language: str) -> None:
    needed = catalogues.load(language).num_plurals
    counting = [entry for entry in entries(language) if len(entry.ids) > 1]
    assert len(counting) > 10
    for ids, said in counting:
        assert len(said) == needed, ids
        assert all(said), ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_says_that_nobody_at_sea_has_checked_it(language: str) -> None:
    catalog = catalogues.load(language)
    assert "verified: false" in catalog.header_comment
    header = dict(catalog.mime_headers)
    assert header["Language"] == language
    assert "FIRST AUTHOR" not in catalog.header_comment
    assert not [field for field, value in header.items() if "@" in value]


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("language", LANGUAGES)
def test_headlines_are_said_in_the_language_and_in_capitals(language: str) -> None:
    say = words.words_in(language)
    for headline in HEADLINES:
        assert say(headline) != headline
        assert say(headline).isupper()


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_headline_of_a_language_is_another_one(language: str) -> None:
    say = words.words_in(language)
    assert [n for n in Counter(map(say, Headline)).values() if n > 1] == []


@pytest.mark.usefixtures("compiled")
def test_the_words_of_both_apps_differ_from_language_to_language() -> None:
    for texts in (wallet_texts, inspector_texts):
        sample = [text for name, text in vars(texts).items() if name.isupper() and isinstance(text, str)]
        for one, other in combinations(words.LANGUAGES, 2):
            first, second = words.words_in(one), words.words_in(other)
            assert sum(first(text) != second(text) for text in sample) > len(sample) / 3, (one, other)


@pytest.mark.usefixtures("compiled")
def test_a_number_takes_its_form_in_every_language() -> None:
    spoken = {language: words.words_in(language) for language in words.LANGUAGES}
    for say in spoken.values():
        assert say.counted(wallet_texts.DAYS_LEFT, 1) != say.counted(wallet_texts.DAYS_LEFT, 2)
    assert spoken["sv"].counted(wallet_texts.DAYS_LEFT, 2) == "2 dagar kvar"


@pytest.mark.screen
@pytest.mark.usefixtures("compiled")
def test_the_wallet_shows_itself_in_each_language(tmp_path: Path) -> None:
    shown = {}
    for language in words.LANGUAGES:
        phone = PhoneInHand(tmp_path / language, eyes := Phone(NOW))
        phone.home.mkdir(parents=True, exist_ok=True)
        (phone.home / "settings.json").write_bytes(json_dumps({"language": language}))
        try:
            phone.open_wallet(competency(), medical())
            shown[language] = eyes.texts()
        finally:
            eyes.close()
    for one, other in combinations(shown, 2):
        assert shown[one] != shown[other], (one, other)
