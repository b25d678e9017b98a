"""What tired eyes need of the lock, the first steps, settings and backups."""

from collections.abc import Iterator

import pytest
from kivy.metrics import Metrics
from support.looks import require_contrast, require_targets, require_whole_words
from support.phone import Phone
from support.scenario import competency
from support.wallet import PhoneInHand

pytestmark = pytest.mark.screen


@pytest.fixture
def large_text() -> Iterator[None]:
    Metrics.fontscale = 1.5
    yield
    Metrics.fontscale = 1.0


def screens(phone: PhoneInHand, *, dark: bool = False) -> Iterator[tuple[Phone, str]]:
    """Stop at each screen in turn."""
    eyes = phone.open_wallet(competency(), locks=True, dark=dark)
    yield eyes, "welcome"
    eyes.tap(eyes.scroll_to("Start"))
    yield eyes, "choose a PIN"
    phone.app.finish_onboarding()
    app = phone.app
    for name, opened in (
        ("settings", app.open_settings),
        ("change the PIN", app.open_change_pin),
        ("diagnostics", app.open_diagnostics),
        ("backup", app.open_backup),
        ("restore", app.open_restore),
        ("forgotten", app.forget_pin),
    ):
        opened()
        yield eyes.wait(0.5), name
        if name == "settings":
            yield eyes.swipe(600), "settings, further down"
        if name == "backup":
            app.screen_of("backup").show_words()
            yield eyes.wait(0.2), "words"
            app.screen_of("backup").check()
            yield eyes.wait(0.2), "check"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_words_stand_out_from_their_ground(phone: PhoneInHand, dark: bool) -> None:
    for eyes, screen in screens(phone, dark=dark):
        require_contrast(eyes, screen)


@pytest.mark.usefixtures("large_text")
def test_no_words_are_clipped_or_covered_at_one_and_a_half_size(phone: PhoneInHand) -> None:
    for eyes, screen in screens(phone):
        require_whole_words(eyes, screen)


def test_everything_that_can_be_tapped_is_large_enough_and_has_a_name(phone: PhoneInHand) -> None:
    for eyes, screen in screens(phone):
        require_targets(eyes, screen)
