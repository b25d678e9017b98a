"""Trust data that is damaged, ages or is renewed meanwhile: no verdict outlives what it stood on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support import passes
from support.crew_in_hand import Inspector
from support.inspector import DeviceInHand
from support.phone import Phone
from support.scenario import PHONE, competency, medical, show
from support.simulator import DAY, NOW

from verifier import decision
from verifier.credential import vc
from verifier.credential.model import StatusReference
from verifier.credential.sea_pass import PassMember
from verifier.inspection.identity import Document, Identity, Match
from verifier.inspection.ship import Ship
from verifier.inspector.core.unheld import unheld
from verifier.policy import DEFAULT
from verifier.verdict import Headline, Rejected, Standing, Valid, badness, standing

pytestmark = pytest.mark.screen

MINUTE = timedelta(minutes=1)


@pytest.fixture
def inspector(device: DeviceInHand) -> Inspector:
    return Inspector(device)


def damage(device: DeviceInHand, part: str = "current") -> None:
    """As a bad stick of memory does."""
    for path in device.home.rglob(part):
        path.write_bytes(b"rubbish" + bytes(path.stat().st_size))


def stay(eyes: Phone, seconds: int) -> None:
    """Somebody is at it all the while."""
    for _ in range(seconds // 10):
        eyes.app.session.touch()
        if eyes.app.crew_control is not None:
            eyes.app.crew_control.touch()
        eyes.wait(10)


def headlines(inspector: Inspector) -> set[Headline]:
    return {one.headline for person in inspector.control.crew.persons for one in person.verdicts}


def test_a_crew_that_was_valid_is_unknown_once_the_data_is_damaged_and_valid_when_it_is_back(
    inspector: Inspector,
) -> None:
    inspector.scans_sailor(1, "Kari Nordmann", "master")
    assert headlines(inspector) == {Headline.VALID}
    damage(inspector.device)
    stay(inspector.eyes, 70)
    assert headlines(inspector) == {Headline.STATUS_UNKNOWN}
    assert inspector.control.crew.persons[0].label == "Kim Kari Nordmann", "nobody is lost"
    inspector.device.imports()
    stay(inspector.eyes, 70)
    assert headlines(inspector) == {Headline.VALID}


def test_a_part_that_is_read_late_and_is_damaged_leaves_nobody_valid(inspector: Inspector) -> None:
    inspector.scans_sailor(1, "Kari Nordmann", "master")
    inspector.device.app.refresh_trust()  # opened anew: nothing but the index was read
    damage(inspector.device, "states")
    damage(inspector.device, "trust")
    inspector.eyes.set_clock(inspector.eyes.now() + timedelta(hours=1))
    inspector.control.touch()
    stay(inspector.eyes, 10)
    assert headlines(inspector) == {Headline.STATUS_UNKNOWN}


def test_a_crew_is_judged_again_when_the_data_becomes_too_old_meanwhile(device: DeviceInHand) -> None:
    device.open()
    device.phone.set_clock(NOW + DEFAULT.age_limit - 5 * MINUTE)
    device.app.refresh_trust()
    inspector = Inspector(device, is_on=True)
    inspector.scans_sailor(1, "Kari Nordmann", "master")
    assert {standing(one) for one in inspector.control.crew.persons[0].verdicts} == {Standing.VALID}
    stay(inspector.eyes, 60 * 10)
    assert headlines(inspector) == {Headline.STATUS_UNKNOWN}


def test_a_certificate_that_ends_during_the_inspection_has_ended_in_the_crew_too(
    inspector: Inspector,
) -> None:
    today = inspector.device.norway.issue(competency(expiry_date=NOW.date()), PHONE)
    ends = vc.issue_times(competency(expiry_date=NOW.date()), "Europe/Oslo", NOW)[1]
    inspector.eyes.set_clock(ends - 10 * MINUTE)
    inspector.scans(show(today, at=inspector.eyes.now()))
    assert Headline.EXPIRED not in headlines(inspector)
    stay(inspector.eyes, 60 * 75)
    assert headlines(inspector) == {Headline.EXPIRED}


def scanned(device: DeviceInHand) -> Phone:
    eyes = device.open()
    device.app.take(show(device.norway.issue(competency(), PHONE)))
    assert eyes.wait(0.4).sees("VALID")
    return eyes


def test_the_verdict_in_view_says_so_when_the_data_is_damaged(device: DeviceInHand) -> None:
    eyes = scanned(device)
    damage(device)
    stay(eyes, 70)
    assert eyes.sees("STATUS UNKNOWN"), eyes.texts()


def test_the_verdict_in_view_stays_where_it_was_scrolled_to_while_nothing_changes(
    device: DeviceInHand,
) -> None:
    eyes = scanned(device)
    screen = device.app.screen("verdict")
    screen.ids.scroll.scroll_y, state = 0.25, screen.state
    eyes.set_clock(eyes.now() + timedelta(hours=1))
    device.app.session.touch()
    device.app.refresh_trust()
    assert screen.ids.scroll.scroll_y == pytest.approx(0.25)
    assert screen.state is state


def test_a_comparison_ends_in_the_verdict_of_today_and_not_of_before(device: DeviceInHand) -> None:
    eyes = scanned(device)
    eyes.tap("Compare with document")
    compare = device.app.screen("compare")
    compare.say(document=Document.PASSPORT, name=Match.MATCHES)
    damage(device)
    stay(eyes, 70)
    assert compare.answers.document is Document.PASSPORT, "the answers stay"
    compare.finish()
    eyes.wait(0.5)
    assert eyes.sees("STATUS UNKNOWN"), eyes.texts()
    assert device.app.session.shown.identity is not None


def test_answers_stay_with_the_person_whose_verdict_changes(device: DeviceInHand) -> None:
    scanned(device)
    identity = device.app.session.identify(Identity(document=Document.PASSPORT)).identity
    damage(device)
    device.app.refresh_trust()
    shown = device.app.session.shown
    assert shown.identity == identity
    assert shown.assessment.overall is Standing.UNDETERMINED


def test_what_was_against_a_certificate_counts_without_the_data_too(device: DeviceInHand) -> None:
    device.open()
    session = device.app.session
    forged = show(device.norway.issue(competency(), PHONE))[:-4] + "AAAA"
    (bad,) = session.judge(forged).verdicts
    (good,) = session.judge(show(device.norway.issue(competency(), PHONE))).verdicts
    assert isinstance(bad, Rejected)
    assert isinstance(unheld(bad), Rejected)
    assert unheld(bad).headline is bad.headline
    assert unheld(good).headline is Headline.STATUS_UNKNOWN
    assert unheld(unheld(good)) == unheld(good)
    assert unheld(good).credential == good.credential


def test_trust_data_of_another_generation_judges_the_person_in_view_again(device: DeviceInHand) -> None:
    eyes = scanned(device)
    device.imports(NOW + DAY)
    device.app.refresh_trust()
    assert device.app.session.shown.judged_by == device.app.session.judged_by
    assert eyes.wait(0.2).texts()


def test_without_the_data_no_certificate_of_a_pass_is_valid_whatever_the_pass_is(
    device: DeviceInHand,
) -> None:
    device.open()
    session, norway = device.app.session, device.norway
    elsewhere = StatusReference(f"{norway.iss}/status/3", 1)
    known = passes.members(norway, (competency(),))
    doubtful = PassMember(medical(), StatusReference("https://elsewhere.example/status/1", 2))
    for made in (known, (*known, doubtful), (*known, PassMember(medical(NOW.date() - 5 * DAY), elsewhere))):
        text = show(passes.issue(norway, passes.sea_pass(norway, at=NOW, members=made)))
        (before,) = session.judge(text).verdicts
        assert any(isinstance(one, Valid) for one in before.members)
        after = unheld(before)
        assert not any(isinstance(one, Valid) for one in (after, *after.members)), before.headline
        assert badness(after) >= badness(before)
        assert unheld(after) == after


def test_without_the_data_an_expired_medical_certificate_is_excused_by_no_voyage(
    device: DeviceInHand,
) -> None:
    device.open()
    session = device.app.session
    expired = medical(NOW.date() - 5 * DAY)
    texts = [show(device.norway.issue(one, PHONE, at=NOW - 300 * DAY)) for one in (competency(), expired)]
    verdicts = [session.judge(text).verdicts[0] for text in texts]
    sailed = NOW.date() - 30 * DAY
    ship = Ship(voyage_start=sailed, last_port_with_practitioner=sailed)
    assert decision.assess(verdicts, ship=ship, at=NOW).headline is Headline.GRACE
    after = decision.assess(list(map(unheld, verdicts)), ship=ship, at=NOW)
    assert after.overall is not Standing.VALID
    assert not after.lifted
