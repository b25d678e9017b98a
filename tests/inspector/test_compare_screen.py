"""A person compared with a document: what is asked, what each answer comes to, what is never automatic."""

import io
from base64 import urlsafe_b64encode

import pytest
from PIL import Image
from support import passes
from support.carried import disclosure
from support.inspector import DeviceInHand
from support.phone import Phone
from support.scenario import INGRID, PHONE, competency, show

from keys import jws
from keys.encoding import json_dumps, json_object
from verifier.credential import sd_jwt, vc
from verifier.inspection.identity import Document, Match
from verifier.inspector.core.comparison import Answers, typed_name
from verifier.inspector.core.evidence import Shown
from verifier.inspector.core.portrait import portrait
from verifier.ui.photo import texture_of

pytestmark = pytest.mark.screen


def comparing(device: DeviceInHand, document: str = "Passport") -> Phone:
    presented = show(device.norway.issue(competency(), PHONE))
    eyes = device.open()
    device.app.take(presented)
    eyes.wait(0.4).tap("Compare with document").tap(document)
    return eyes


def answer(eyes: Phone, **answers: str) -> Phone:
    for question, words in answers.items():
        name = {"name": "Name", "birth": "Date of birth", "photo": "Face and photo"}[question]
        eyes.scroll_to(f"{name}: {words}")
        eyes.tap(f"{name}: {words}")
    return eyes


def test_name_and_birth_date_are_shown_large_and_as_passports_write_them(device: DeviceInHand) -> None:
    eyes = comparing(device)
    name = eyes.find("Ingrid Østergård")
    assert name.font_size >= 28
    assert eyes.sees("OESTERGAARD<<INGRID")
    assert eyes.scroll_to("12 Apr 1988").font_size >= 28


def test_a_holder_who_matches_is_said_on_the_verdict(device: DeviceInHand) -> None:
    eyes = answer(comparing(device), name="Matches", birth="Matches", photo="Matches").tap("Done")
    assert eyes.sees("VALID")
    assert eyes.sees("Compared with: Passport."), eyes.texts()
    assert eyes.sees("match the passport")
    assert eyes.sees("Scan the next one")


@pytest.mark.parametrize("which", ["birth", "photo"])
def test_another_face_or_birth_date_turns_a_valid_certificate_into_suspected_fraud(
    device: DeviceInHand, which: str
) -> None:
    answers = {"name": "Matches", "birth": "Matches", "photo": "Matches", which: "Differs"}
    eyes = answer(comparing(device), **answers).tap("Done")
    assert "NOT THE SAME PERSON" in eyes.texts(), eyes.texts()
    assert eyes.sees("Fraud suspected")
    assert eyes.tap("Change the answers").sees("What do you hold in your hand?")


def test_without_a_document_the_holder_stays_unconfirmed(device: DeviceInHand) -> None:
    eyes = comparing(device, "None")
    assert eyes.sees("Without a document the holder stays unconfirmed")
    eyes.tap("Done")
    assert "UNCONFIRMED" in eyes.texts(), eyes.texts()
    assert eyes.sees("No identity document was at hand")
    assert eyes.sees("Certificate of competency: VALID"), "the certificate itself is told apart"


def test_open_answers_are_counted_and_nothing_is_assumed_for_them(device: DeviceInHand) -> None:
    eyes = comparing(device)
    assert eyes.sees("3 answers are missing")
    answer(eyes, name="Matches").tap("Done")
    assert not eyes.sees("match the passport")
    assert "UNCONFIRMED" in eyes.texts(), eyes.texts()


def test_a_changed_name_counts_with_a_reason_alone(device: DeviceInHand) -> None:
    eyes = answer(comparing(device), name="Differs")
    eyes.find("such as: married").text = "marriage certificate seen"
    eyes.wait(0.2)
    answer(eyes, birth="Matches", photo="Matches").tap("Done")
    assert eyes.sees("VALID"), eyes.texts()
    assert eyes.sees("marriage certificate seen")


