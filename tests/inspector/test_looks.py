"""What tired eyes need of the inspector's app in an engine room: contrast, whole words, large targets.

The gallery holds the same screens to contrast and targets in the dark at the largest text: here is the rest.
"""

from collections.abc import Iterator

import pytest
from support import passes
from support.inspector import DeviceInHand
from support.looks import require_contrast, require_targets, require_whole_words
from support.phone import Phone
from support.scenario import PHONE, competency, show, tampered

from verifier.inspector.core.verdict_state import Signal
from verifier.inspector.ui.verdict_parts import GROUND
from verifier.ui.theme import STRONG

pytestmark = pytest.mark.screen


def screens(device: DeviceInHand, eyes: Phone) -> Iterator[str]:
    """Stop at each screen in turn."""
    yield "first"
    credential = device.norway.issue(competency(remarks="Only with a pilot"), PHONE)
    sea_pass = passes.issue(device.norway)
    device.imports()
    for name, presented in (
        ("remark", show(credential)),
        ("tampered", show(tampered(credential))),
        ("not readable", "https://evil.example/a-long-address-that-goes-on-and-on"),
        ("pass", show(sea_pass)),
    ):
        device.app.take(presented)
        eyes.wait(0.4)
        yield name
    device.app.take(show(credential))
    eyes.wait(0.4).tap("Compare with document")
    yield "compare, which document"
    eyes.tap("Passport")
    yield "compare"
    for name in ("Challenge", "Paste or picture", "Settings"):
        device.app.home()
        eyes.wait(0.4).tap(name)
        yield name
    device.app.home()
    eyes.wait(0.4).tap("Show trust data").wait(0.3)
    yield "trust"


def opened(device: DeviceInHand, *, dark: bool, large: bool = False) -> Phone:
    eyes = device.open(dark=dark)
    if large:
        device.app.session.choose(text_size=150)
        device.app.rebuild()
        eyes.wait(0.4)
    return eyes


def test_all_words_stand_out_from_their_ground(device: DeviceInHand) -> None:
    eyes = opened(device, dark=False)
    for screen in screens(device, eyes):
        require_contrast(eyes, screen)


@pytest.mark.parametrize("large", [False, True], ids=["1.0", "1.5"])
def test_no_words_are_clipped_or_drawn_over_one_another(device: DeviceInHand, large: bool) -> None:
    eyes = opened(device, dark=False, large=large)
    for screen in screens(device, eyes):
        require_whole_words(eyes, screen)


def test_everything_that_can_be_tapped_is_large_enough_and_has_a_name(device: DeviceInHand) -> None:
    eyes = opened(device, dark=False)
    for screen in screens(device, eyes):
        require_targets(eyes, screen)


@pytest.mark.parametrize("signal", list(Signal))
def test_each_verdicts_ink_stands_out_from_its_colour(signal: Signal) -> None:
    from support.looks import luminance

    def of(colour: str) -> float:
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        return luminance((red, green, blue))

    darker, lighter = sorted(of(colour) for colour in STRONG[GROUND[signal]])
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_no_word_of_a_headline_is_broken_at_the_largest_text(device: DeviceInHand) -> None:
    from verifier.inspector.ui.frame import Shout

    eyes = opened(device, dark=False, large=True)
    for words in ("UNCONFIRMED", "CLOCK UNTRUSTED", "NOT VALID FOR THIS SHIP OR DUTY"):
        shout = Shout(value=words, width=300)
        eyes.wait(0.1)
        widest = max(shout._label.get_extents(word)[0] for word in words.split())
        assert widest <= 301, words


def test_the_first_screen_opens_in_the_dark_as_well(device: DeviceInHand) -> None:
    eyes = opened(device, dark=True)
    assert sum(eyes.screenshot().getpixel((2, 70))[:3]) < 150  # type: ignore[index] # RGB
