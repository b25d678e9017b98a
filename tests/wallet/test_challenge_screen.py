"""A challenge as a person answers it: scanned or typed, shown once, for two minutes."""

import pytest
import zxingcpp
from PIL import Image
from support.phone import NotOnScreen, Phone
from support.scenario import competency, medical
from support.simulator import NOW, Authority, directory
from support.wallet import NoNetwork, PhoneInHand, Scripted

from verifier.credential import presentation
from verifier.decision import verify
from verifier.policy import Policy
from verifier.status import StatusBook, verify_list
from verifier.ui.ports.camera import FakeCamera, Frame
from verifier.verdict import Headline, Verdict

pytestmark = pytest.mark.screen

NONCE = bytes(range(8))


def scanned(eyes: Phone) -> str:
    (code,) = zxingcpp.read_barcodes(eyes.screenshot(), formats=zxingcpp.BarcodeFormat.QRCode)
    return code.text


def judged(presented: str, nonce: bytes) -> Verdict:
    norway = Authority("NO", at=NOW)
    known = directory(norway, at=NOW)
    book = StatusBook([verify_list(norway.status_list(), directory=known)], pack="test")
    return verify(presented, directory=known, status=book, policy=Policy(), at=NOW, challenge=nonce)


def frame_of(text: str) -> Frame:
    """What a camera sees that looks at a QR code of this text."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    picture = Image.fromarray(code.to_image(scale=6)).convert("L")
    ground = Image.new("L", (640, 480), 255)
    ground.paste(picture, ((640 - picture.width) // 2, (480 - picture.height) // 2))
    return Frame(ground.tobytes(), 640, 480)


def ask(phone: PhoneInHand) -> Phone:
    eyes = phone.open_wallet(competency(), transport=NoNetwork())
    eyes.tap("Show the code of Master")
    return eyes.tap(eyes.scroll_to("Answer a challenge"))


def test_six_typed_characters_are_answered_with_the_certificate_that_was_in_view(phone: PhoneInHand) -> None:
    eyes = ask(phone)
    eyes.tap("Six characters").type("k7m2qx")
    eyes.tap("Show the answer")
    assert eyes.sees("Answers the inspector's challenge K7M2QX, once")
    assert eyes.sees("Ends in 1")
    assert judged(scanned(eyes), b"\0\0K7M2QX").headline is Headline.VALID
    assert phone.app.wallet.history[-1].reader == "challenger"


def test_an_answer_does_not_change_and_ends_after_two_minutes(phone: PhoneInHand) -> None:
    eyes = ask(phone)
    eyes.tap("Six characters").type("K7M2QX")
    eyes.tap("Show the answer")
    first = scanned(eyes)
    assert scanned(eyes.wait(60)) == first
    eyes.wait(61)
    assert eyes.sees("This answer has run out. Ask the inspector for a new challenge.")
    assert zxingcpp.read_barcodes(eyes.screenshot()) == []


def test_a_challenge_is_answered_once(phone: PhoneInHand) -> None:
    eyes = ask(phone)
    eyes.tap("Six characters").type("K7M2QX")
    eyes.tap("Show the answer")
    eyes.tap(eyes.scroll_to("Answer a challenge"))
    eyes.tap("Six characters").type("K7M2QX")
    eyes.tap("Show the answer")
    assert eyes.sees("has answered that challenge already")


def test_what_is_no_challenge_is_said_and_can_be_mended(phone: PhoneInHand) -> None:
    eyes = ask(phone)
    eyes.tap("Six characters").type("K7M2Q0")
    eyes.tap("Show the answer")
    assert eyes.sees("That is no challenge.")
    eyes.press_back()
    assert eyes.sees("New code in"), "back to the code"


def test_the_inspectors_code_is_scanned_by_the_camera(phone: PhoneInHand) -> None:
    phone.camera = FakeCamera([None, frame_of(presentation.challenge_text(NONCE))])
    eyes = ask(phone)
    eyes.tap("Scan the inspector's code").wait(1)
    assert eyes.sees("Answers the inspector's challenge"), eyes.texts()
    assert judged(scanned(eyes), NONCE).headline is Headline.VALID
    assert not phone.camera.is_open


def test_without_a_camera_the_characters_can_still_be_typed(phone: PhoneInHand) -> None:
    eyes = ask(phone)
    eyes.tap("Scan the inspector's code").wait(0.5)
    assert eyes.sees("No camera can be used.")
    eyes.tap("Stop")
    assert eyes.find("Six characters")


def test_from_the_list_all_certificates_answer(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), medical(), transport=NoNetwork())
    eyes.tap("More").tap("Answer a challenge")
    eyes.tap("Six characters").type("K7M2QX")
    eyes.tap("Show the answer")
    assert eyes.sees("All certificates")
    assert eyes.sees("Answers the inspector's challenge K7M2QX, once")


def test_an_empty_wallet_has_nothing_to_answer_with(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(transport=NoNetwork())
    eyes.tap("More").tap("Answer a challenge")
    eyes.tap("Six characters").type("K7M2QX")
    eyes.tap("Show the answer")
    assert eyes.sees("there is nothing to answer with")


# The camera, and what else a code may be


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://www.example.com/menu", "This is not a certificate: it is a web address, www.example.com"),
        ("WIFI:T:WPA;S:Crew;P:secret;;", "it is the key of a wireless network"),
        ("7312040017072", "it is some other text"),
        ("OB1:ABCDEF", "This is a certificate's own code"),
    ],
)
def test_another_code_is_named_and_nothing_is_opened(phone: PhoneInHand, text: str, words: str) -> None:
    phone.camera = FakeCamera([frame_of(text)])
    network = Scripted({})
    eyes = phone.open_wallet(transport=network)
    eyes.tap("Add certificates").tap("Scan the QR code").wait(1)
    assert eyes.sees(words), eyes.texts()
    assert network.sent == []
    eyes.tap("Try another one")
    assert eyes.sees("Paste the link")


def test_a_challenge_in_the_wrong_place_is_answered_too(phone: PhoneInHand) -> None:
    phone.camera = FakeCamera([frame_of(presentation.challenge_text(NONCE))])
    eyes = phone.open_wallet(competency(), medical(), transport=NoNetwork())
    eyes.tap("Add certificates").tap("Scan the QR code").wait(1)
    assert eyes.sees("Answers the inspector's challenge"), eyes.texts()


def test_the_camera_is_let_go_of_when_the_screen_is_left(phone: PhoneInHand) -> None:
    phone.camera = FakeCamera()
    eyes = phone.open_wallet(transport=NoNetwork())
    eyes.tap("Add certificates").tap("Scan the QR code")
    assert phone.camera.is_open
    eyes.press_back()
    assert not phone.camera.is_open
    with pytest.raises(NotOnScreen):
        eyes.find("Stop")
