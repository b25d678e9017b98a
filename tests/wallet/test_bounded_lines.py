"""Every line that one types or pastes into refuses in words what it cannot hold, and at once."""

import re
from pathlib import Path
from time import perf_counter

import pytest
from support.phone import Phone
from support.scenario import competency
from support.wallet import PhoneInHand

from wallet_app.core.offer import MAX_OFFER_CHARACTERS
from wallet_app.ui import add_screen, add_steps

BOOK = "a" * 1_000_000
RULES = (Path(add_screen.__file__).parent, Path(add_screen.__file__).parents[2] / "verifier" / "ui")


def lines_of(eyes: Phone, screen: object) -> list[object]:
    from verifier.ui.input_line import InputLine

    return [one for one in screen.walk() if isinstance(one, InputLine)]  # type: ignore[attr-defined]


@pytest.mark.screen
def test_a_book_on_the_clipboard_is_refused_in_words_and_at_once(
    phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    eyes = phone.open_wallet(competency())
    phone.app.add()
    eyes.wait(0.5)
    monkeypatch.setattr(add_steps.Clipboard, "paste", lambda: BOOK)
    began = perf_counter()
    eyes.tap("Paste")
    assert perf_counter() - began < 2
    assert eyes.wait(0.5).sees(f"At most {MAX_OFFER_CHARACTERS} characters.")
    monkeypatch.setattr(add_steps.Clipboard, "paste", lambda: "https://ordinary.example")
    eyes.tap("Paste")
    assert not eyes.wait(0.5).sees("characters.")
    assert phone.app.screen_of("add").step.ids.link.text == "https://ordinary.example"


@pytest.mark.screen
@pytest.mark.parametrize(
    "way", ["add", "ask_for_challenge", "open_settings", "open_restore", "open_trust", "show_list"]
)
def test_no_line_of_the_wallet_takes_a_book(
    phone: PhoneInHand, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    eyes = phone.open_wallet(competency())
    getattr(phone.app, way)()
    eyes.wait(0.5)
    lines = lines_of(eyes, phone.app.screens.current_screen)
    assert lines
    monkeypatch.setattr("verifier.ui.input_line.Clipboard.paste", lambda: BOOK)
    for line in lines:
        line.text = "kept"
        line.select_all()
        line.paste()
        assert line.over
        line.insert_text(BOOK)
        assert line.over
        assert line.text == "kept"
        line.insert_text("!")
        assert not line.over


def test_no_screen_uses_a_line_without_a_bound() -> None:
    for folder in RULES:
        for rules in folder.glob("*.kv"):
            assert not re.search(r"^\s+TextInput:", rules.read_text(encoding="utf-8"), re.MULTILINE), rules
