"""The page's catalogues: each has every text of the page, with the same gaps to fill."""

import json
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "verifier" / "page"
SCRIPTS = "\n".join(
    path.read_text() for folder in ("core", "ui") for path in sorted((PAGE / folder).glob("*.js"))
)
TEXT = r'"((?:[^"\\]|\\.)*)"'
SAID = re.compile(
    rf'\bsay\((?:[\w.]+ (?:===|\?)[^"]*)?{TEXT}|\bcheck\("C\w+", "[a-z-]+", {TEXT}|\bline\({TEXT}'
)
CATALOGUES = {
    language: json.loads((PAGE / "words" / f"{language}.json").read_text()) for language in ("nb", "sv", "da")
}


def test_every_text_of_the_page_is_in_every_catalogue() -> None:
    texts = {next(filter(None, found)) for found in SAID.findall(SCRIPTS)}
    assert len(texts) > 100
    for language, catalogue in CATALOGUES.items():
        assert texts - catalogue["words"].keys() == set(), language


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_translation_has_the_gaps_of_its_text_and_says_that_nobody_has_verified_it(language: str) -> None:
    catalogue = CATALOGUES[language]
    assert (catalogue["language"], catalogue["verified"]) == (language, False)
    for text, translated in catalogue["words"].items():
        assert translated.count("{}") == text.count("{}"), text
        assert translated.strip(), text


def test_no_catalogue_holds_a_text_that_the_page_never_says() -> None:
    for catalogue in CATALOGUES.values():
        assert [
            text for text in catalogue["words"] if json.dumps(text, ensure_ascii=False)[1:-1] not in SCRIPTS
        ] == []
