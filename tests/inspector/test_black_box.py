"""The program as it is installed, in a window on a display: a folder is its camera, its verdict is seen."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFont
from support.scenario import PHONE, competency, show
from support.ship_store import Shore
from support.simulator import Authority
from support.x_display import XDisplay

from benchmarks.frames import Conditions, frame
from verifier import pack_commands
from verifier.credential import carrier, qr
from verifier.ui.fonts import ASSETS
from verifier.ui.theme import STRONG

PROGRAM = Path(sys.executable).with_name("ombord-inspector")
SEED = 20261122
SHOTS = 6  # of the camera's film
DESK = 90  # its grey
DESK_SEEN = "#5A5A5A"
HEADLINE_PX = 52  # at density 1
GOOD, BAD = STRONG["good"][0], STRONG["bad"][0]


@pytest.fixture
def display(tmp_path: Path) -> Iterator[XDisplay]:
    with XDisplay(tmp_path / "display") as started:
        yield started


def good(_: Authority, credential: str) -> None:
    """As it was issued."""


def revoked(norway: Authority, credential: str) -> None:
    """Before the pack was made."""
    norway.revoke(credential)


def home_of(norway: Authority, folder: Path) -> Path:
    """A device's home, filled by a real import of what is published today."""
    shore, home = Shore(folder / "shore", norway, at=norway.at), folder / "home"
    pack_commands.take_in(str(shore.pack()), str(shore.root), norway.at, folder=str(home))
    return home


class Desk:
    """What the camera sees, over and over: a desk, and before it a phone while one is held up."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.take_away()

    def hold_up(self, text: str) -> None:
        """A phone with this code comes into view."""
        random, matrix = Random(SEED), qr.matrix(carrier.to_qr_text(carrier.pack(text)))
        for number in range(1, SHOTS):
            self._lay(number, frame(matrix, Conditions.draw(random), number).convert("L"))

    def take_away(self) -> None:
        """Nothing but the desk."""
        for number in range(SHOTS):
            self._lay(number, Image.new("L", (1280, 720), DESK))

    def _lay(self, number: int, picture: Image.Image) -> None:
        """In place of the one before, in one step: the camera may be reading it."""
        written = self.folder / f"{number}.tmp"
        picture.save(written, "PNG", compress_level=1)
        written.replace(self.folder / f"{number}.png")


def share_of(picture: Image.Image, colour: str) -> float:
    """How much of a picture has exactly this colour."""
    plain = Image.new("RGB", picture.size, colour)
    same = ImageChops.difference(picture, plain).convert("L").point(lambda level: 255 * (level == 0))
    return same.histogram()[255] / (picture.width * picture.height)


@pytest.mark.parametrize(
    ("happens", "colour", "word", "other"),
    [(good, GOOD, "VALID", "REVOKED"), (revoked, BAD, "REVOKED", "VALID")],
    ids=["valid", "revoked"],
)
def test_a_code_before_the_camera_fills_the_window_with_its_verdict(
    display: XDisplay,
    tmp_path: Path,
    happens: Callable[[Authority, str], None],
    colour: str,
    word: str,
    other: str,
) -> None:
    norway = Authority("NO", at=datetime.now(UTC))
    credential = norway.issue(competency(), PHONE)
    happens(norway, credential)
    desk = Desk(tmp_path / "frames")
    home = home_of(norway, tmp_path)

    def head() -> float:
        return share_of(display.screenshot(), colour)

    def hand() -> None:
        desk.hold_up(show(credential, at=datetime.now(UTC)))

    display.start([str(PROGRAM), "--home", str(home), "--frames", str(desk.folder)])
    display.wait_for(
        lambda: share_of(display.screenshot(), DESK_SEEN) > 0.05, "the camera's view was not seen"
    )
    hand()
    display.wait_for(lambda: head() > 0.2, f"no {word} was seen")
    display.wait_for(lambda: likeness(display.screenshot(), colour, word) > 0.8, f"{word} was not read")
    assert likeness(display.screenshot(), colour, word) > likeness(display.screenshot(), colour, other) + 0.2
    desk.take_away()  # or the camera would read it again at once, and nobody see that the verdict went
    display.xdotool("key", "Escape")  # back to the first screen, where the camera looks again
    display.wait_for(lambda: head() < 0.1, "the verdict did not go")
    hand()
    display.wait_for(lambda: head() > 0.2, f"no {word} was seen again")


def likeness(seen: Image.Image, colour: str, word: str) -> float:
    """How well the best place in the middle of the head shows `word` in the app's own letters: up to 1."""
    font = ImageFont.truetype(str(Path(ASSETS) / "Inter-Bold.ttf"), HEADLINE_PX)
    left, top, right, bottom = font.getbbox(word)
    wanted = Image.new("L", (round(right - left), round(bottom - top)))
    ImageDraw.Draw(wanted).text((-left, -top), word, fill=255, font=font)
    ink = _ink(seen, colour)
    begin = (ink.width - wanted.width) // 2
    places = ((begin + aside, y) for aside in (-1, 0, 1) for y in range(ink.height - wanted.height))
    return max(_alike(ink.crop((x, y, x + wanted.width, y + wanted.height)), wanted) for x, y in places)


def _ink(seen: Image.Image, colour: str) -> Image.Image:
    """White on black: what is drawn in white on the head, which has this colour from edge to edge."""
    plain = Image.new("RGB", seen.size, colour)
    same = ImageChops.difference(seen, plain).convert("L").point(lambda level: 255 * (level == 0))
    head = seen.crop(same.getbbox())
    ground = min(ImageColor.getrgb(colour))
    darkest = min(head.split(), key=lambda band: band.getpixel((2, 2)))
    return darkest.point(lambda level: max(0, (level - ground) * 255 // (255 - ground)))


def _alike(one: Image.Image, other: Image.Image) -> float:
    total = _sum(one) + _sum(other)
    return 1 - _sum(ImageChops.difference(one, other)) / total if total else 0.0


def _sum(picture: Image.Image) -> int:
    return sum(level * count for level, count in enumerate(picture.histogram()))
