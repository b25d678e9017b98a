"""The app while its store is opened and read: calm, safe to tap at, and silent on what was not judged yet."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch
from support.phone import Phone
from support.scenario import TODAY, competency, medical
from support.simulator import DAY
from support.wallet import PhoneInHand, Scripted, fill

from verifier.credential.model import Certificate, CertificateType
from verifier.ui.background import ImmediateBackground
from verifier.ui.work import WorkError
from wallet_app.core import lock as locks
from wallet_app.ui import list_screen
from wallet_app.ui.list_screen import IN_VIEW

pytestmark = pytest.mark.screen

MANY = 120
OFFER = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fevil.example%2Foffer"


class SlowBackground(ImmediateBackground):
    """Nothing is done before `go_on` lets the next piece of work end."""

    def __init__(self) -> None:
        self.waiting: deque[Callable[[], None]] = deque()

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[WorkError], None],
    ) -> None:
        self.waiting.append(lambda: super(SlowBackground, self).run(work, done, failed))

    def go_on(self, eyes: Phone) -> Phone:
        self.waiting.popleft()()
        return eyes.wait(0.5)


@pytest.fixture
def slowly(phone: PhoneInHand) -> SlowBackground:
    phone.background = background = SlowBackground()
    return background


def many() -> list[Certificate]:
    """Half of them have expired."""
    return [
        competency(
            type=CertificateType.PROFICIENCY,
            document_number=f"NO-COP-{number:03}",
            stcw_code=("VI/3",),
            capacities=(),
            functions=(),
            expiry_date=TODAY + (-1 if number % 2 else 900) * DAY,
        )
        for number in range(MANY)
    ]


def tap_everywhere(eyes: Phone) -> None:
    width, height = Window.size
    for across in range(20, width, 60):
        for up in range(20, height, 60):
            touch = UnitTestTouch(across, up)
            touch.touch_down()
            touch.touch_up()
            eyes.frame()


def test_first_comes_a_calm_screen_that_nothing_can_be_done_on(
    phone: PhoneInHand, slowly: SlowBackground, tmp_path: Path
) -> None:
    fill(phone.home / "vault", phone.keys, [competency()])
    eyes = phone.open_wallet()
    assert eyes.texts()[-1] == "Opening your certificates"
    tap_everywhere(eyes)
    Window.dispatch("on_drop_file", str(tmp_path / "offer.png").encode(), 0, 0)
    phone.app.offered(OFFER)
    phone.app.open_settings()
    assert eyes.wait(1).texts()[-1] == "Opening your certificates"
    assert len(slowly.waiting) == 1, "it is opened once"


def test_nothing_is_said_of_any_certificate_before_it_was_judged(
    phone: PhoneInHand, slowly: SlowBackground
) -> None:
    fill(phone.home / "vault", phone.keys, [medical(TODAY - DAY), competency()])
    eyes = phone.open_wallet()
    slowly.go_on(eyes)
    assert eyes.sees("Reading your certificates")
    assert [text for text in eyes.texts() if text in {"Valid", "Expired", "Master", "1", "2", "Sync"}] == []
    slowly.go_on(eyes)
    assert eyes.sees("Expired")
    assert eyes.sees("Valid")
    assert not eyes.sees("Reading your certificates")


def test_taps_while_it_is_read_do_nothing_and_a_link_is_looked_at_after(
    phone: PhoneInHand, slowly: SlowBackground
) -> None:
    fill(phone.home / "vault", phone.keys, [competency()])
    eyes = phone.open_wallet(transport=Scripted({}))
    slowly.go_on(eyes)
    tap_everywhere(eyes)
    phone.app.offered(OFFER)
    assert eyes.wait(1).sees("Reading your certificates")
    assert len(slowly.waiting) == 1
    slowly.go_on(eyes)
    assert phone.app.navigation.current == "add"


def test_pin_may_be_right_before_all_is_read(
    phone: PhoneInHand, slowly: SlowBackground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "MEMORY_KIB", 64)
    monkeypatch.setattr(locks, "ITERATIONS", 1)
    eyes = phone.open_wallet(competency(), pin="314159")
    slowly.go_on(eyes)
    for digit in "314159":
        eyes.tap(digit)
    reading = slowly.waiting.popleft()
    slowly.go_on(eyes)
    assert eyes.sees("Reading your certificates")
    assert not eyes.sees("Master")
    reading()
    assert eyes.wait(0.5).sees("Master")


def test_a_link_waits_for_the_pin_where_the_phone_was_locked_again_before_all_is_read(
    phone: PhoneInHand, slowly: SlowBackground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "MEMORY_KIB", 64)
    monkeypatch.setattr(locks, "ITERATIONS", 1)
    eyes = phone.open_wallet(competency(), pin="314159", transport=Scripted({}))
    slowly.go_on(eyes)
    phone.app.offered(OFFER)
    reading = slowly.waiting.popleft()
    enter(eyes, slowly)
    phone.app.lock_now()
    reading()
    eyes.wait(1)
    assert not slowly.waiting, "in nobody's hand it asks no network"
    assert phone.app.navigation.current == "lock"
    enter(eyes, slowly)
    eyes.wait(0.5)
    assert phone.app.navigation.current == "add"


def enter(eyes: Phone, slowly: SlowBackground) -> None:
    for digit in "314159":
        eyes.tap(digit)
    slowly.go_on(eyes)


def test_of_many_the_first_are_drawn_first_and_none_is_forgotten(
    phone: PhoneInHand, slowly: SlowBackground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_screen, "SLICE_SECONDS", 0.0)  # one more card a frame
    fill(phone.home / "vault", phone.keys, many())
    eyes = phone.open_wallet()
    slowly.go_on(eyes)
    slowly.waiting.popleft()()
    screen = phone.app.screen_of("list")
    seen = []
    for _ in range(MANY + 20):
        eyes.frame()
        seen.append(len(screen.rows))
        assert not eyes.sees("until"), "what ends last is the last of the list"
    assert sorted(set(seen)) == [0, 3, 6, IN_VIEW, MANY]
    assert [row["word"] for row in screen.rows] == ["Expired"] * (MANY // 2) + ["Valid"] * (MANY // 2)


def test_letters_typed_meanwhile_are_searched_for(
    phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_screen, "SLICE_SECONDS", 0.0)
    fill(phone.home / "vault", phone.keys, many())
    eyes = phone.open_wallet()
    screen = phone.app.screen_of("list")
    assert len(screen.rows) < MANY
    screen.ids.search.ids.input.text = "COP-007"
    eyes.wait(2)
    assert [row["issued"][-7:] for row in screen.rows] == ["COP-007"]


def test_files_that_cannot_be_set_aside_keep_store_and_pauses(
    phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(phone.home / "vault", phone.keys, [competency()])
    (phone.home / "vault" / "vault-1").write_bytes(b"half a fi")
    eyes = phone.open_wallet()
    phone.app.tries.count_one()
    earned = phone.app.tries.failures

    def full() -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(phone.app, "_set_aside", full)
    eyes.tap("Start again")
    assert eyes.sees("For support: the store cannot be set aside: Read-only file system")
    assert phone.app.tries.failures == earned
