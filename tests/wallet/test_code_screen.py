"""The live code: read from the pixels by another decoder, judged by the verifier, new every 15 seconds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from support.phone import Phone
from support.scenario import competency
from support.simulator import NOW, Authority, directory, seeded_signer
from support.wallet import PhoneInHand, wallet_of

from verifier.credential import carrier
from verifier.decision import verify
from verifier.policy import Policy
from verifier.status import StatusBook, verify_list
from verifier.verdict import Headline, Verdict
from wallet_app.core.holder import ClockIsWrong

pytestmark = pytest.mark.screen


def scanned(eyes: Phone) -> str:
    """What a decoder that is not ours reads from the screen."""
    (code,) = zxingcpp.read_barcodes(eyes.screenshot(), formats=zxingcpp.BarcodeFormat.QRCode)
    return code.text


def judged(presented: str, eyes: Phone) -> Verdict:
    norway = Authority("NO", at=NOW)
    known = directory(norway, at=NOW)
    book = StatusBook([verify_list(norway.status_list(), directory=known)], pack="test")
    return verify(presented, directory=known, status=book, policy=Policy(), at=eyes.now())


def _shades(picture: Image.Image) -> set[int]:
    return {shade for shade, count in enumerate(picture.histogram()) if count}


def show(phone: PhoneInHand, *, dark: bool = False) -> Phone:
    eyes = phone.open_wallet(competency(), dark=dark)
    return eyes.tap("Master").tap("Show code")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_code_on_the_screen_is_a_presentation_that_verifies(phone: PhoneInHand, dark: bool) -> None:
    eyes = show(phone, dark=dark)
    verdict = judged(scanned(eyes), eyes)
    assert verdict.headline is Headline.VALID, verdict
    assert carrier.unpack(carrier.from_qr_text(scanned(eyes))).startswith(phone.texts[0])


def test_code_changes_every_15_seconds_and_not_before(phone: PhoneInHand) -> None:
    eyes = show(phone)
    first = scanned(eyes)
    assert scanned(eyes.wait(14)) == first
    second = scanned(eyes.wait(1))
    assert second != first
    assert judged(second, eyes).headline is Headline.VALID
    assert scanned(eyes.wait(15)) not in {first, second}


def test_screenshot_shown_ten_minutes_later_is_unconfirmed(phone: PhoneInHand) -> None:
    eyes = show(phone)
    screenshot = scanned(eyes)
    assert judged(screenshot, eyes.wait(600)).headline is Headline.UNCONFIRMED


def test_countdown_and_clock_run(phone: PhoneInHand) -> None:
    eyes = show(phone)
    before = [text for text in eyes.texts() if "New code in" in text or ":" in text]
    eyes.wait(3)
    assert before != [text for text in eyes.texts() if "New code in" in text or ":" in text]
    assert any(text.startswith("New code in 1") for text in eyes.texts())


def test_a_clock_that_is_set_back_gets_a_new_code_at_once(phone: PhoneInHand) -> None:
    eyes = show(phone)
    first = scanned(eyes)
    eyes.set_clock(NOW - timedelta(minutes=4))
    second = scanned(eyes.wait(0.5))
    assert second != first
    eyes.set_clock(NOW)
    assert judged(second, eyes).headline is Headline.VALID, "made four minutes ago"


def test_looking_is_labelled_as_no_proof(phone: PhoneInHand) -> None:
    assert show(phone).sees("Scan it: looking is no proof")


def test_number_authority_and_holder_stay_beside_the_code(phone: PhoneInHand) -> None:
    eyes = show(phone)
    for words in ("NO-COC-0001", "Sjøfartsdirektoratet", "Ingrid Østergård", "born 12 Apr 1988"):
        assert eyes.sees(words), eyes.texts()


def test_screen_is_held_up_while_the_code_is_shown(phone: PhoneInHand) -> None:
    eyes = show(phone)
    assert phone.screen.is_held_up
    eyes.tap("Close")
    assert not phone.screen.is_held_up
    assert eyes.sees("Show code"), "back to the certificate"


def test_modules_are_whole_pixels_in_a_white_quiet_zone(phone: PhoneInHand) -> None:
    eyes = show(phone, dark=True)
    view = next(widget for widget in eyes.widgets() if type(widget).__name__ == "QRView")
    around = eyes.picture_of(view).convert("L")
    pixels = int(min(around.size) // view.modules)
    side = pixels * int(view.modules)
    left, top = (round((length - side) / 2) for length in around.size)
    code = around.crop((left, top, left + side, top + side))
    assert _shades(code) == {0, 255}, "black and white, nothing between"
    assert _shades(code.crop((0, 0, 4 * pixels, side))) == {255}
    assert _shades(code.crop((0, 0, side, 4 * pixels))) == {255}
    first_module = code.crop((4 * pixels, 4 * pixels, 5 * pixels, 5 * pixels))
    assert _shades(first_module) == {0}


def test_certificate_of_another_phone_shows_a_static_code_and_says_so(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency())
    phone.close()
    phone.keys._holder = seeded_signer("another phone")
    eyes = phone.open_wallet()
    assert eyes.sees("Not bound to this phone")
    eyes.tap("Show the code of Master")
    assert eyes.sees("This code does not change")
    assert carrier.unpack(carrier.from_qr_text(scanned(eyes))) == phone.texts[0]


def test_certificate_too_long_for_a_code_says_so_and_keeps_its_number_in_view(phone: PhoneInHand) -> None:
    prose = "".join(chr(0x4E00 + (n * 7_919) % 20_000) for n in range(1_900))
    eyes = phone.open_wallet(competency(remarks=prose))
    eyes.tap("Show the code of Master").wait(16)
    assert eyes.sees("too long for a code")
    assert eyes.sees("NO-COC-0001")
    assert zxingcpp.read_barcodes(eyes.screenshot()) == []


WRONG_TIMES = (
    datetime.min.replace(tzinfo=UTC),
    datetime(1969, 12, 31, tzinfo=UTC),
    datetime(2106, 2, 8, tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
)


@pytest.mark.parametrize("at", WRONG_TIMES, ids=str)
def test_time_that_no_proof_can_state_is_said(tmp_path: Path, at: datetime) -> None:
    wallet = wallet_of(tmp_path, competency(), clock=lambda: at)
    with pytest.raises(ClockIsWrong, match="no proof"):
        wallet.live_code(wallet.held[0])
    wallet.close()


@pytest.mark.parametrize("at", WRONG_TIMES, ids=str)
def test_clock_that_is_wrong_is_said_in_words_and_no_old_code_is_shown(
    phone: PhoneInHand, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    eyes = show(phone)
    monkeypatch.setattr(phone.app.wallet, "clock", lambda: at)
    assert eyes.wait(0.5).sees("clock is wrong"), eyes.texts()
    assert zxingcpp.read_barcodes(eyes.screenshot()) == []
    monkeypatch.undo()
    assert eyes.wait(0.5).sees("Scan it: looking is no proof"), "once it is right again"
    assert judged(scanned(eyes), eyes).headline is Headline.VALID
