"""What tired eyes need of the crew's screens: contrast, whole words at large text, large targets."""

from collections.abc import Iterator

import pytest
from support.crew_in_hand import Inspector
from support.inspector import DeviceInHand
from support.looks import require_contrast, require_targets, require_whole_words
from support.scenario import TODAY
from support.simulator import DAY

from verifier.inspector.ui import routes

pytestmark = pytest.mark.screen
LONG = "Wolfeschlegelsteinhausenbergerdorff-Østergård"


def screens(inspector: Inspector) -> Iterator[str]:
    """Stop at each part of each screen, with a crew of whom one is short of a medical certificate."""
    eyes, app = inspector.eyes, inspector.device.app
    app.session.choose(keeps_records=True)
    inspector.loads_manning()
    yield from parts(inspector, "ship")
    app.go(routes.HOME)
    app.go("crew")
    eyes.wait(0.4)
    yield "nobody yet"
    inspector.scans_sailor(1, LONG, "master")
    inspector.scans_sailor(2, "Virtanen", "chief-mate", expiry=TODAY - 20 * DAY)
    yield "scan"
    app.go("crew")
    eyes.wait(0.5)
    yield from parts(inspector, "crew")
    inspector.opens("Kim Virtanen")
    yield from parts(inspector, "person")
    eyes.tap("Back to the crew")
    app.screen("crew").add_paper()
    eyes.wait(0.4)
    eyes.tap("Add this paper")
    yield from parts(inspector, "paper")
    app.go("report")
    eyes.wait(0.4)
    app.screen("report").toggle_sign()
    app.screen("report").keep()
    eyes.wait(0.3)
    yield from parts(inspector, "report")
    app.go("records")
    eyes.wait(0.4)
    yield from parts(inspector, "records")


def parts(inspector: Inspector, name: str) -> Iterator[str]:
    """A screen from top to end, a swipe at a time."""
    scroll = inspector.device.app.screens.current_screen.ids.scroll
    for number in range(30):
        yield f"{name}, part {number}"
        before = scroll.scroll_y
        if before <= 0 or scroll.viewport_size[1] <= scroll.height:
            break
        inspector.eyes.swipe(500)
        if scroll.scroll_y == before:
            break


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_words_of_the_crews_screens_stand_out_from_their_ground(device: DeviceInHand, dark: bool) -> None:
    inspector = Inspector(device, dark=dark)
    for screen in screens(inspector):
        require_contrast(inspector.eyes, screen)


def test_no_words_of_the_crews_screens_are_clipped_or_covered_at_one_and_a_half_size(
    device: DeviceInHand,
) -> None:
    inspector = Inspector(device, text_size=150)
    for screen in screens(inspector):
        require_whole_words(inspector.eyes, screen)


def test_everything_on_the_crews_screens_is_large_enough_to_tap_and_has_a_name(device: DeviceInHand) -> None:
    inspector = Inspector(device)
    for screen in screens(inspector):
        require_targets(inspector.eyes, screen)


def test_markup_and_hostile_letters_in_a_name_are_shown_and_not_obeyed(device: DeviceInHand) -> None:
    inspector = Inspector(device)
    inspector.scans_sailor(1, "[b]Li[/b]", "master")
    inspector.scans_sailor(2, "A\u202eB", "master")
    assert inspector.eyes.sees("could not be read")
    inspector.device.app.go("crew")
    inspector.eyes.wait(0.5)
    said = inspector.all_words()
    assert "Kim [b]Li[/b]" in said
    assert "1 person" in said
