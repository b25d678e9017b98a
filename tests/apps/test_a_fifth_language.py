"""A language is one row of `languages.json` and its catalogue: nothing else in the code lists languages."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.credential import codelists

ROOT = Path(__file__).parents[2]
FINNISH = """
from verifier.credential import codelists
rows = codelists._rows
codelists._rows = lambda name: rows(name) + [
    {"code": "fi", "name": "Suomi", "asked_as": [], "flags": ["FI"], "verified": False}
] * (name == "languages")

from issuer.services.paper import document_form
from verifier.inspector.core import settings as inspectors
from verifier.ui.words import LANGUAGES, words_in
from wallet_app.core import settings as wallets
from wallet_app.main import device_language

assert LANGUAGES["fi"] == "Suomi"
assert "fi" in wallets.LANGUAGES
assert wallets.Settings(language="fi").language == "fi"
assert "fi" in inspectors._OFFERED["language"]
assert document_form.LANGUAGE_OF["FI"] == "fi"
assert device_language({"LANG": "fi_FI.UTF-8"}) == "fi"
assert words_in("fi")("Valid") == "Valid"
assert codelists.flags()["NO"].title("fi") == "Norway"
"""


def test_a_row_is_enough_for_apps_and_paper_to_offer_the_language() -> None:
    done = subprocess.run([sys.executable, "-c", FINNISH], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("package", ["verifier", "issuer", "wallet_app", "keys", "deploy"])
def test_no_code_lists_the_languages_itself(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        texts = {
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not {"sv", "da"} <= texts, path
    for path in (ROOT / package / "page").rglob("*.js"):
        if "vendor" not in path.parts:
            assert not re.search(r"""["'](sv|da)["']|\b(sv|da):""", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("nb_NO.UTF-8", "nb"), ("no", "nb"), ("nn-NO", "nb"), ("SV", "sv"), ("da_DK@euro", "da"),
        ("en-GB", "en"), ("C", None), ("fi_FI", None), ("", None), ("nbx", None),
    ],
)  # fmt: skip
def test_a_device_is_answered_in_its_language(tag: str, language: str | None) -> None:
    assert codelists.asked_for(tag) == language


def test_each_language_but_english_has_its_catalogue() -> None:
    for code in codelists.languages():
        catalogue = ROOT / "verifier" / "ui" / "locale" / code / "LC_MESSAGES" / "ombord.po"
        assert catalogue.is_file() == (code != "en")


def test_the_page_has_words_of_languages_alone() -> None:
    for path in (ROOT / "verifier" / "page" / "words").glob("*.json"):
        assert path.stem in codelists.languages()
        assert json.loads(path.read_text(encoding="utf-8"))["words"]
