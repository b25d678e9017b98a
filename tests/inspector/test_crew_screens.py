"""A whole crew inspected on the real app: ship, scans, posts, persons, papers, report, records."""

import json
from pathlib import Path

import pytest
from support import crews as aboard
from support.crew_in_hand import Inspector
from support.inspector import DeviceInHand
from support.scenario import TODAY, tampered
from support.simulator import DAY

from verifier.inspection.identity import Document, Match
from verifier.inspector.core import filing, signed_report

pytestmark = pytest.mark.screen


@pytest.fixture
def inspector(device: DeviceInHand) -> Inspector:
    return Inspector(device)


# The ship


def test_a_ship_is_typed_once_and_stands_on_the_crews_screen(inspector: Inspector) -> None:
    eyes = inspector.eyes
    eyes.tap("Ship and voyage")
    inspector.types_into("Name", "Nordlys")
    inspector.types_into("Flag", "no")
    assert eyes.sees("Norway")
    inspector.types_into("Gross tonnage (GT)", "12 400")
    eyes.tap("Use this ship")
    assert eyes.sees("Nordlys  ·  NO  ·  12,400\u00a0GT")


def test_nonsense_in_the_ships_form_is_named_and_no_ship_is_taken(inspector: Inspector) -> None:
    eyes = inspector.eyes
    eyes.tap("Ship and voyage")
    inspector.types_into("Gross tonnage (GT)", "large")
    assert eyes.sees("A whole number from 0")
    inspector.types_into("Voyage began on", "2027-01-01")
    assert eyes.sees("This day has not come yet.")
    eyes.tap("Use this ship")
    assert eyes.sees("A whole number from 0")
    assert inspector.device.app.session.ship is None


def test_the_ships_type_is_chosen_from_the_list_and_can_be_cleared(inspector: Inspector) -> None:
    eyes = inspector.eyes
    eyes.tap("Ship and voyage")
    inspector.scrolls_to("Choose: Type of ship")
    eyes.tap("Choose: Type of ship")
    eyes.tap(inspector.scrolls_to("Chemical tanker"))
    assert eyes.sees("Chemical tanker")
    eyes.tap("Clear Type of ship")
    assert not eyes.sees("Chemical tanker")


def test_a_dropped_safe_manning_document_fills_the_form_and_says_that_nobody_vouches(
    inspector: Inspector,
) -> None:
    inspector.loads_manning()
    eyes = inspector.eyes
    assert eyes.sees("Posts and ship are taken from NO-MSM-77.")
    assert eyes.sees("nobody's signature vouches for it")
    eyes.tap("Use this ship")
    assert eyes.sees("Nordlys  ·  NO  ·  8,500\u00a0GT")


def test_a_signed_safe_manning_document_is_taken_from_its_code(inspector: Inspector) -> None:
    inspector.scans(aboard.sign_manning(inspector.device.norway, aboard.manning()))
    eyes = inspector.eyes
    assert eyes.sees("Posts and ship are taken from NO-MSM-0001."), eyes.texts()
    eyes.press_back()
    assert eyes.sees("signed by Sjøfartsdirektoratet")
    assert eyes.sees("Havørn")


@pytest.mark.parametrize(
    "text", ["posts: nonsense", "flag: NO\ndocument_number: X\n", "\x00\x01", "a: &x [*x]", "x" * 70_000]
)
def test_a_file_that_is_no_safe_manning_document_is_refused_and_changes_nothing(
    inspector: Inspector, text: str
) -> None:
    inspector.loads_manning(text)
    assert inspector.eyes.sees("The file is no safe manning document")
    assert inspector.control.aboard.manning is None
    assert inspector.device.app.session.ship is None


# The crew