@pytest.mark.parametrize(
    ("typed", "tone"),
    [
        ("Ingrid Østergård", "good"),
        ("OESTERGAARD INGRID", "good"),
        ("Ingrid Østergart", "caution"),
        ("Ingrid Hansen", "caution"),
        ("Per Lunde", "bad"),
    ],
)
def test_a_typed_name_says_how_it_relates(typed: str, tone: str) -> None:
    found = typed_name(INGRID, typed)
    assert found is not None
    assert found[0] == tone
    assert typed_name(INGRID, "  ") is None


def test_answers_become_the_identity_that_row_p1_judges() -> None:
    said = Answers(document=Document.OTHER, name=Match.DIFFERS, reason=" married ", typed=" Ingrid  Li ")
    identity = said.identity()
    assert identity.name == "Ingrid Li"
    assert identity.name_answer is not None
    assert identity.name_answer.reason == "married"
    assert identity.photo is None
    assert said.missing == 2
    assert Answers().missing == 4
    assert Answers(document=Document.NONE).missing == 0


def test_a_photograph_is_taken_from_a_pass_whose_signature_held_alone(device: DeviceInHand) -> None:
    device.imports()
    device.open(imported=False)
    shown: Shown = device.app.session.judge(show(device.norway.issue(competency(), PHONE)))
    assert portrait(shown) is None


def test_a_small_picture_becomes_a_texture_and_rubbish_none(device: DeviceInHand) -> None:
    device.open()
    out = io.BytesIO()
    Image.new("RGB", (20, 30), "red").save(out, "WEBP")
    texture = texture_of(out.getvalue())
    assert texture is not None
    assert texture.size == (20, 30)
    assert texture_of(b"\x89PNG\r\n\x1a\nrubbish") is None
    assert texture_of(urlsafe_b64encode(b"text")) is None


def with_photograph(device: DeviceInHand) -> str:
    """A live pass that discloses its photograph (RFC 9901 § 4.2)."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), (200, 30, 30)).save(out, "WEBP")
    text, digest = disclosure("portrait", urlsafe_b64encode(out.getvalue()).decode().rstrip("="))
    claims = json_object(sd_jwt.parse(passes.issue(device.norway)).jws.payload)
    payload = json_dumps({**claims, "_sd": [digest], "_sd_alg": "sha-256"})
    kid = device.norway.pass_kid
    signed = jws.sign(payload, device.norway.signers[kid], typ=vc.TYP, kid=kid)
    return show(f"{signed}~{text}~")


def test_a_photograph_in_a_pass_is_shown_beside_the_question(device: DeviceInHand) -> None:
    presented = with_photograph(device)
    eyes = device.open()
    device.app.take(presented)
    eyes.wait(0.4).tap("Compare with document").tap("Passport")
    screen = device.app.screen("compare")
    assert screen.photo.size == (60, 80)
    assert not eyes.sees("Scan the photo from the phone")
    screen.ids.scroll.scroll_y = 0.2
    colours = eyes.wait(0.2).screenshot().getcolors(1 << 20) or []
    red = [count for count, (r, g, b) in colours if r > 180 and g < 60 and b < 60]  # type: ignore[misc]
    assert sum(red) > 10_000, "large"


def test_the_photograph_is_fetched_while_comparing_and_the_answers_stay(device: DeviceInHand) -> None:
    photo = with_photograph(device)
    eyes = answer(comparing(device), name="Matches")
    eyes.scroll_to("Scan the photo from the phone")
    eyes.tap("Scan the photo from the phone")
    assert eyes.sees("Ask for “Show photo” on the phone"), eyes.texts()
    device.app.take(photo)
    eyes.wait(0.4)
    assert device.app.screens.current == "compare"
    screen = device.app.screen("compare")
    assert screen.photo is not None
    assert screen.answers.name is Match.MATCHES


def test_another_code_while_the_photograph_is_awaited_is_a_verdict_of_its_own(device: DeviceInHand) -> None:
    eyes = comparing(device)
    eyes.scroll_to("Scan the photo from the phone")
    eyes.tap("Scan the photo from the phone")
    device.app.take("https://evil.example")
    assert eyes.wait(0.4).sees("NOT READABLE")
