"""The certificate screen: every field of the form, in its order, with number and authority always in view."""

from datetime import date

import pytest
from support.phone import Phone
from support.scenario import INGRID, TODAY, competency, medical
from support.simulator import DAY
from support.wallet import PhoneInHand

from verifier.credential.model import (
    Acceptance,
    CapacityGrant,
    FunctionGrant,
    Holder,
    Level,
    Limitations,
    Official,
    Reference,
)

pytestmark = pytest.mark.screen

FULL = competency(
    functions=(
        FunctionGrant("navigation", Level.MANAGEMENT, Limitations(max_gt=3000, without=("ecdis",))),
        FunctionGrant("radio", Level.OPERATIONAL),
    ),
    capacities=(CapacityGrant("master", Limitations(areas=("near-coastal",), text="Daylight only")),),
    official=Official("Nuñez", "Solveig", "Head of certificates"),
    endorsement_number="E-77",
    revalidation_date=TODAY - DAY,
    replaces="NO-COC-0000",
    rests_on=Reference("SE", "SE-1"),
    acceptance=Acceptance(flags=("NO",), areas=("near-coastal",)),
    remarks="Issued again after loss",
)


def read_through(eyes: Phone) -> list[str]:
    """Every label and value, from the top of the form to its end."""
    seen: list[str] = []
    while True:
        new = [text for text in eyes.texts() if text not in seen]
        if not new:
            return seen
        seen += new
        eyes.swipe(400)


def test_every_field_of_the_form_is_there_in_its_order(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(FULL)
    read = read_through(eyes.tap("Master"))
    order = [
        "State", "Norway (NO)", "Authority", "Number", "Name", "Ingrid Østergård", "As in passport code",
        "OESTERGAARD<<INGRID", "Date of birth", "12 Apr 1988", "Seafarer id", "7K3M9QXA", "Provisions",
        "STCW II/2", "Valid until", "Functions", "Navigation", "Radiocommunications", "May serve as",
        "Endorsement number", "E-77", "Date of issue", "Place of issue", "Haugesund", "Official",
        "Revalidated", "Related documents", "Rests on", "Replaces", "NO-COC-0000", "Where it is accepted",
        "On ships of", "Remarks", "Issued again after loss", "On this phone",
    ]  # fmt: skip
    missing = [words for words in order if words not in read]
    assert not missing, read
    assert sorted(order, key=read.index) == order


def test_limitations_are_spelled_out(phone: PhoneInHand) -> None:
    read = "\n".join(read_through(phone.open_wallet(FULL).tap("Master")))
    for words in ("3,000", "ECDIS", "Management level", "No limitations", "Near-coastal", "Daylight only"):
        assert words in read


def test_medical_certificate_says_what_the_doctor_stated(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(medical(restrictions="Spectacles"))
    read = read_through(eyes.tap("Medical certificate"))
    for words in (
        "Fit for look-out",
        "Restrictions",
        "Spectacles",
        "Colour vision tested",
        "Dr. Solveig Nuñez",
    ):
        assert words in read


def test_number_and_authority_stay_while_the_form_scrolls(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(FULL).tap("Master")
    eyes.scroll_to("On this phone")
    assert {"NO-COC-0001", "Sjøfartsdirektoratet"} <= set(eyes.texts())


def test_single_name_in_own_script_is_shown_beside_its_latin_form(phone: PhoneInHand) -> None:
    li = Holder(seafarer_id="7K3M9QXB", family_name="Li", native_name="李", birth_date=date(1992, 4, 24))
    eyes = phone.open_wallet(competency(holder=li))
    assert eyes.sees("Li")
    read = read_through(eyes.tap("Master"))
    assert {"Li", "李", "LI"} <= set(read)


def test_han_characters_are_drawn_and_not_boxes(phone: PhoneInHand) -> None:
    pictures = []
    for native in ("李", "王"):
        li = Holder(
            seafarer_id="7K3M9QXB", family_name="Li", native_name=native, birth_date=date(1992, 4, 24)
        )
        eyes = phone.open_wallet(competency(holder=li))
        if phone.app.missing_fonts:
            pytest.skip("the fonts were not built: verifier/ui/assets")
        eyes.tap("Master")
        pictures.append(eyes.picture_of(eyes.scroll_to(native)).tobytes())
        phone.close()
    assert pictures[0] != pictures[1], "two boxes would look alike"


def test_back_key_leads_to_the_list(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency()).tap("Master").press_back()
    assert eyes.sees("Search certificates")


def test_name_changed_since_is_the_newer_one_on_the_list(phone: PhoneInHand) -> None:
    married = Holder(
        seafarer_id=INGRID.seafarer_id, family_name="Åsnes", given_name="Ingrid", birth_date=INGRID.birth_date
    )
    newer = medical()
    eyes = phone.open_wallet(
        competency(), competency(document_number="NO-2", holder=married, issue_date=TODAY - DAY), newer
    )
    assert eyes.sees("Ingrid Åsnes")
