"""The first steps, the lock and hand-over mode, as a person meets them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from support.phone import NotOnScreen, Phone
from support.scenario import competency, medical
from support.wallet import PhoneInHand, Scripted, choose_pin, fill

from verifier.ui.ports.biometrics import Answer, FakeBiometrics
from wallet_app.core import lock as locks

pytestmark = pytest.mark.screen

PIN, OTHER = "314159", "271828"
OFFER = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fevil.example%2Foffer"


@pytest.fixture(autouse=True)
def cheap_derivation() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locks, "MEMORY_KIB", 64)
        patch.setattr(locks, "ITERATIONS", 1)
        yield


def enter(eyes: Phone, pin: str = PIN) -> Phone:
    for digit in pin:
        eyes.tap(digit)
    return eyes.wait(0.5)


def locked(phone: PhoneInHand) -> Phone:
    return phone.open_wallet(competency(), medical(), pin=PIN)


# The first steps


def test_three_screens_lead_from_nothing_to_the_list(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(locks=True)
    assert eyes.sees("Step 1 of 3")
    eyes.tap(eyes.scroll_to("Start"))
    assert eyes.sees("Choose a PIN")
    enter(eyes)
    assert eyes.sees("Enter it once more")
    enter(eyes)
    assert eyes.sees("Where are your certificates?")
    eyes.tap(eyes.scroll_to("Later"))
    assert eyes.sees("No certificates yet")
    phone.close()
    assert phone.open_wallet(locks=True).sees("Enter your PIN"), "from now on"


@pytest.mark.parametrize(
    ("button", "seen"), [("Add certificates", "Paste"), ("Restore a backup", "Choose the backup")]
)
def test_from_the_third_screen_it_goes_on_to_an_offer_or_a_backup(
    phone: PhoneInHand, button: str, seen: str
) -> None:
    eyes = phone.open_wallet(locks=True)
    eyes.tap(eyes.scroll_to("Start"))
    enter(enter(eyes)).tap(eyes.scroll_to(button))
    assert eyes.sees(seen)
    eyes.press_back()
    assert eyes.sees("No certificates yet")


def test_a_pin_that_is_guessed_first_is_refused(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(locks=True)
    eyes.tap(eyes.scroll_to("Start"))
    enter(eyes, "123456")
    assert eyes.sees("That one is guessed first")
    assert eyes.sees("Choose a PIN")


def test_two_pins_that_differ_are_asked_for_again(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(locks=True)
    eyes.tap(eyes.scroll_to("Start"))
    enter(enter(eyes), OTHER)
    assert eyes.sees("The two were not the same")
    assert eyes.sees("Choose a PIN")


def test_before_a_pin_is_chosen_there_is_no_way_around_it(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), locks=True)
    phone.app.show_list()
    eyes.press_back()
    phone.app.open_settings()
    assert eyes.wait(0.5).sees("Step 1 of 3")
    assert not eyes.sees("Master")
    eyes.tap(eyes.scroll_to("Start"))
    enter(enter(eyes))
    assert eyes.sees("Master"), "who has certificates already is not asked where they are"


# The lock


def test_nothing_is_seen_before_the_pin(phone: PhoneInHand) -> None:
    eyes = locked(phone)
    assert eyes.sees("Enter your PIN")
    for way in (
        phone.app.show_list,
        phone.app.open_settings,
        phone.app.show_all_in_one,
        phone.app.open_backup,
    ):
        way()
        eyes.press_back()
        assert not any("Ingrid" in text or "Master" in text for text in eyes.texts())
    enter(eyes)
    eyes.press_back()


def test_the_pin_opens_the_list(phone: PhoneInHand) -> None:
    eyes = enter(locked(phone))
    assert eyes.sees("Master")


def test_digits_of_a_keyboard_count_and_can_be_deleted(phone: PhoneInHand) -> None:
    from kivy.core.window import Window

    eyes = locked(phone)
    for key in (ord("7"), 8, *(ord(digit) for digit in PIN[:3]), *(256 + int(digit) for digit in PIN[3:])):
        Window.dispatch("on_key_down", key, 0, None, [])
        eyes.frame()
    assert eyes.wait(0.5).sees("Master")


def test_wrong_pins_earn_pauses_that_a_restart_does_not_end(phone: PhoneInHand) -> None:
    eyes = locked(phone)
    enter(eyes, OTHER)
    assert eyes.sees("2 more tries before a pause")
    enter(enter(eyes, OTHER), OTHER)
    assert eyes.sees("Too many wrong PINs. Try again in 30 seconds")
    enter(eyes)
    assert not eyes.sees("Master"), "nothing is looked at during a pause"
    phone.close()
    eyes = phone.open_wallet(locks=True).wait(1)
    assert eyes.sees("Too many wrong PINs")
    eyes.wait(31)
    assert not eyes.sees("Too many wrong PINs")
    enter(eyes)
    assert eyes.sees("Master")


def test_without_a_touch_it_locks(phone: PhoneInHand) -> None:
    eyes = enter(locked(phone))
    eyes.wait(100).tap("Master").wait(100)
    assert eyes.sees("NO-COC-0001"), "a touch begins the time anew"
    eyes.wait(60)
    assert eyes.sees("Enter your PIN")
    enter(eyes)
    assert eyes.sees("NO-COC-0001"), "it goes on where it was"


def test_it_never_locks_while_a_code_is_shown(phone: PhoneInHand) -> None:
    eyes = enter(locked(phone))
    eyes.tap("Show the code of Master").wait(3_600)
    assert eyes.sees("Scan it")
    eyes.press_back()
    assert eyes.sees("Certificates") or eyes.sees("Master")


def test_away_for_long_it_locks_and_for_a_moment_it_does_not(phone: PhoneInHand) -> None:
    eyes = enter(locked(phone))
    phone.app.on_pause()
    phone.phone.set_clock(phone.phone.now() + timedelta(seconds=20))
    phone.app.on_resume()
    assert eyes.wait(0.5).sees("Master")
    phone.app.on_pause()
    phone.phone.set_clock(phone.phone.now() + timedelta(hours=1))
    phone.app.on_resume()
    assert eyes.wait(0.5).sees("Enter your PIN")


def test_forgotten_pin_sets_aside_and_deletes_nothing(phone: PhoneInHand) -> None:
    eyes = locked(phone)
    eyes.tap("Forgotten the PIN?")
    assert eyes.sees("Without the PIN, start again")
    eyes.tap("Back")
    assert eyes.sees("Enter your PIN")
    eyes.tap("Forgotten the PIN?").tap("Start again")
    assert eyes.wait(0.5).sees("Step 1 of 3")
    assert list((phone.home / "vault").glob("vault-*.damaged-*"))


def test_an_offer_waits_for_the_pin(phone: PhoneInHand) -> None:
    fill(phone.home / "vault", phone.keys, [competency()])
    choose_pin(phone.home, phone.keys, PIN)
    eyes = phone.open_wallet(offer="openid-credential-offer://?credential_offer=%7B%7D", locks=True)
    assert eyes.sees("Enter your PIN")
    enter(eyes)
    assert eyes.sees("This is not an offer")


@pytest.mark.parametrize(("answer", "seen"), [(Answer.IS_OWNER, "Master"), (Answer.IS_NOT, "Enter your PIN")])
def test_a_finger_opens_it_if_it_is_the_owners(phone: PhoneInHand, answer: Answer, seen: str) -> None:
    eyes = phone.open_wallet(competency(), pin=PIN, biometrics=FakeBiometrics(answer))
    enter(eyes)
    phone.app.set_biometrics(True)
    phone.app.lock_now()
    assert eyes.wait(1).sees(seen)


def test_after_wrong_pins_no_finger_is_asked_for(phone: PhoneInHand) -> None:
    sensor = FakeBiometrics()
    eyes = phone.open_wallet(competency(), pin=PIN, biometrics=sensor)
    for _ in range(3):
        enter(eyes, OTHER)
    phone.app.set_biometrics(True)
    eyes.wait(1).tap("Use finger or face")
    assert sensor.asked == []


# Hand-over


def handed_over(phone: PhoneInHand) -> Phone:
    eyes = enter(locked(phone))
    return eyes.tap("Show the code of Master").tap("Hand over the phone: only this code")


def test_handed_over_it_shows_the_code_and_nothing_else(phone: PhoneInHand) -> None:
    eyes = handed_over(phone)
    assert eyes.sees("Only this code")
    assert phone.screen.is_held_up
    for way in (phone.app.show_list, phone.app.open_settings, lambda: phone.app.go("more")):
        way()
        assert eyes.wait(0.5).sees("Scan it")
    with pytest.raises(NotOnScreen):
        eyes.find("Hand over the phone: only this code")


def test_only_the_pin_leads_out_of_hand_over(phone: PhoneInHand) -> None:
    eyes = handed_over(phone)
    eyes.press_back()
    assert eyes.sees("Enter your PIN to leave the code")
    enter(eyes, OTHER)
    assert eyes.sees("That is not the PIN")
    eyes.tap("Back to the code")
    assert eyes.sees("Scan it")
    eyes.tap("Close")
    enter(eyes)
    assert eyes.sees("Medical certificate"), "back at the list"
    eyes.tap("Medical certificate")
    assert eyes.sees("NO-MED-0001"), "and all is as ever"


def test_a_link_followed_while_handed_over_asks_no_network_and_waits_for_the_pin(phone: PhoneInHand) -> None:
    network = Scripted({})
    eyes = enter(phone.open_wallet(competency(), pin=PIN, transport=network))
    eyes.tap("Show the code of Master").tap("Hand over the phone: only this code")
    before = len(network.sent)
    phone.app.offered(OFFER)
    assert eyes.wait(0.5).sees("Only this code")
    assert len(network.sent) == before
    eyes.press_back()
    enter(eyes)
    assert phone.app.navigation.current == "add"
    assert any("evil.example" in url for _, url, _ in network.sent[before:]), "and now it is looked at"


def test_left_alone_at_the_pin_it_returns_to_the_code(phone: PhoneInHand) -> None:
    eyes = handed_over(phone)
    eyes.press_back().wait(130).wait(0.5)
    assert eyes.sees("Scan it")


def test_handed_over_and_restarted_it_asks_for_the_pin(phone: PhoneInHand) -> None:
    handed_over(phone)
    phone.close()
    assert phone.open_wallet(locks=True).sees("Enter your PIN")
