"""What an inspector sees of each headline: its colour, word and reason, what to do, and how old all is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from support import passes
from support.inspector import DeviceInHand
from support.phone import Phone
from support.scenario import INGRID, PHONE, TODAY, competency, medical, show, tampered
from support.simulator import DAY, NOW, Authority, seeded_signer

from verifier.credential import carrier, muster
from verifier.ui.theme import STRONG

pytestmark = pytest.mark.screen
Made = Callable[[DeviceInHand], str]


def live(device: DeviceInHand, **changes: object) -> str:
    return show(device.norway.issue(competency(**changes), PHONE))


def revoked(device: DeviceInHand) -> str:
    credential = device.norway.issue(competency(), PHONE)
    device.norway.revoke(credential)
    return show(credential)


def expired(device: DeviceInHand) -> str:
    then = NOW - 400 * DAY
    past = competency(issue_date=then.date(), expiry_date=TODAY - 18 * DAY)
    return show(device.norway.issue(past, PHONE, at=NOW - 300 * DAY))


GREEN, RED, FRAUD, AMBER = (STRONG[name][0] for name in ("good", "bad", "fraud", "caution"))
CASES: list[tuple[str, Made, str, tuple[str, ...]]] = [
    ("VALID", live, GREEN, ("Good here and now", "to 20 Nov 2028", "Compare with document")),
    (
        "VALID WITH REMARK",
        lambda d: d.norway.issue(competency(), None),
        GREEN,
        ("Nobody's phone", "Good, with something to read"),
    ),
    ("TAMPERED", lambda d: show(tampered(d.norway.issue(competency(), PHONE))), FRAUD, ("Fraud suspected",)),
    (
        "WRONG HOLDER",
        lambda d: show(d.norway.issue(competency(), PHONE), phone=seeded_signer("thief")),
        FRAUD,
        ("Fraud suspected", "another key", "own phone"),
    ),
    ("REVOKED", revoked, RED, ("Does not count", "as of 2026-11-21", "report its number")),
    ("EXPIRED", expired, RED, ("Its last day was 2026-11-03.", "ask for one that is in date")),
    (
        "UNKNOWN ISSUER",
        lambda d: show(Authority("SE").issue(competency(issuing_country="SE"), PHONE)),
        AMBER,
        ("se.example is not in the directory", "Get newer trust data"),
    ),
    (
        "UNCONFIRMED",
        lambda d: show(d.norway.issue(competency(), PHONE), at=NOW - timedelta(minutes=10)),
        AMBER,
        ("10 minutes old", "Set a challenge"),
    ),
    ("NOT READABLE", lambda d: "https://evil.example/x", AMBER, ("it is a web address", "It was not opened")),
]


@pytest.mark.parametrize(("headline", "made", "colour", "words"), CASES, ids=[case[0] for case in CASES])
def test_each_headline_has_its_colour_its_word_and_its_reason(
    device: DeviceInHand, headline: str, made: Made, colour: str, words: tuple[str, ...]
) -> None:
    presented = made(device)
    eyes = scanned(device, device.open(), presented)
    assert headline in eyes.texts(), eyes.texts()
    for each in words:
        assert eyes.sees(each), (each, eyes.texts())
    assert _hex(eyes.screenshot().getpixel((6, 200))) == colour.upper()


def scanned(device: DeviceInHand, eyes: Phone, presented: str) -> Phone:
    device.app.take(presented)
    return eyes.wait(0.4)


def _hex(pixel: object) -> str:
    assert isinstance(pixel, tuple)
    return "#{:02X}{:02X}{:02X}".format(*pixel)


def test_what_is_tampered_shows_nothing_of_itself(device: DeviceInHand) -> None:
    presented = show(tampered(device.norway.issue(competency(), PHONE)))
    eyes = scanned(device, device.open(), presented)
    assert eyes.sees("Nothing of it is shown")
    assert not eyes.sees(INGRID.family_name)
    assert not eyes.sees("NO-COC-0001")


def test_a_verdict_says_what_it_relied_on_and_how_old_that_is(device: DeviceInHand) -> None:
    credential = device.norway.issue(competency(), PHONE)
    eyes = device.open()
    eyes.set_clock(NOW + 5 * DAY)
    scanned(device, eyes, show(credential, at=eyes.now()))
    for words in ("of 21 Nov 2026, 5 days old", "as of 21 Nov 2026, 5 days old", "As shipped", "0 s old"):
        assert eyes.scroll_to(words), eyes.texts()


def test_trust_data_too_old_is_its_own_screen_and_leads_to_newer(device: DeviceInHand) -> None:
    credential = device.norway.issue(competency(), PHONE)
    eyes = device.open()
    eyes.set_clock(NOW + 60 * DAY)
    eyes.wait(61)
    assert eyes.sees("Trust data 60 days old: too old")
    scanned(device, eyes, show(credential, at=eyes.now()))
    assert eyes.sees("STATUS UNKNOWN")
    assert eyes.sees("The trust data is too old to tell")
    eyes.tap("Get newer trust data")
    assert eyes.sees("Trust data is too old")
    assert eyes.sees("Revocations since 21 Nov 2026 are not known here")


def test_a_clock_that_cannot_be_right_is_said_on_every_screen(device: DeviceInHand) -> None:
    credential = device.norway.issue(competency(), PHONE)
    eyes = device.open()
    eyes.set_clock(NOW - 400 * DAY)
    eyes.wait(61)
    assert eyes.sees("The clock cannot be right"), eyes.texts()
    scanned(device, eyes, show(credential, at=eyes.now()))
    assert eyes.sees("CLOCK UNTRUSTED")


def test_a_test_directory_never_looks_like_the_real_thing(device: DeviceInHand) -> None:
    presented = live(device)
    eyes = scanned(device, device.open(), presented)
    assert eyes.sees("TEST: a rehearsal, nothing of this is real")


def test_names_with_control_and_bidirectional_characters_are_shown_as_their_numbers(
    device: DeviceInHand,
) -> None:
    from verifier.report import escaped

    assert escaped("Inga\u202eevil\u200b\n") == "Inga\\u{202e}evil\\u{200b}\\u{000a}"


# Several certificates


def test_a_pass_shows_the_worst_first_and_each_certificate_on_its_own(device: DeviceInHand) -> None:
    sea_pass = passes.issue(device.norway)
    device.norway.revoke(_index_of(sea_pass, 3))
    eyes = scanned(device, device.open(), show(sea_pass))
    assert eyes.sees("REVOKED")
    assert eyes.sees("Pass with 12 certificates")
    assert eyes.sees("1 does not count  ·  11 good"), eyes.texts()
    assert eyes.sees("What is marked does not count, the others do")
    rows = [words for words in eyes.texts() if words in ("REVOKED", "VALID")]
    assert rows[:2] == ["REVOKED", "REVOKED"], "the head, and the first row"
    row = next(one for one in eyes.widgets() if type(one).__name__ == "MemberRow")
    number = row.member.number
    eyes.tap(row)
    assert eyes.scroll_to(number)
    eyes.press_back()
    assert eyes.sees("Pass with 12 certificates")


def _index_of(sea_pass: str, member: int) -> int:
    from verifier import unverified
    from verifier.credential import sea_pass_claims

    read = unverified.read(sea_pass)
    members = sea_pass_claims.from_claims(read.claims, read.key).members
    return members[member].status.idx


def test_a_muster_is_judged_together_and_proved_by_one_phone(device: DeviceInHand) -> None:
    first, second = (device.norway.issue(one, PHONE) for one in (competency(), medical()))
    eyes = device.open()
    scanned(device, eyes, carrier.to_qr_text(muster.pack(show(first), [second])))
    assert eyes.sees("VALID")
    assert eyes.sees("2 certificates shown together")
    assert eyes.sees("Ingrid Østergård")


# Forgetting


def test_the_person_is_forgotten_60_seconds_after_the_last_touch(device: DeviceInHand) -> None:
    presented = live(device)
    eyes = scanned(device, device.open(), presented)
    for _ in range(5):
        eyes.wait(10)
    assert eyes.sees("Ingrid Østergård")
    eyes.tap("VALID").wait(50)
    assert eyes.sees("Ingrid Østergård"), "touched ten seconds before"
    for _ in range(3):
        eyes.wait(5)
    assert eyes.sees("Scan a certificate"), eyes.texts()
    assert device.app.session.shown is None


def test_nobody_is_forgotten_while_being_compared(device: DeviceInHand) -> None:
    presented = live(device)
    eyes = scanned(device, device.open(), presented)
    eyes.tap("Compare with document")
    for _ in range(20):
        eyes.wait(10)
    assert eyes.sees("What do you hold in your hand?")


def test_nothing_about_a_person_is_stored(device: DeviceInHand) -> None:
    presented = live(device)
    eyes = device.open()
    before = {path for path in device.home.rglob("*") if path.is_file()}
    scanned(device, eyes, presented).tap("Close, and forget this person")
    device.close()
    after = {path for path in device.home.rglob("*") if path.is_file()}
    assert {path.name for path in after - before} <= {"clock"}
    for path in after:
        assert "stergård".encode() not in path.read_bytes()