def test_a_whole_crew_is_scanned_matched_and_each_shortfall_named(inspector: Inspector) -> None:
    inspector.loads_manning()
    eyes = inspector.eyes
    inspector.scans_sailor(1, "Østergård", "master")
    assert eyes.sees("Kim Østergård: VALID")
    inspector.scans_sailor(2, "Virtanen", "chief-mate", expiry=TODAY - 20 * DAY)
    assert eyes.sees("Kim Virtanen: MEDICAL EXPIRED"), eyes.texts()
    inspector.scans_sailor(3, "Berg", "rating-navigational-watch")
    eyes.tap("To the crew of 3")
    said = inspector.all_words()
    assert "2 posts are short" in said
    assert "2 of 4 filled  ·  3 persons  ·  1 with a problem" in said
    assert "Kim Virtanen: MEDICAL EXPIRED" in said
    assert "as Master" in said
    assert "01209" in said
    assert "01218" in said


def test_a_forgery_among_the_crew_is_named_and_the_rest_are_judged(inspector: Inspector) -> None:
    inspector.loads_manning()
    inspector.scans_sailor(1, "Østergård", "master")
    holder = aboard.seafarer(2)
    forged = tampered(
        inspector.device.norway.issue(aboard.holds(holder, "chief-mate"), aboard.phone_of(holder))
    )
    inspector.scans(forged)
    assert inspector.eyes.sees("Code 3: TAMPERED"), inspector.eyes.texts()
    inspector.eyes.tap("To the crew of 2")
    assert "1 of 1" in inspector.all_words()


def test_what_is_no_certificate_adds_nobody(inspector: Inspector) -> None:
    inspector.scans("OB1:NONSENSE")
    assert inspector.eyes.sees("could not be read")
    inspector.eyes.tap("To the crew")
    assert inspector.eyes.sees("Nobody scanned yet")


def test_the_same_code_twice_is_said_and_counts_once(inspector: Inspector) -> None:
    holder = aboard.seafarer(1, "Ek")
    (code,) = inspector.codes(holder, aboard.holds(holder, "master"))
    inspector.scans(code, code)
    assert inspector.eyes.sees("Kim Ek was scanned already.")
    assert inspector.eyes.sees("To the crew of 1")


def test_the_first_screen_does_not_add_to_the_crew(inspector: Inspector) -> None:
    holder = aboard.seafarer(1, "Ek")
    (code,) = inspector.codes(holder, aboard.holds(holder, "master"))
    inspector.eyes.tap("Crew").press_back()
    inspector.device.app.take(code)
    inspector.eyes.wait(0.4)
    assert inspector.device.app.screens.current == "verdict"
    assert inspector.control.roll.is_empty


def test_a_person_is_taken_out_of_the_crew_at_the_second_tap(inspector: Inspector) -> None:
    inspector.scans_sailor(1, "Ek", "master")
    eyes = inspector.eyes
    eyes.tap("To the crew of 1")
    inspector.opens("Kim Ek")
    eyes.tap(inspector.scrolls_to("Remove from the crew"))
    eyes.tap("Tap again to remove")
    assert eyes.sees("Nobody scanned yet")


def test_a_question_that_is_not_answered_goes_away(inspector: Inspector) -> None:
    inspector.scans_sailor(1, "Ek", "master")
    eyes = inspector.eyes
    eyes.tap("To the crew of 1")
    eyes.tap(inspector.scrolls_to("End this inspection"))
    assert eyes.sees("Tap again")
    eyes.wait(5)
    assert not eyes.sees("Tap again")
    assert not inspector.control.roll.is_empty


def test_the_end_of_an_inspection_forgets_persons_ship_and_document(inspector: Inspector) -> None:
    inspector.loads_manning()
    inspector.scans_sailor(1, "Ek", "master")
    eyes = inspector.eyes
    eyes.tap("To the crew of 1")
    eyes.tap(inspector.scrolls_to("End this inspection")).tap("Tap again: everything is cleared")
    assert eyes.sees("Scan a certificate")
    eyes.tap("Crew")
    assert eyes.sees("Nobody scanned yet")
    assert eyes.sees("No ship described")


def test_names_leave_the_screen_when_nobody_touches_it_and_the_crew_stays_for_half_an_hour(
    inspector: Inspector,
) -> None:
    inspector.scans_sailor(1, "Ek", "master")
    eyes = inspector.eyes
    eyes.tap("To the crew of 1")
    eyes.wait(70)
    assert eyes.sees("Scan a certificate"), eyes.texts()
    eyes.tap("Crew")
    assert "Kim Ek" in inspector.all_words()
    eyes.press_back().wait(31 * 60)
    eyes.tap("Crew")
    assert eyes.sees("Nobody scanned yet")


