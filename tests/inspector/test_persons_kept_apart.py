"""One person's verdict, answers, challenge and trust never become another's, nor outlive them."""

import io
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import date, timedelta

import pytest
from kivy.core.clipboard import Clipboard
from PIL import Image
from support import crews as aboard
from support import passes
from support.carried import disclosure
from support.crew_in_hand import MANNING, Inspector
from support.inspector import DeviceInHand
from support.scenario import show, tampered
from support.simulator import DAY, NOW, Authority

from keys import jws
from keys.encoding import json_dumps, json_object
from keys.signer import SoftwareSigner
from verifier import pack_commands
from verifier.credential import muster, sd_jwt, vc
from verifier.credential.model import Certificate, Holder, StatusReference
from verifier.credential.presentation import Audience
from verifier.inspection.identity import Document, Match
from verifier.inspector.core import reading
from verifier.inspector.core.report_state import Tone
from verifier.inspector.core.verdict_state import Signal
from verifier.verdict import Headline, Outcome

pytestmark = pytest.mark.screen

ONE_POST = """\
document_number: NO-MSM-1
flag: NO
posts: [{capacity_code: master}]
ship: {name: Testship, gt: 100, kw: 100, type: general-cargo, area: near-coastal}
"""


def photograph(
    device: DeviceInHand, authority: Authority, holder: Holder, phone: SoftwareSigner, *held: Certificate
) -> str:
    """A live pass that discloses its photograph."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "red").save(out, "WEBP")
    text, digest = disclosure("portrait", urlsafe_b64encode(out.getvalue()).decode().rstrip("="))
    made = passes.sea_pass(authority, *held, holder=holder, holder_key=phone.public_key)
    claims = json_object(sd_jwt.parse(passes.issue(authority, made)).jws.payload)
    kid = authority.pass_kid
    payload = json_dumps({**claims, "_sd": [digest], "_sd_alg": "sha-256"})
    signed = jws.sign(payload, authority.signers[kid], typ=vc.TYP, kid=kid)
    return show(f"{signed}~{text}~", phone=phone, at=device.phone.now())


def republishes(device: DeviceInHand) -> None:
    """Two minutes later, a pack with what the authorities say now is imported."""
    device.phone.wait(120)
    later = device.phone.now()
    device.norway.at = later
    lists = [one.status_list(at=later) for one in (device.norway, device.denmark)]
    device.shore.published.publish(at=later)
    pack = device.shore.pack("later.pack", lists=lists)
    pack_commands.take_in(str(pack), str(device.shore.root), later, folder=str(device.home))
    device.app.refresh_trust()
    device.phone.wait(1.5)


def certificates(device: DeviceInHand, holder: Holder) -> list[str]:
    """What lies on the seafarer's phone."""
    phone = aboard.phone_of(holder)
    papers = (aboard.holds(holder, "master"), aboard.fit_at_sea(holder))
    return [device.norway.issue(one, phone, at=NOW - 200 * DAY) for one in papers]


def live(device: DeviceInHand, holder: Holder, token: str) -> str:
    return show(token, phone=aboard.phone_of(holder), at=device.phone.now())


def takes(inspector: Inspector, presented: str | bytes) -> None:
    inspector.device.app.take(presented)
    inspector.eyes.wait(0.5)


def compares(inspector: Inspector, **answers: Match) -> None:
    """On the screen that asks."""
    screen = inspector.device.app.screen("compare")
    screen._choose_document(Document.PASSPORT)
    screen.say(**{"name": Match.MATCHES, "birth": Match.MATCHES, "photo": Match.MATCHES, **answers})
    screen.finish()
    inspector.eyes.wait(0.4)


@pytest.fixture
def inspector(device: DeviceInHand) -> Inspector:
    return Inspector(device)


