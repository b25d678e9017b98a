"""What the list adds, and showing all: reminders, the medical certificate's days, updates, moving frames."""

from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from support.carried import disclosure
from support.phone import NotOnScreen, Phone
from support.scenario import INGRID, TODAY, competency, medical
from support.simulator import DAY, NOW, Authority, directory, seeded_signer
from support.sync_office import ISSUER, PASS_KID, SyncOffice, a_pass, an_answer
from support.wallet import NoNetwork, PhoneInHand, fill

from keys import jws
from keys.encoding import Json, json_dumps, json_object
from verifier.credential import carrier, muster, sd_jwt, vc
from verifier.credential.frames import Collector
from verifier.credential.model import Certificate, CertificateType
from verifier.decision import verify_all
from verifier.policy import Policy
from verifier.status import StatusBook, verify_list
from verifier.verdict import Headline

pytestmark = pytest.mark.screen


def proficiency(number: str, **changes: object) -> Certificate:
    return competency(
        type=CertificateType.PROFICIENCY,
        document_number=number,
        stcw_code=("VI/1",),
        capacities=(),
        functions=(),
        **changes,
    )


def scanned(eyes: Phone) -> str:
    (code,) = zxingcpp.read_barcodes(eyes.screenshot(), formats=zxingcpp.BarcodeFormat.QRCode)
    return code.text


def collected(eyes: Phone) -> bytes:
    """What an inspector's phone puts together that looks at the screen eight times a second."""
    collector = Collector()
    for _ in range(60):
        wire = collector.add(scanned(eyes)).wire
        if wire is not None:
            return wire
        eyes.wait(0.125)
    raise AssertionError("never whole")


# The list


def test_the_medical_certificates_days_are_always_in_view(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), medical(TODAY + 27 * DAY))
    assert eyes.sees("Medical: 27 days left")
    eyes.tap("Search certificates").type("master")
    assert eyes.sees("Medical: 27 days left"), "also while something else is searched for"


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "Medical: last day today"), (1, "Medical: 1 day left"), (-1, "Medical: expired 20 Nov")],
)
def test_the_medical_certificates_last_days(phone: PhoneInHand, days: int, words: str) -> None:
    assert phone.open_wallet(medical(TODAY + days * DAY)).sees(words), phone.phone.texts()


def test_a_good_medical_certificate_says_its_days_on_its_card_too(phone: PhoneInHand) -> None:
    assert phone.open_wallet(medical(TODAY + 365 * DAY)).sees("365 days left, until 21 Nov 2027")


def test_a_reminder_is_put_away_until_the_next_stage_also_after_the_app_was_closed(
    phone: PhoneInHand,
) -> None:
    eyes = phone.open_wallet(competency(expiry_date=TODAY + 100 * DAY))
    assert eyes.sees("Master ends 1 Mar 2027. It can be renewed now.")
    eyes.tap("Got it")
    assert not eyes.sees("Master ends")
    phone.close()
    eyes = phone.open_wallet()
    assert not eyes.sees("Master ends")
    eyes.wait(11 * 86_400)
    phone.app.refresh_list()
    assert eyes.wait(0.3).sees("Master ends 1 Mar 2027."), "90 days are left"


def test_several_ends_are_one_line(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(expiry_date=TODAY + 100 * DAY), medical(TODAY + 27 * DAY))
    assert eyes.sees("2 certificates end soon, the first of them 18 Dec 2026.")


def test_the_certificate_says_when_it_can_be_renewed(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(
        competency(expiry_date=TODAY + 100 * DAY), proficiency("P", expiry_date=TODAY + 300 * DAY)
    )
    eyes.tap("Master")
    assert eyes.sees("It can be renewed now.")
    eyes.press_back().tap("Basic safety training")
    assert eyes.sees("It can be renewed from 17 Mar 2027.")


def test_a_certificate_with_a_newer_one_ready_says_so(phone: PhoneInHand) -> None:
    fill(phone.home / "vault", phone.keys, [competency(), medical()])
    ready: Json = {"offer": f"{ISSUER}/o/1", "tx_code": "493536", "document_number": "NO-COC-0001"}
    office = SyncOffice(an_answer(offers=[ready]))
    eyes = phone.open_wallet(transport=office).wait(1)
    assert eyes.sees("update available  ·  until"), eyes.texts()
    assert len([text for text in eyes.texts() if "update available" in text]) == 1


# All as moving frames


def test_without_a_pass_all_certificates_are_shown_as_moving_frames_that_verify(phone: PhoneInHand) -> None:
    certificates = (competency(), medical(), *(proficiency(f"NO-COP-{n}") for n in range(6)))
    eyes = phone.open_wallet(*certificates, transport=NoNetwork())
    eyes.tap("Show all certificates as a moving code")
    for words in (
        "All certificates",
        "8 certificates",
        "Codes in turn: scan until all are read",
        "Ingrid Østergård",
    ):
        assert eyes.sees(words), eyes.texts()
    norway = Authority("NO", at=NOW)
    known = directory(norway, at=NOW)
    verdicts = verify_all(
        carrier.to_qr_text(collected(eyes)),
        directory=known,
        status=StatusBook([verify_list(norway.status_list(), directory=known)], pack="test"),
        policy=Policy(),
        at=eyes.now(),
    )
    assert [one.headline for one in verdicts] == [Headline.VALID] * 8


def test_moving_frames_get_a_new_proof_every_15_seconds(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), medical(), transport=NoNetwork())
    eyes.tap("Show all certificates as a moving code")
    first = muster.unpack(collected(eyes))
    eyes.wait(16)
    second = muster.unpack(collected(eyes))
    assert first[1:] == second[1:]
    assert first[0] != second[0]