def test_sixty_persons_stand_on_the_screen_and_each_can_be_opened(inspector: Inspector) -> None:
    codes = []
    for number in range(60):
        holder = aboard.seafarer(number)
        codes += inspector.codes(holder, aboard.fit_at_sea(holder))
    for code in codes:
        inspector.control.take_shown(inspector.device.app.session.judge(code))
    inspector.device.app.go("crew")
    inspector.eyes.wait(3)
    assert inspector.eyes.sees("60 persons")
    assert len(inspector.device.app.screen("crew").ids.persons.children) == 60


# A person


def test_a_persons_rows_say_what_was_decided_and_what_would_settle_the_rest(inspector: Inspector) -> None:
    inspector.scans_sailor(1, "Ek", "master")
    eyes = inspector.eyes
    eyes.tap("To the crew of 1")
    inspector.opens("Kim Ek")
    said = inspector.all_words()
    assert "Not assessed" in said
    assert "Compare with the identity document." in said
    assert "Describe the ship: flag" in said
    assert "NO-COC-" in said


def test_a_duty_that_is_chosen_is_assessed(inspector: Inspector) -> None:
    inspector.loads_manning()
    inspector.scans_sailor(1, "Ek", "rating-navigational-watch")
    eyes = inspector.eyes
    eyes.tap("To the crew of 1")
    inspector.opens("Kim Ek")
    eyes.tap("Duty on board")
    eyes.tap(inspector.scrolls_to("Master"))
    assert eyes.sees("NOT VALID FOR THIS SHIP OR DUTY"), eyes.texts()


def test_somebody_scanned_alone_is_judged_on_the_ship_and_can_join_the_crew(inspector: Inspector) -> None:
    inspector.loads_manning()
    holder = aboard.seafarer(1, "Ek")
    (code,) = inspector.codes(holder, aboard.holds(holder, "master"))
    eyes = inspector.eyes
    inspector.device.app.take(code)
    eyes.wait(0.5)
    eyes.tap(inspector.scrolls_to("On this ship, in a duty"))
    assert eyes.sees("MEDICAL MISSING"), eyes.texts()
    eyes.tap("Add to the crew")
    assert eyes.sees("1 person"), eyes.texts()


def test_a_comparison_from_the_crew_comes_back_to_the_person_and_counts_in_the_crew(
    inspector: Inspector,
) -> None:
    inspector.loads_manning()
    inspector.scans_sailor(1, "Ek", "master")
    eyes, app = inspector.eyes, inspector.device.app
    eyes.tap("To the crew of 1")
    inspector.opens("Kim Ek")
    eyes.tap(inspector.scrolls_to("Compare with a document"))
    assert app.screens.current == "compare"
    compare = app.screen("compare")
    compare.say(document=Document.PASSPORT, name=Match.MATCHES, birth=Match.MATCHES, photo=Match.MATCHES)
    compare.finish()
    eyes.wait(0.5)
    assert app.screens.current == "person"
    eyes.tap("Back to the crew").wait(0.3)
    said = inspector.all_words()
    assert "FIT FOR DUTY" in said, said


# Paper


def test_a_certificate_on_paper_is_typed_in_and_is_never_green(inspector: Inspector) -> None:
    inspector.loads_manning()
    eyes = inspector.eyes
    inspector.device.app.go("crew")
    eyes.wait(0.4)
    eyes.tap(inspector.scrolls_to("Add a certificate on paper"))
    inspector.types_into("Holder's name", "Ada Paper")
    inspector.types_into("Born on", "4.7.1988")
    assert eyes.sees("4 Jul 1988")
    for field, choice in (("Document", "Certificate of competency"), ("Capacity", "Master")):
        eyes.tap(inspector.scrolls_to(f"Choose: {field}"))
        eyes.tap(inspector.scrolls_to(choice))
    inspector.types_into("Number", "NO-77")
    inspector.types_into("Issued by (flag)", "NO")
    eyes.tap("Add this paper")
    said = inspector.all_words()
    assert "SEEN ON PAPER" in said
    assert "0 of 1" in said
    assert "Ada Paper, by paper alone" in said
    assert "VALID" not in said


