"""Choosing a file by the system's own picker, as on a phone: for an offer, a backup, a directory."""

from pathlib import Path

import pytest
from support.scenario import competency
from support.wallet import PhoneInHand

from verifier.ui.ports.picker import FakePicker, PickError

pytestmark = pytest.mark.screen

BUTTON = "Choose a file"
SCREENS = {"add": "add", "restore": "open_restore", "trust": "open_trust"}


def chosen(phone: PhoneInHand, action: str, what: Path | PickError | None) -> list[str]:
    """What is seen once it was chosen on the screen that this action of the app opens."""
    phone.picker = FakePicker(what)
    eyes = phone.open_wallet(competency())
    getattr(phone.app, action)()
    eyes.wait(0.5)
    eyes.tap(eyes.scroll_to(BUTTON))
    return eyes.wait(1).texts()


@pytest.mark.parametrize(
    ("screen", "name", "content", "seen"),
    [
        ("add", "offer.txt", b"https://example.org/", "This is not a certificate: it is a web address"),
        ("restore", "ombord-2026-11-21.ombord", b"", "ombord-2026-11-21.ombord"),
        ("trust", "root.json", b"{}", "That file is no root of a directory."),
    ],
)
def test_what_is_chosen_is_taken_as_a_file_that_was_named(
    phone: PhoneInHand, tmp_path: Path, screen: str, name: str, content: bytes, seen: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    texts = chosen(phone, SCREENS[screen], path)
    assert seen in " ".join(texts), texts


@pytest.mark.parametrize("screen", SCREENS)
def test_a_file_that_cannot_be_read_is_said(phone: PhoneInHand, screen: str) -> None:
    texts = chosen(phone, SCREENS[screen], PickError("gone"))
    assert "cannot be read" in " ".join(texts) or "could not be read" in " ".join(texts), texts


@pytest.mark.parametrize("screen", SCREENS)
def test_going_back_from_the_picker_changes_nothing(phone: PhoneInHand, screen: str) -> None:
    assert BUTTON in chosen(phone, SCREENS[screen], None)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_desktop_has_no_picker_to_offer(phone: PhoneInHand, screen: str) -> None:
    eyes = phone.open_wallet(competency())
    getattr(phone.app, SCREENS[screen])()
    assert BUTTON not in eyes.wait(0.5).texts()


def test_a_file_that_comes_when_the_app_is_locked_is_not_looked_at(
    phone: PhoneInHand, tmp_path: Path
) -> None:
    path = tmp_path / "offer.txt"
    path.write_text("https://example.org/")
    phone.picker = FakePicker(path)
    eyes = phone.open_wallet(competency())
    phone.app.is_handed_over = True
    phone.app.screen_of("add").pick()
    phone.app.is_handed_over = False
    assert not eyes.wait(1).sees("web address")