def test_one_certificate_needs_no_moving_code(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), transport=NoNetwork())
    with pytest.raises(NotOnScreen):
        eyes.find("Show all certificates as a moving code")


def test_the_device_is_let_go_of_when_the_moving_code_is_left(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), medical(), transport=NoNetwork())
    eyes.tap("Show all certificates as a moving code")
    assert phone.screen.is_held_up
    eyes.press_back()
    assert not phone.screen.is_held_up
    assert eyes.sees("Search certificates")


# The photograph


def with_photo(phone: PhoneInHand) -> Phone:
    key = phone.keys.holder().public_key
    fill(phone.home / "vault", phone.keys, [competency(), medical()])
    claims = json_object(sd_jwt.parse(a_pass(key)).jws.payload)
    shown, digest = disclosure("portrait", "A" * 720)
    signed = jws.sign(
        json_dumps({**claims, "_sd": [digest]}), seeded_signer(PASS_KID), typ=vc.TYP, kid=PASS_KID
    )
    return phone.open_wallet(transport=SyncOffice(an_answer(**{"pass": f"{signed}~{shown}~"}))).wait(1)


def test_the_photograph_is_shown_when_it_is_asked_for_and_not_before(phone: PhoneInHand) -> None:
    eyes = with_photo(phone)
    eyes.tap("Show all certificates in one code")
    assert "~" not in carrier.unpack(carrier.from_qr_text(scanned(eyes))).partition("~")[2]
    eyes.tap(eyes.scroll_to("Show with photo"))
    assert eyes.sees("With your photo, codes in turn"), eyes.texts()
    parsed = sd_jwt.parse(carrier.unpack(collected(eyes)))
    assert sd_jwt.claims(parsed, parsed.jws.payload)["portrait"] == "A" * 720
    eyes.tap(eyes.scroll_to("Show without photo"))
    assert eyes.sees("Scan it: looking is no proof")


def test_a_pass_without_a_photograph_offers_none(phone: PhoneInHand) -> None:
    key = phone.keys.holder().public_key
    fill(phone.home / "vault", phone.keys, [competency(), medical()])
    eyes = phone.open_wallet(transport=SyncOffice(an_answer(**{"pass": a_pass(key)}))).wait(1)
    eyes.tap("Show all certificates in one code")
    with pytest.raises(NotOnScreen):
        eyes.scroll_to("Show with photo")


# Names as they come


HOSTILE = {
    "120 letters": "Ø" * 120,
    "one letter": "E",
    "right to left": "محمد الأمين",
    "overridden": "Ing\u202erid\u202c\u200f",
    "control characters": "In\x07g\x1b[31mrid\x00\n\n\n",
    "zero width": "\u200b\u200d\ufeff",
    "combining": "I" + "\u0301" * 60,
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_name_of_any_kind_is_drawn_and_the_rest_stays_in_view(phone: PhoneInHand, name: str) -> None:
    holder = replace(INGRID, family_name=name, native_name=name)
    eyes = phone.open_wallet(
        competency(holder=holder, issuing_authority=name), medical(), competency(document_number=name or "x")
    )
    held = phone.app.wallet.held[0]  # a certificate that cannot even be read is kept, and said
    assert eyes.sees("cannot be read") is (phone.app.wallet.unreadable > 0)
    for screen in ("list", "certificate", "code"):
        words = "".join(eyes.texts())
        assert not any(one in words for one in "\u202e\x07\x1b\x00\u200b"), screen
        if screen == "list":
            phone.app.open_certificate(held.key)
        elif screen == "certificate":
            assert eyes.sees(held.certificate.document_number)
            eyes.tap("Show code")
        eyes.wait(0.5)
    assert scanned(eyes).startswith("OB1:")


def test_five_hundred_certificates_open_search_and_show(tmp_path: Path, phone: PhoneInHand) -> None:
    many = [proficiency(f"NO-{n:03}", expiry_date=TODAY + (200 + n) * DAY) for n in range(499)]
    eyes = phone.open_wallet(competency(), *many, transport=NoNetwork())
    assert eyes.sees("500")
    eyes.tap("Search certificates").type("NO-COC")
    assert eyes.sees("Master")
    eyes.tap("Show all certificates as a moving code").wait(0.5)
    assert eyes.sees("do not fit"), eyes.texts()