def test_a_paper_with_nonsense_is_not_added(inspector: Inspector) -> None:
    eyes = inspector.eyes
    inspector.device.app.go("crew")
    eyes.wait(0.4)
    eyes.tap(inspector.scrolls_to("Add a certificate on paper"))
    inspector.types_into("Born on", "2025-01-01")
    assert eyes.sees("Nobody this young holds a certificate.")
    eyes.tap("Add this paper")
    assert eyes.sees("This is needed.")
    assert inspector.control.roll.is_empty


# Report and records


def test_the_report_leaves_as_pdf_and_as_json_signed_by_the_device(inspector: Inspector) -> None:
    inspector.loads_manning()
    inspector.scans_sailor(1, "Ek", "master")
    eyes = inspector.eyes
    eyes.tap("To the crew of 1")
    eyes.tap(inspector.scrolls_to("Report"))
    eyes.tap("Save as PDF").wait(0.5)
    assert eyes.sees("Handed over."), eyes.texts()
    eyes.tap(inspector.scrolls_to("Sign with this device's key"))
    eyes.tap(inspector.scrolls_to("Save as JSON")).wait(0.5)
    names = [name for name, _, _ in inspector.share.shared]
    assert [name.rpartition(".")[2] for name in names] == ["pdf", "json", "jws"]
    (_, pdf, _), (_, data, _), (_, token, _) = inspector.share.shared
    assert pdf.startswith(b"%PDF-")
    assert json.loads(data)["ship"]["name"] == "Nordlys"
    found = signed_report.read(token.decode())
    assert found.report == data
    assert found.device == inspector.control.filing.keys.signer().public_key.thumbprint()


def test_a_report_that_cannot_be_saved_says_so(inspector: Inspector) -> None:
    inspector.scans_sailor(1, "Ek", "master")
    inspector.share.refuse = "the drive is full"
    eyes = inspector.eyes
    eyes.tap("To the crew of 1")
    eyes.tap(inspector.scrolls_to("Report")).tap("Save as PDF").wait(0.5)
    assert eyes.sees("Not saved: the drive is full")


def test_nothing_is_stored_unless_records_were_turned_on(inspector: Inspector) -> None:
    inspector.loads_manning()
    inspector.scans_sailor(1, "Ek", "master")
    eyes = inspector.eyes
    eyes.tap("To the crew of 1")
    eyes.tap(inspector.scrolls_to("Report"))
    assert "Keeping records is off in the settings." in inspector.all_words()
    inspector.device.app.screen("report").keep()
    assert not (inspector.device.home / filing.RECORDS_FOLDER).exists()
    assert not _mentions(inspector.device.home, b"Ek")


def test_a_record_that_was_asked_for_is_kept_encrypted_listed_and_deleted(inspector: Inspector) -> None:
    inspector.device.app.session.choose(keeps_records=True)
    inspector.loads_manning()
    inspector.scans_sailor(1, "Ek", "master")
    eyes = inspector.eyes
    eyes.tap("To the crew of 1")
    eyes.tap(inspector.scrolls_to("Report"))
    eyes.tap(inspector.scrolls_to("Keep a record on this device"))
    eyes.wait(0.3)
    assert "encrypted, on this device" in inspector.all_words()
    assert not _mentions(inspector.device.home / filing.RECORDS_FOLDER, b"Nordlys")
    eyes.press_back()
    eyes.tap(inspector.scrolls_to("Kept inspections"))
    assert eyes.sees("Crew report: Nordlys")
    eyes.tap("Save the signed report")
    assert eyes.sees("Handed over.")
    assert signed_report.read(inspector.share.shared[-1][1].decode())
    eyes.tap("Delete").tap("Tap again to delete for good")
    assert eyes.sees("No inspection is kept")
    assert not list((inspector.device.home / filing.RECORDS_FOLDER).iterdir())


def _mentions(folder: Path, name: bytes) -> bool:
    return any(b"Kim " + name in path.read_bytes() for path in folder.rglob("*") if path.is_file())
