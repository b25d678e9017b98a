"""Adding certificates as a person does it: link or picture, consent, pick-up code, and how it can end."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kivy.core.window import Window
from support.phone import Phone
from support.scenario import competency
from support.simulator import DAY, NOW
from support.wallet import NoNetwork, PhoneInHand, Scripted, ToClient

from wallet_app.core.transport import Response

if TYPE_CHECKING:
    from support.issuer_app import Office

pytestmark = pytest.mark.screen


def look_at_offer(phone: PhoneInHand, office: "Office") -> tuple[Phone, ToClient, str]:
    """Type the offer's link into an empty wallet; returns the pick-up code too."""
    network, offer = ToClient(office.client), office.offer()
    eyes = phone.open_wallet(transport=network)
    eyes.tap("Add certificates").tap("Paste the offer's link here").type(offer.link).tap("Continue")
    return eyes, network, offer.tx_code


def test_from_the_link_to_the_list(phone: PhoneInHand, office: "Office") -> None:
    eyes, _, code = look_at_offer(phone, office)
    for words in ("Sjøfartsdirektoratet offers you", "At certificates.example", "Certificate of competency"):
        assert eyes.sees(words), eyes.texts()
    eyes.tap("6 digits").type(code)
    eyes.tap(eyes.scroll_to("Pick up"))
    assert eyes.sees("2 certificates added"), eyes.texts()
    eyes.tap("Show my certificates")
    assert eyes.sees("Master")
    assert eyes.sees("Medical certificate")


def test_nothing_is_sent_before_consent(phone: PhoneInHand, office: "Office") -> None:
    eyes, network, _ = look_at_offer(phone, office)
    assert network.count == 3, "offer and metadata alone"
    eyes.tap(eyes.scroll_to("Not now"))
    assert network.count == 3
    assert eyes.sees("No certificates yet")


def test_pick_up_waits_for_the_whole_code(phone: PhoneInHand, office: "Office") -> None:
    eyes, _, code = look_at_offer(phone, office)
    assert eyes.scroll_to("Pick up").disabled
    eyes.tap("6 digits").type(code[:-1])
    assert eyes.scroll_to("Pick up").disabled


def test_wrong_code_is_said_in_place_and_can_be_mended(phone: PhoneInHand, office: "Office") -> None:
    eyes, _, code = look_at_offer(phone, office)
    wrong = "".join(str((int(digit) + 1) % 10) for digit in code)
    eyes.tap("6 digits").type(wrong)
    eyes.tap(eyes.scroll_to("Pick up"))
    assert eyes.sees("does not accept this code"), eyes.texts()
    eyes.tap("6 digits").type(code)
    eyes.tap(eyes.scroll_to("Pick up"))
    assert eyes.sees("2 certificates added")


def test_network_that_drops_is_said_and_the_list_offers_to_go_on(
    phone: PhoneInHand, office: "Office"
) -> None:
    eyes, network, code = look_at_offer(phone, office)
    network.lose = lambda count: "request" if count == 8 else ""
    eyes.tap("6 digits").type(code)
    eyes.tap(eyes.scroll_to("Pick up"))
    assert eyes.sees("No connection to the authority")
    eyes.tap("Later")
    assert eyes.sees("1 of 2 received")
    eyes.tap("Go on")
    assert eyes.sees("2 certificates added"), eyes.texts()


@pytest.mark.parametrize("days", [-1, 1])
def test_clock_that_is_a_day_off_is_named_and_the_pick_up_goes_on_once_it_is_right(
    phone: PhoneInHand, office: "Office", days: int
) -> None:
    eyes, _, code = look_at_offer(phone, office)
    eyes.tap("6 digits").type(code)
    phone.phone.set_clock(NOW + days * DAY)
    eyes.tap(eyes.scroll_to("Pick up"))
    assert eyes.sees("The authority does not accept this phone's proof"), eyes.texts()
    assert eyes.sees("Check the phone's date and time, and try again.")
    phone.phone.set_clock(NOW)
    eyes.tap("Try again")
    assert eyes.sees("2 certificates added"), eyes.texts()


def test_offline_says_so_and_tries_again(phone: PhoneInHand, office: "Office") -> None:
    network, offer = ToClient(office.client), office.offer()
    network.lose = lambda count: "request" if count == 1 else ""
    eyes = phone.open_wallet(transport=network, offer=offer.link)
    assert eyes.sees("No connection to the authority")
    eyes.tap("Try again")
    assert eyes.sees("Sjøfartsdirektoratet offers you")


def test_offer_that_is_none_is_said_in_words(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(offer="https://www.example.com/a-page")
    assert eyes.sees("No connection")
    phone.close()
    page = Response(200, "text/html", b"<html>")
    eyes = phone.open_wallet(
        transport=Scripted({"https://www.example.com/a-page": page}), offer="https://www.example.com/a-page"
    )
    assert eyes.sees("This is not an offer of certificates")
    eyes.tap("Use another offer")
    assert eyes.sees("Paste the link")


def test_picture_of_an_offer_is_dropped_on_the_window(
    phone: PhoneInHand, office: "Office", tmp_path: Path
) -> None:
    picture = tmp_path / "offer.png"
    picture.write_bytes(b"")
    phone.scanner.texts = [office.offer().link]
    eyes = phone.open_wallet(transport=ToClient(office.client))
    Window.dispatch("on_drop_file", str(picture).encode(), 0, 0)
    eyes.wait(1)
    assert eyes.sees("Sjøfartsdirektoratet offers you"), eyes.texts()


@pytest.mark.parametrize(
    ("found", "words"),
    [([], "No QR code was found"), (["one", "two"], "several QR codes")],
)
def test_picture_without_exactly_one_code_says_so(
    phone: PhoneInHand, tmp_path: Path, found: list[str], words: str
) -> None:
    picture = tmp_path / "offer.png"
    picture.write_bytes(b"")
    phone.scanner.texts = found
    eyes = phone.open_wallet(competency(), transport=NoNetwork())
    Window.dispatch("on_drop_file", str(picture).encode(), 0, 0)
    assert eyes.wait(1).sees(words)


def test_picture_that_is_not_there_says_so(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet()
    Window.dispatch("on_drop_file", b"/nowhere/offer.png", 0, 0)
    assert eyes.wait(1).sees("That picture cannot be read")