def test_a_photograph_never_turns_a_red_verdict_green(inspector: Inspector) -> None:
    device, holder = inspector.device, aboard.seafarer(1, "Hansen")
    competency, fit = certificates(device, holder)
    device.norway.revoke(fit)
    republishes(device)
    takes(inspector, muster.pack(live(device, holder, competency), [fit]))
    verdict = device.app.screen("verdict")
    assert verdict.state.signal is Signal.BAD
    verdict.act()
    device.app.screen("compare").ask_photo()
    inspector.eyes.wait(0.4)
    phone = aboard.phone_of(holder)
    takes(inspector, photograph(device, device.norway, holder, phone, aboard.holds(holder, "master")))
    assert device.app.screen("compare").photo is not None
    compares(inspector)
    assert verdict.state.signal is Signal.BAD
    assert verdict.state.headline == "REVOKED"


def test_another_authoritys_seafarer_of_that_number_brings_no_photograph(inspector: Inspector) -> None:
    device, holder = inspector.device, aboard.seafarer(1, "Hansen")
    takes(inspector, live(device, holder, certificates(device, holder)[0]))
    device.app.screen("verdict").act()
    device.app.screen("compare").ask_photo()
    other = replace(aboard.holds(holder, "master"), issuing_country="DK", issuing_authority="S")
    takes(inspector, photograph(device, device.denmark, holder, aboard.phone_of(holder), other))
    assert device.app.screens.current == "verdict"
    assert device.app.screen("compare").photo is None


def test_a_photograph_that_differs_empties_the_post(inspector: Inspector) -> None:
    device = inspector.device
    holder = inspector.scans_sailor(1, "Ek", "master")
    inspector.loads_manning(ONE_POST)
    device.app.go("crew")
    inspector.eyes.wait(0.4)
    assert inspector.control.report().tone is Tone.GOOD
    inspector.opens("Kim Ek")
    device.app.screen("person").compare()
    device.app.screen("compare").ask_photo()
    inspector.eyes.wait(0.4)
    phone = aboard.phone_of(holder)
    takes(inspector, photograph(device, device.norway, holder, phone, aboard.holds(holder, "master")))
    compares(inspector, photo=Match.DIFFERS)
    assert device.app.screens.current == "person"
    (person,) = inspector.control.crew.persons
    assert person.assessment is not None
    assert person.assessment.headline is Headline.NOT_THE_SAME_PERSON
    assert inspector.control.report().tone is Tone.BAD
    assert inspector.control.crew.report is not None
    assert not inspector.control.crew.report.assignments


def test_answers_on_a_person_go_with_the_person(inspector: Inspector) -> None:
    device, holder = inspector.device, aboard.seafarer(1, "Hansen")
    token = certificates(device, holder)[0]
    takes(inspector, live(device, holder, token))
    device.app.screen("verdict").judge_on_ship()
    device.app.screen("person").compare()
    compares(inspector)
    assert device.app.session.shown.identity is not None
    inspector.eyes.wait(90)
    assert device.app.screens.current == "scan"
    takes(inspector, live(device, holder, token))
    device.app.screen("verdict").judge_on_ship()
    assert device.app.session.shown.identity is None
    assert inspector.control.identities == {}


def test_who_is_removed_from_the_crew_is_compared_anew(inspector: Inspector) -> None:
    inspector.scans_sailor(1, "Ek", "master")
    inspector.device.app.go("crew")
    inspector.eyes.wait(0.4)
    inspector.opens("Kim Ek")
    person = inspector.device.app.screen("person")
    person.compare()
    compares(inspector)
    assert inspector.control.identities
    person.remove()
    inspector.eyes.wait(0.4)
    inspector.scans_sailor(1, "Ek", "master")
    (again,) = inspector.control.crew.persons
    assert again.assessment is not None
    assert again.assessment.checks[0].outcome is Outcome.NOT_ASSESSED


def test_a_code_that_names_nobody_cannot_be_compared(inspector: Inspector) -> None:
    holder = aboard.seafarer(2)
    inspector.scans(tampered(certificates(inspector.device, holder)[0]))
    inspector.scans_sailor(1, "Berg", "master")
    inspector.device.app.go("crew")
    inspector.eyes.wait(0.4)
    inspector.opens(inspector.control.crew.persons[0].label)
    person = inspector.device.app.screen("person")
    assert not person.may_compare
    person.compare()
    inspector.eyes.wait(0.4)
    assert inspector.device.app.screens.current == "person"


