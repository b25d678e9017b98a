"""What comes late, after somebody has gone on: an answer to an older question changes nothing."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from support.phone import Phone
from support.scenario import TODAY, competency, medical
from support.simulator import DAY
from support.wallet import NoNetwork, PhoneInHand, ToClient

from verifier.ui.background import ImmediateBackground
from verifier.ui.work import WorkError
from wallet_app.core import lock as locks
from wallet_app.core.vault import VaultError

if TYPE_CHECKING:
    from support.issuer_app import Office

pytestmark = pytest.mark.screen

PIN = "314159"


class HeldBack(ImmediateBackground):
    """Once `holds` is set, work is done when `let_go` is called, the newest first."""

    def __init__(self) -> None:
        self.holds = False
        self.waiting: deque[Callable[[], None]] = deque()

    def run(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[WorkError], None]
    ) -> None:
        def act() -> None:
            super(HeldBack, self).run(work, done, failed)

        if self.holds:
            self.waiting.append(act)
        else:
            act()

    def let_go(self, eyes: Phone) -> Phone:
        while self.waiting:
            self.waiting.pop()()
        return eyes.wait(1)


@pytest.fixture
def slowly(phone: PhoneInHand) -> HeldBack:
    phone.background = background = HeldBack()
    return background


@pytest.fixture
def cheap_derivation() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locks, "MEMORY_KIB", 64)
        patch.setattr(locks, "ITERATIONS", 1)
        yield


def test_consent_that_is_read_is_not_changed_by_the_answer_to_an_older_offer(
    phone: PhoneInHand, slowly: HeldBack, office: "Office"
) -> None:
    first, second = office.offer(), office.offer()
    eyes = phone.open_wallet(transport=ToClient(office.client))
    slowly.holds = True
    phone.app.add(first.link, "111111")
    phone.app.add(second.link, "222222")
    slowly.let_go(eyes)
    step = phone.app.screen_of("add").step
    assert step.code == "222222", "the first one's answer came last"


def test_offer_that_was_left_does_not_come_back(
    phone: PhoneInHand, slowly: HeldBack, office: "Office"
) -> None:
    eyes = phone.open_wallet(transport=ToClient(office.client))
    slowly.holds = True
    phone.app.add(office.offer().link)
    eyes.wait(0.5).press_back()
    eyes.tap("Add certificates")
    slowly.let_go(eyes)
    assert eyes.sees("Paste the offer's link here"), eyes.texts()


@pytest.mark.usefixtures("cheap_derivation")
def test_pin_whose_answer_comes_after_starting_again_opens_nothing(
    phone: PhoneInHand, slowly: HeldBack
) -> None:
    eyes = phone.open_wallet(competency(), pin=PIN)
    slowly.holds = True
    for digit in PIN:
        eyes.tap(digit)
    phone.app.forget_pin()
    eyes.wait(0.5)
    phone.app.start_again()
    slowly.let_go(eyes)
    slowly.holds = False
    slowly.let_go(eyes)
    assert eyes.wait(1).sees("Step 1 of 3"), eyes.texts()


def test_second_tap_on_delete_deletes_once(phone: PhoneInHand, slowly: HeldBack) -> None:
    eyes = phone.open_wallet(competency(), medical(), transport=NoNetwork())
    key = phone.app.wallet.held[0].key
    slowly.holds = True
    phone.app.delete(key)
    phone.app.delete(key)
    slowly.let_go(eyes)
    assert len(phone.app.wallet.held) == 1
    assert len(phone.app.wallet.history) == 1


def test_store_that_could_not_be_read_is_opened_again_by_trying_again(
    phone: PhoneInHand, slowly: HeldBack
) -> None:
    eyes = phone.open_wallet(competency())
    phone.app._stays_closed(WorkError("the app stopped"))
    assert eyes.wait(0.5).sees("Your certificates cannot be opened")
    eyes.tap("Try again")
    assert eyes.sees("Master"), "and not: it is open in another window"


# A full phone, wherever something is written on a tap


def fill_up(phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise VaultError("the store cannot be written: No space left on device")

    monkeypatch.setattr(phone.app.wallet.vault, "update", full)


def test_full_phone_keeps_the_reminder(phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch) -> None:
    eyes = phone.open_wallet(medical(TODAY + 27 * DAY))
    fill_up(phone, monkeypatch)
    eyes.tap("Got it")
    assert eyes.sees("Got it"), "it is said again"


def test_full_phone_keeps_the_history(phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch) -> None:
    eyes = phone.open_wallet(competency())
    eyes.tap("Show the code of Master").press_back()
    fill_up(phone, monkeypatch)
    eyes.tap("More").tap("What was shown")
    eyes.tap(eyes.scroll_to("Empty this list"))
    assert eyes.sees("Today")


def test_full_phone_keeps_an_unfinished_pick_up_and_says_so(
    phone: PhoneInHand, office: "Office", monkeypatch: pytest.MonkeyPatch
) -> None:
    eyes = phone.open_wallet(transport=ToClient(office.client))
    fill_up(phone, monkeypatch)
    phone.app.screen_of("add")._forget()
    phone.app.go("add")
    assert eyes.wait(1).sees("Free some space"), eyes.texts()
