"""The wallet from outside: its installed program in a window on a display, a hand at pointer and keyboard.

From the first step over PIN and offer to a code that is read off the display and found valid on board.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Final

import pytest
import zxingcpp
from kivy.utils import get_color_from_hex
from support.issuer_app import HandClock, Office
from support.issuer_directory import on_board
from support.issuer_server import serving
from support.x_display import XDisplay

from verifier.credential import carrier
from verifier.credential.frames import Collector, is_frame
from verifier.decision import verify_all
from verifier.status import StatusBook, verify_list
from verifier.ui.theme import LIGHT
from verifier.verdict import Valid

pytestmark = [pytest.mark.screen, pytest.mark.loopback]

PROGRAM: Final = Path(sys.executable).with_name("ombord-wallet")
PIN: Final = "314159"
PRIMARY: Final = tuple(round(255 * part) for part in get_color_from_hex(LIGHT["primary"])[:3])
AGAIN: Final = 10.0  # seconds without an answer, after which somebody presses again
BAR: Final = 300  # pixels: of a phone's width, what only the main action's button fills in one colour


@pytest.fixture
def display(tmp_path: Path) -> Iterator[XDisplay]:
    with XDisplay(tmp_path / "display") as started:
        yield started


def main_action(display: XDisplay) -> tuple[int, int] | None:
    """Where the main action is, if there is one: in the upper part of its button, clear of its words."""
    picture = display.screenshot()
    pixels = picture.load()
    assert pixels is not None
    for y in range(picture.height - 1, 0, -2):
        blue = [x for x in range(picture.width) if pixels[x, y] == PRIMARY]
        if len(blue) >= BAR and blue[-1] - blue[0] == len(blue) - 1:
            return blue[len(blue) // 2], y - 4
    return None


def dots(display: XDisplay) -> int:
    """How many of the PIN's six dots are filled: runs of the main colour below the lock."""
    picture = display.screenshot()
    pixels = picture.load()
    assert pixels is not None
    rows = ([pixels[x, y] == PRIMARY for x in range(picture.width)] for y in range(320, 420))
    return max(sum(here and not before for before, here in pairwise(row)) for row in rows)


def has_dots(display: XDisplay, number: int) -> bool:
    return dots(display) == number


def read_off(display: XDisplay) -> str | None:
    """What a camera reads off the display."""
    found = zxingcpp.read_barcodes(display.screenshot(), formats=zxingcpp.BarcodeFormat.QRCode)
    return found[0].text if found else None


def press_main(display: XDisplay) -> None:
    """Press it, and see that the screen has changed; as a thumb does, again where nothing has come of it.

    A screen that slides takes its main action along: a press may come to where that was.
    """
    display.wait_for(lambda: main_action(display) is not None, "no main action")
    before, pressed = display.screenshot(), float("-inf")

    def has_changed() -> bool:
        nonlocal pressed
        if display.screenshot() != before:
            return True
        place = main_action(display)
        if place is not None and monotonic() - pressed > AGAIN:
            display.xdotool("mousemove", *map(str, place), "mousedown", "1", "sleep", "0.1", "mouseup", "1")
            pressed = monotonic()
        return False

    display.wait_for(has_changed, "nothing happened")


def type_pin(display: XDisplay) -> None:
    """Digit by digit, each of which fills a dot; after the sixth there are none."""
    for number, digit in enumerate(PIN, 1):
        display.xdotool("key", digit)
        if number < len(PIN):
            display.wait_for(partial(has_dots, display, number), f"digit {number} was not taken")
    display.wait_for(lambda: dots(display) < len(PIN) - 1, "the PIN was not taken")


def shown_on(display: XDisplay) -> bytes:
    """What an inspector's camera puts together that looks at the display; moving frames take a while."""
    collector, whole = Collector(), []

    def look() -> bool:
        text = read_off(display)
        if text is not None:
            wire = collector.add(text).wire if is_frame(text) else carrier.from_qr_text(text)
            whole.extend([wire] if wire is not None else [])
        return bool(whole)

    display.wait_for(look, "no code can be read")
    return whole[0]


def is_valid_on_board(office: Office, wire: bytes) -> bool:
    """Judged with the directory and the list that the authority serves now."""
    now = datetime.now(UTC)
    known = on_board(office.settings, now)
    token = office.client.get(f"{office.settings.base_url}/status/1").text
    book = StatusBook([verify_list(token, directory=known)])
    verdicts = verify_all(carrier.to_qr_text(wire), directory=known, status=book, at=now)
    return bool(verdicts) and all(isinstance(verdict, Valid) for verdict in verdicts)


def test_whoever_follows_the_main_action_comes_from_the_first_step_to_a_valid_code(
    display: XDisplay, tmp_path: Path
) -> None:
    with serving(tmp_path, clock=HandClock(datetime.now(UTC))) as office:
        offer = office.offer()
        home = str(tmp_path / "phone")
        command = [str(PROGRAM), "--home", home, "--offer", offer.link, "--tx-code", offer.tx_code]
        display.start(command, HOME=str(tmp_path), LANG="en_GB.UTF-8")
        press_main(display)
        display.wait_for(lambda: main_action(display) is None, "the PIN is not asked for")
        type_pin(display)
        type_pin(display)
        # Add certificates, Pick up, Show my certificates, All in one code
        display.wait_for(lambda: read_off(display) is not None or press_main(display) is not None, "no code")
        assert is_valid_on_board(office, shown_on(display))