def test_a_revocation_that_is_imported_counts_for_who_was_scanned_before(inspector: Inspector) -> None:
    inspector.loads_manning(ONE_POST)
    holder = aboard.seafarer(1, "Hansen")
    tokens = certificates(inspector.device, holder)
    inspector.scans(*(live(inspector.device, holder, one) for one in tokens))
    assert inspector.control.report().tone is Tone.GOOD
    inspector.device.norway.revoke(tokens[0])
    republishes(inspector.device)
    assert [one.headline for one in inspector.control.crew.persons[0].verdicts] == ["REVOKED", "VALID"]
    assert inspector.control.report().tone is Tone.BAD


def test_an_import_leaves_a_live_code_live_and_a_stale_one_stale(inspector: Inspector) -> None:
    holder, late = aboard.seafarer(1, "Hansen"), aboard.seafarer(2, "Berg")
    inspector.scans(live(inspector.device, holder, certificates(inspector.device, holder)[0]))
    stale = certificates(inspector.device, late)[0]
    # Of a clock ahead: it would become current of itself while one waits.
    ahead = inspector.device.phone.now() + timedelta(minutes=7)
    inspector.scans(show(stale, phone=aboard.phone_of(late), at=ahead))
    before = [one.verdicts[0].headline for one in inspector.control.crew.persons]
    assert before == ["VALID", "UNCONFIRMED"]
    inspector.device.phone.wait(240)
    republishes(inspector.device)
    assert [one.verdicts[0].headline for one in inspector.control.crew.persons] == before


def test_a_safe_manning_document_that_is_revoked_later_is_never_green(inspector: Inspector) -> None:
    norway = inspector.device.norway
    status = StatusReference(norway.status_uri, 7)
    norway.states[7] = 0
    signed = aboard.sign_manning(norway, aboard.manning(aboard.Post("master")), status=status)
    inspector.scans(signed)
    inspector.scans_sailor(1, "Hansen", "master")
    assert inspector.control.report().tone is Tone.GOOD
    norway.states[7] = 1
    republishes(inspector.device)
    assert inspector.control.aboard.stands is Headline.REVOKED
    assert inspector.control.report().tone is Tone.BAD
    inspector.scans(signed)
    assert inspector.control.report().tone is Tone.BAD


def test_a_second_ships_document_describes_the_second_ship(inspector: Inspector) -> None:
    inspector.loads_manning(MANNING)
    inspector.device.app.screen("ship").save()
    other = MANNING.replace("8500", "50000").replace("NO-MSM-77", "NO-MSM-78")
    inspector.loads_manning(other.replace("Nordlys", "Havfrue").replace("9074729", "9321483"))
    ship = inspector.device.app.session.ship
    assert (ship.name, ship.imo, ship.gt) == ("Havfrue", "9321483", 50000)
    inspector.device.app.screen("ship").save()
    assert inspector.control.aboard.told.name is None, "the document's values are not the inspector's"


def test_a_document_of_another_ship_than_the_one_described_says_so(inspector: Inspector) -> None:
    inspector.device.app.go("ship")
    inspector.eyes.wait(0.4)
    inspector.types_into("IMO number", "9321483")
    inspector.device.app.screen("ship").save()
    inspector.loads_manning(ONE_POST.replace("name: Testship", 'name: Testship, imo: "9074729"'))
    inspector.scans_sailor(1, "Hansen", "master")
    assert inspector.control.report().tone is not Tone.GOOD
    inspector.device.app.go("crew")
    inspector.eyes.wait(0.4)
    assert "9074729, this ship has 9321483" in inspector.device.app.screen("crew").manning_line


def test_two_persons_certificates_together_are_never_green_under_one_name(inspector: Inspector) -> None:
    device, holder = inspector.device, aboard.seafarer(1, "Hansen")
    other = aboard.seafarer(2, "Stranger", born=date(1970, 5, 5))
    own, _ = certificates(device, holder)
    foreign = device.norway.issue(aboard.fit_at_sea(other), aboard.phone_of(holder), at=NOW - 200 * DAY)
    takes(inspector, muster.pack(live(device, holder, own), [foreign]))
    state = device.app.screen("verdict").state
    assert state.signal is Signal.FRAUD
    assert state.headline == "NOT THE SAME PERSON"
    names = " ".join(one.number for one in state.members)
    assert ("Kim Stranger" in names) != ("Kim Hansen" in names), "who is not named above"


