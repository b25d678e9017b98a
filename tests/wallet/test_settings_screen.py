"""Settings as they are tapped: in force at once, there after a restart, nothing personal in diagnostics."""

from collections.abc import Iterator

import pytest
from kivy.metrics import Metrics
from support.phone import NotOnScreen, Phone
from support.scenario import competency, medical
from support.wallet import PhoneInHand

from verifier.ui.words import Words
from wallet_app.core import lock as locks
from wallet_app.core.keystore import FileKeyStore
from wallet_app.core.settings import Settings
from wallet_app.ui import preferring

pytestmark = pytest.mark.screen

PIN, OTHER = "314159", "271828"


@pytest.fixture(autouse=True)
def cheap_derivation() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locks, "MEMORY_KIB", 64)
        patch.setattr(locks, "ITERATIONS", 1)
        yield


def settings(phone: PhoneInHand, *, pin: str = "") -> Phone:
    eyes = phone.open_wallet(competency(), medical(), pin=pin)
    if pin:
        enter(eyes)
    phone.app.open_settings()
    return eyes.wait(0.5)


def enter(eyes: Phone, pin: str = PIN) -> Phone:
    for digit in pin:
        eyes.tap(digit)
    return eyes.wait(0.5)


class Shouted(Words):
    """A language in which everything is loud."""

    def __call__(self, message: str, **values: object) -> str:
        return super().__call__(message, **values).upper()


def test_another_language_is_spoken_at_once_and_everywhere(
    phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preferring, "words_in", lambda _: Shouted())
    eyes = settings(phone)
    eyes.tap("Norsk bokmål")
    assert eyes.sees("SETTINGS")
    assert eyes.sees("HOW IT LOOKS")
    phone.app.show_list()
    assert eyes.wait(0.5).sees("VALID")
    eyes.tap("Master")
    assert eyes.sees("SHOW CODE")
    assert phone.app.settings.language == "nb"


def test_larger_text_is_laid_out_anew_and_stays(phone: PhoneInHand) -> None:
    before = Metrics.fontscale
    eyes = settings(phone)
    title = eyes.find("Settings").height
    eyes.tap(eyes.scroll_to("Largest"))
    assert eyes.wait(0.5).find("Settings").height > 1.3 * title
    phone.close()
    assert Metrics.fontscale == before, "the next app has the device's own"
    eyes = phone.open_wallet()
    assert Metrics.fontscale == pytest.approx(1.5 * before)
    assert eyes.sees("Master")


def test_dark_colours_stay_after_a_restart(phone: PhoneInHand) -> None:
    eyes = settings(phone)
    eyes.tap("Dark")
    assert sum(eyes.screenshot().getpixel((2, 2))) < 150  # type: ignore[arg-type] # RGB
    assert phone.app.settings_file.read() == Settings(theme="dark")


def test_a_shorter_time_locks_sooner(phone: PhoneInHand) -> None:
    eyes = settings(phone, pin=PIN)
    eyes.tap(eyes.scroll_to("30 seconds")).wait(40)
    assert eyes.sees("Enter your PIN")


def test_lock_now_locks_and_the_pin_leads_back(phone: PhoneInHand) -> None:
    eyes = settings(phone, pin=PIN)
    eyes.tap(eyes.scroll_to("Lock now"))
    assert eyes.sees("Enter your PIN")
    assert enter(eyes).sees("Settings")


def test_the_pin_is_changed_by_who_knows_it(phone: PhoneInHand) -> None:
    eyes = settings(phone, pin=PIN)
    eyes.tap(eyes.scroll_to("Change the PIN"))
    assert enter(eyes, OTHER).sees("That is not the PIN")
    assert enter(eyes).sees("Choose a new PIN")
    enter(enter(eyes, OTHER), OTHER)
    assert eyes.sees("Settings")
    eyes.scroll_to("The PIN was changed.")
    phone.app.lock_now()
    assert enter(eyes.wait(0.5)).sees("That is not the PIN")
    assert enter(eyes, OTHER).sees("Settings")


@pytest.mark.parametrize("in_file", [True, False])
def test_keys_that_lie_in_a_file_are_said_to(phone: PhoneInHand, in_file: bool) -> None:
    if in_file:
        phone.keys = FileKeyStore(phone.home / "keys.json")  # type: ignore[assignment] # any key store
    eyes = settings(phone)
    if in_file:
        eyes.scroll_to("This computer has no key store for the app")
    else:
        with pytest.raises(NotOnScreen):
            eyes.scroll_to("This computer has no key store for the app")


@pytest.mark.parametrize(
    ("typed", "said", "stored"),
    [
        ("https://relay.example", "Saved", "https://relay.example"),
        ("relay.example", "An address begins with", ""),
    ],
)
def test_a_sync_address_is_an_https_origin_or_is_not_taken(
    phone: PhoneInHand, typed: str, said: str, stored: str
) -> None:
    eyes = settings(phone)
    eyes.tap(eyes.scroll_to("https://")).type(typed)
    eyes.tap(eyes.scroll_to("Save"))
    assert eyes.sees(said)
    assert phone.app.settings.sync_address == stored


def test_a_setting_that_cannot_be_stored_holds_until_the_end_and_says_so(phone: PhoneInHand) -> None:
    eyes = settings(phone)
    file = phone.home / "settings.json"
    file.mkdir()
    eyes.tap("Dark")
    assert eyes.sees("The setting could not be stored")
    assert phone.app.theme.mode == "dark"


def test_diagnostics_say_nothing_about_the_person(phone: PhoneInHand) -> None:
    settings(phone)
    phone.app.set_sync_address("https://mv-nordlys.example")
    phone.app.open_diagnostics()
    eyes = phone.phone.wait(0.5)
    report = phone.app.screen_of("diagnostics").report
    assert "certificates valid: 2" in report
    personal = (
        "Ingrid",
        "Østergård",
        "7K3M9QXA",
        "1988",
        "NO-COC",
        "no.example",
        "nordlys",
        "Master",
    )
    assert not [word for word in personal if word in report]
    eyes.tap("Copy")
    assert eyes.sees("Copied")
