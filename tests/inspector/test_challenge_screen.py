"""A challenge: scanned from the pixels, answered once, by either nonce, within two minutes."""

from datetime import timedelta

import pytest
import zxingcpp
from support.inspector import DeviceInHand
from support.phone import Phone
from support.scenario import PHONE, competency
from support.simulator import NOW

from verifier.credential import presentation
from verifier.credential.presentation import Audience
from verifier.inspector.core.challenge import Challenge

pytestmark = pytest.mark.screen


def challenged(device: DeviceInHand, *, dark: bool = False) -> Phone:
    device.credential = device.norway.issue(competency(), PHONE)  # type: ignore[attr-defined] # for the answer
    return device.open(dark=dark).tap("Challenge")


def answer(device: DeviceInHand, nonce: bytes) -> str:
    credential: str = device.credential  # type: ignore[attr-defined] # as set above
    # The phone's clock is a year behind: a challenge needs none.
    at = device.phone.now() - timedelta(days=365)
    return presentation.make(credential, PHONE, at=at, nonce=nonce, audience=Audience.CHALLENGE)


def take(device: DeviceInHand, presented: str) -> Phone:
    device.app.take(presented)
    return device.phone.wait(0.4)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_code_is_read_from_the_pixels_and_its_answer_needs_no_clock(
    device: DeviceInHand, dark: bool
) -> None:
    eyes = challenged(device, dark=dark)
    (code,) = zxingcpp.read_barcodes(eyes.screenshot(), formats=zxingcpp.BarcodeFormat.QRCode)
    nonce = presentation.read_challenge(code.text)
    eyes.tap("Scan the answer")
    assert eyes.sees("Waiting for the answer to your challenge")
    take(device, answer(device, nonce))
    assert eyes.sees("VALID")
    assert eyes.sees("The phone answered your challenge")


def test_six_characters_read_out_do_as_well(device: DeviceInHand) -> None:
    eyes = challenged(device)
    characters = next(words for words in eyes.texts() if len(words) == 7 and words[3] == " ")
    take(device, answer(device, presentation.read_challenge(characters)))
    assert eyes.sees("The phone answered your challenge")


def test_an_answer_counts_once(device: DeviceInHand) -> None:
    eyes = challenged(device)
    challenge = device.app.session.challenge
    assert challenge is not None
    presented = answer(device, challenge.nonce)
    take(device, presented)
    assert eyes.sees("VALID")
    take(device, presented)
    assert eyes.sees("UNCONFIRMED"), eyes.texts()


def test_an_answer_to_another_challenge_is_the_wrong_holders(device: DeviceInHand) -> None:
    eyes = challenged(device)
    take(device, answer(device, bytes(8)))
    assert eyes.sees("WRONG HOLDER")


def test_a_code_without_an_answer_is_unconfirmed_while_a_challenge_is_open(device: DeviceInHand) -> None:
    eyes = challenged(device)
    credential: str = device.credential  # type: ignore[attr-defined]
    live = presentation.make(credential, PHONE, at=eyes.now(), nonce=bytes(8), audience=Audience.TIME)
    take(device, live)
    assert eyes.sees("UNCONFIRMED")
    assert eyes.sees("A challenge was set, and the proof shown answers none.")


def test_a_challenge_is_over_after_two_minutes(device: DeviceInHand) -> None:
    eyes = challenged(device)
    challenge = device.app.session.challenge
    assert challenge is not None
    for _ in range(13):
        device.app.session.touch()
        eyes.wait(10)
    assert eyes.sees("This challenge is over. Set a new one."), eyes.texts()
    assert zxingcpp.read_barcodes(eyes.screenshot()) == []
    take(device, answer(device, challenge.nonce))
    assert eyes.sees("UNCONFIRMED")


def test_a_new_challenge_replaces_the_one_before(device: DeviceInHand) -> None:
    eyes = challenged(device)
    first = device.app.session.challenge
    eyes.tap("New challenge")
    assert first is not None
    assert device.app.session.challenge is not first
    take(device, answer(device, first.nonce))
    assert eyes.sees("WRONG HOLDER")


def test_no_two_challenges_are_alike_and_a_clock_set_back_ends_one() -> None:
    challenges = [Challenge(NOW) for _ in range(200)]
    assert len({one.nonce for one in challenges}) == len({one.characters for one in challenges}) == 200
    assert challenges[0].seconds_left(NOW) == 120
    assert challenges[0].seconds_left(NOW + timedelta(seconds=121)) == 0
    assert challenges[0].seconds_left(NOW - timedelta(seconds=5)) == 0