def test_two_names_with_one_birth_date_are_not_green_unasked(inspector: Inspector) -> None:
    device, holder = inspector.device, aboard.seafarer(1, "Hansen")
    namesake = replace(aboard.seafarer(2, "Lund"), birth_date=holder.birth_date)
    danish = replace(aboard.fit_at_sea(namesake), issuing_country="DK", issuing_authority="S")
    own, foreign = certificates(device, holder)[0], device.denmark.issue(danish, None, at=NOW - 200 * DAY)
    takes(inspector, muster.pack(live(device, holder, own), [foreign]))
    assert device.app.screen("verdict").state.signal is Signal.UNKNOWN


def test_a_challenge_outlives_the_person_on_the_screen(inspector: Inspector) -> None:
    device, holder = inspector.device, aboard.seafarer(1, "Hansen")
    token, phone = certificates(device, holder)[0], aboard.phone_of(holder)
    takes(inspector, show(token, phone=phone, at=device.phone.now() - timedelta(minutes=10)))
    device.app.screen("verdict").act()
    nonce = device.app.session.challenge.nonce
    inspector.eyes.wait(70)
    assert device.app.session.shown is None
    answer = show(token, phone=phone, at=device.phone.now(), nonce=nonce, audience=Audience.CHALLENGE)
    takes(inspector, answer)
    assert device.app.screen("verdict").state.headline == "VALID"


def test_a_challenge_left_open_asks_nobody_else(inspector: Inspector) -> None:
    device, asked, other = inspector.device, aboard.seafarer(1, "Hansen"), aboard.seafarer(2, "Berg")
    old = device.phone.now() - timedelta(minutes=10)
    token = certificates(device, asked)[0]
    takes(inspector, show(token, phone=aboard.phone_of(asked), at=old))
    device.app.screen("verdict").act()
    takes(inspector, live(device, asked, token))
    assert device.app.screen("verdict").state.headline == "UNCONFIRMED", "who is asked must answer"
    takes(inspector, live(device, other, certificates(device, other)[0]))
    assert device.app.screen("verdict").state.headline == "VALID"
    device.app.session.set_challenge()
    inspector.scans_sailor(3, "Ek", "master")
    assert [one.headline for one in inspector.control.crew.persons[0].verdicts] == ["VALID", "VALID"]


@pytest.mark.parametrize("form", ["ship", "paper", "choose", "crew-scan"])
def test_a_form_keeps_its_typing_and_lets_the_person_go(inspector: Inspector, form: str) -> None:
    device, holder = inspector.device, aboard.seafarer(1, "Hansen")
    takes(inspector, live(device, holder, certificates(device, holder)[0]))
    device.app.screen("verdict").judge_on_ship()
    if form == "ship":
        device.app.screen("person").describe_ship()
        inspector.eyes.wait(0.4)
        inspector.types_into("Name", "Nordlys")
    else:
        device.app.go(form)
    inspector.eyes.wait(70)
    assert device.app.screens.current == form
    assert device.app.session.shown is None
    assert device.app.screen("person").state.name == ""
    if form == "ship":
        assert device.app.screen("ship").state.typed.name == "Nordlys"
        device.app.back()
        inspector.eyes.wait(0.5)
        assert device.app.screens.current == "scan"


def test_a_long_paste_is_refused_before_it_is_laid_out(inspector: Inspector) -> None:
    inspector.device.app.go("enter")
    inspector.eyes.wait(0.4)
    Clipboard.copy("OB1:" + "A" * reading.MOST_TYPED)
    screen = inspector.device.app.screen("enter")
    screen.paste()
    assert screen.ids.typed.text == ""
    assert screen.complaint == f"At most {reading.MOST_TYPED} characters."
