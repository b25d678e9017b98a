"""Backing up on one phone and restoring on another, as a person does it; and what can be wrong with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.phone import Phone
from support.scenario import competency, medical
from support.simulator import NOW
from support.wallet import PhoneInHand

from wallet_app.core import backup

pytestmark = pytest.mark.screen


@pytest.fixture(autouse=True)
def cheap_derivation() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup, "MEMORY_KIB", 64)
        patch.setattr(backup, "ITERATIONS", 1)
        yield


def back_up(phone: PhoneInHand) -> tuple[str, ...]:
    """By its own screens; returns the words on the paper."""
    eyes = phone.open_wallet(competency(), medical())
    phone.app.open_backup()
    eyes.wait(0.5).tap(eyes.scroll_to("Show the six words"))
    words = tuple(text for text in eyes.texts() if text in backup_words())
    shown = tuple(phone.app.screen_of("backup").step.words)
    assert sorted(words) == sorted(shown), "all six are seen"
    eyes.tap(eyes.scroll_to("I have written them down"))
    number = int(phone.app.screen_of("backup").step.number)
    eyes.tap(f"Word {number}").type(shown[number % 6])
    eyes.tap("Continue")
    assert eyes.sees(f"Word number {number} is another one")
    eyes.tap("Show the words again").tap("I have written them down")
    number = int(phone.app.screen_of("backup").step.number)
    eyes.tap(f"Word {number}").type(shown[number - 1][:4]).tap("Continue")
    assert eyes.wait(0.5).sees("The backup is made")
    return shown


def backup_words() -> set[str]:
    return set(Path(backup.__file__).with_name("passphrase_words.txt").read_text().split())


def restore(phone: PhoneInHand, words: str) -> Phone:
    """On `phone`, whose downloads hold the file."""
    eyes = phone.open_wallet()
    phone.app.open_restore()
    eyes.wait(0.5).tap("ombord-2026-11-21.ombord")
    eyes.tap(phone.app.screen_of("restore").step.ids.words).type(words)
    eyes.tap(eyes.scroll_to("Restore"))
    return eyes.wait(0.5)


@pytest.fixture
def backed_up(phone: PhoneInHand, tmp_path: Path) -> Iterator[tuple[PhoneInHand, tuple[str, ...], Path]]:
    """Another phone with a backup in its downloads."""
    words = back_up(phone)
    [(name, data, _)] = phone.share.shared
    phone.close()
    home = tmp_path / "new"
    (home / "downloads").mkdir(parents=True)
    file = home / "downloads" / name
    file.write_bytes(data)
    other = PhoneInHand(home, Phone(NOW))
    yield other, words, file
    other.close()


def test_restored_on_another_phone_all_is_there_and_said_not_to_be_bound(
    backed_up: tuple[PhoneInHand, tuple[str, ...], Path],
) -> None:
    phone, words, _ = backed_up
    eyes = restore(phone, " ".join(words))
    assert eyes.sees("2 certificates are back")
    assert eyes.sees("They are bound to another phone")
    eyes.tap("Show my certificates")
    assert eyes.sees("Master")
    assert eyes.sees("Not bound to this phone")
    eyes.tap("Show the code of Master")
    assert eyes.sees("it proves nothing about who shows it")


def test_wrong_words_open_nothing_and_can_be_typed_again(
    backed_up: tuple[PhoneInHand, tuple[str, ...], Path],
) -> None:
    phone, words, _ = backed_up
    eyes = restore(phone, " ".join(reversed(words)))
    assert eyes.sees("These are not its six words")
    eyes.tap("Try again")
    assert eyes.sees("ombord-2026-11-21.ombord")
    assert phone.app.wallet is not None
    assert not phone.app.wallet.vault.contents.credentials


def test_one_flipped_byte_is_said_to_be_damage(backed_up: tuple[PhoneInHand, tuple[str, ...], Path]) -> None:
    phone, words, file = backed_up
    data = bytearray(file.read_bytes())
    data[100] ^= 1
    file.write_bytes(data)
    eyes = restore(phone, " ".join(words))
    assert eyes.sees("This file is damaged")
    eyes.tap("Choose another file")
    assert eyes.sees("Choose the backup")


def test_a_word_that_is_none_is_named(backed_up: tuple[PhoneInHand, tuple[str, ...], Path]) -> None:
    phone, words, _ = backed_up
    assert restore(phone, " ".join((*words[:5], "Østergård"))).sees("“østergård” is none of the words")


def test_with_nothing_held_there_is_nothing_to_back_up(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet()
    phone.app.open_backup()
    assert eyes.wait(0.5).sees("There is nothing to back up yet")


def test_a_backup_that_cannot_be_handed_over_says_why(phone: PhoneInHand) -> None:
    phone.share.refuse = "No space left on device"
    eyes = phone.open_wallet(competency())
    phone.app.open_backup()
    screen = phone.app.screen_of("backup")
    screen.show_words()
    screen.make()
    assert eyes.wait(0.5).sees("There is not enough room")
    assert eyes.sees("No space left on device")
