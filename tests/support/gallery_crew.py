"""Scenes of a crew inspected: ship, duty, crew, person, paper by hand, report, records."""

from __future__ import annotations

from dataclasses import replace

from support import crews as aboard
from support.crew_in_hand import MANNING, Inspector
from support.gallery import Stage
from support.gallery_parts import LongScenes, live, shown, to_the_end
from support.scenario import TODAY, medical, show, tampered
from support.simulator import DAY

from verifier.credential import carrier, muster
from verifier.inspection.identity import Document, Match
from verifier.inspector import texts_crew as texts
from verifier.inspector.texts import ON_THIS_SHIP
from verifier.inspector.ui import crew_control, routes
from verifier.ui.ports.share import FakeShare

scene = LongScenes()
and_below = scene.and_below
LONG = "Wolfeschlegelsteinhausenbergerdorff-Østergård"
OTHER_MANNING = MANNING.replace("count: 2", "count: 1")


def aboard_with(stage: Stage, *, manning: str = "", keeps_records: bool = False) -> Inspector:
    """An inspector whose device is on; with a safe manning document where one is given."""
    stage.inspector(share=FakeShare())
    inspector = Inspector(stage.device, is_on=True)
    if keeps_records:
        stage.device.app.session.choose(keeps_records=True)
    if manning:
        inspector.loads_manning(manning)
    return inspector


def go(stage: Stage, name: str) -> None:
    """To that screen."""
    stage.device.app.go(name)
    stage.eyes.wait(0.6)


def crew(stage: Stage, *, manning: str = MANNING, keeps_records: bool = False) -> Inspector:
    """Three on board: one fit, one whose medical certificate has run out, one with a long name."""
    inspector = aboard_with(stage, manning=manning, keeps_records=keeps_records)
    inspector.scans_sailor(1, "Østergård", "master")
    inspector.scans_sailor(2, "Virtanen", "chief-mate", expiry=TODAY - 20 * DAY)
    inspector.scans_sailor(3, LONG, "rating-navigational-watch")
    return inspector


def person(stage: Stage, name: str) -> None:
    """Their own screen, from the crew's."""
    go(stage, "crew")
    found = next(one for one in crew_control.of(stage.device.app).crew.persons if one.label == name)
    stage.device.app.screen("person").show_crew(found)
    go(stage, "person")


# Ship and duty


@and_below
def ship_empty(stage: Stage) -> None:
    aboard_with(stage)
    go(stage, "ship")


@and_below
def ship_from_a_document(stage: Stage) -> None:
    aboard_with(stage, manning=MANNING)


@and_below
def ship_with_nonsense(stage: Stage) -> None:
    aboard_with(stage)
    go(stage, "ship")
    screen = stage.device.app.screen("ship")
    for name, text in (
        ("imo", "1234568"),
        ("flag", "Norge"),
        ("gt", "large"),
        ("voyage_start", "2027-01-01"),
    ):
        screen.ids[name].take(text)
    screen.save()
    stage.eyes.wait(0.5)


@scene
def ship_document_refused(stage: Stage) -> None:
    aboard_with(stage, manning="posts: nonsense")


@and_below
def ship_choose_type(stage: Stage) -> None:
    aboard_with(stage)
    go(stage, "ship")
    stage.device.app.screen("ship")._ask("type")
    stage.eyes.wait(0.6)


@scene
def scan_with_a_ship(stage: Stage) -> None:
    aboard_with(stage, manning=MANNING).device.app.screen("ship").save()
    go(stage, routes.HOME)


@and_below
def duty_choice(stage: Stage) -> None:
    crew(stage)
    person(stage, "Kim Østergård")
    stage.device.app.screen("person").choose_duty()
    stage.eyes.wait(0.6)


# The crew


@scene
def crew_of_nobody(stage: Stage) -> None:
    aboard_with(stage)
    go(stage, "crew")


@scene
def crew_of_nobody_with_posts(stage: Stage) -> None:
    aboard_with(stage, manning=MANNING)
    go(stage, "crew")


@scene
def crew_scan_begins(stage: Stage) -> None:
    aboard_with(stage)
    go(stage, crew_control.SCAN)


@scene
def crew_scan_fit(stage: Stage) -> None:
    aboard_with(stage, manning=MANNING).scans_sailor(1, "Østergård", "master")


@scene
def crew_scan_with_a_problem(stage: Stage) -> None:
    crew(stage).scans_sailor(2, "Virtanen", "chief-mate", expiry=TODAY - 20 * DAY)


@scene
def crew_scan_of_what_is_none(stage: Stage) -> None:
    aboard_with(stage).scans("OB1:NONSENSE")


@and_below
def crew_with_shortfalls(stage: Stage) -> None:
    inspector = crew(stage)
    holder = aboard.seafarer(4, "Berg")
    forged = tampered(
        inspector.device.norway.issue(aboard.holds(holder, "chief-mate"), aboard.phone_of(holder))
    )
    inspector.scans(forged)
    go(stage, "crew")


@scene
def crew_with_shortfalls_middle(stage: Stage) -> None:
    crew_with_shortfalls(stage)
    stage.eyes.swipe(520)


@and_below
def crew_all_posts_filled(stage: Stage) -> None:
    inspector = aboard_with(stage, manning=OTHER_MANNING)
    inspector.scans_sailor(1, "Østergård", "master")
    inspector.scans_sailor(2, "Virtanen", "chief-mate")
    inspector.scans_sailor(3, "Berg", "rating-navigational-watch")
    go(stage, "crew")


@scene
def crew_without_a_document(stage: Stage) -> None:
    crew(stage, manning="")
    go(stage, "crew")


# A person


@and_below
def person_with_open_rows(stage: Stage) -> None:
    crew(stage, manning="")
    person(stage, "Kim Østergård")


@and_below
def person_unfit(stage: Stage) -> None:
    crew(stage)
    person(stage, "Kim Virtanen")


@and_below
def person_fit_for_duty(stage: Stage) -> None:
    crew(stage)
    person(stage, "Kim Østergård")
    stage.device.app.screen("person").compare()
    compare = stage.device.app.screen("compare")
    compare.say(document=Document.PASSPORT, name=Match.MATCHES, birth=Match.MATCHES, photo=Match.MATCHES)
    compare.finish()
    stage.eyes.wait(0.6)


@scene
def person_scanned_alone(stage: Stage) -> None:
    presented = live(stage)
    aboard_with(stage, manning=MANNING)
    shown(stage, presented)
    stage.eyes.tap(stage.eyes.scroll_to(stage.say(ON_THIS_SHIP)))


@scene
def person_to_be_removed(stage: Stage) -> None:
    crew(stage)
    person(stage, "Kim Østergård")
    to_the_end(stage)
    stage.tap(texts.REMOVE_PERSON)


# Paper


@and_below
def paper_empty(stage: Stage) -> None:
    aboard_with(stage)
    go(stage, "crew")
    stage.device.app.screen("crew").add_paper()
    stage.eyes.wait(0.6)


@and_below
def paper_with_nonsense(stage: Stage) -> None:
    paper_empty(stage)
    screen = stage.device.app.screen("paper")
    for name, text in (("name", "Ada"), ("birth_date", "2025-01-01"), ("regulations", "everything")):
        screen.ids[name].take(text)
    screen.save()
    stage.eyes.wait(0.5)


@and_below
def paper_added(stage: Stage) -> None:
    aboard_with(stage, manning=MANNING)
    stage.device.app.screen("crew").add_paper()
    screen = stage.device.app.screen("paper")
    for name, text in {
        "name": "Ada Paper", "birth_date": "4.7.1988", "type": "competency", "capacity": "master",
        "document_number": "NO-77", "issuing_country": "NO", "regulations": "II/2",
        "issue_date": "2024-01-01", "expiry_date": "2028-12-31",
    }.items():  # fmt: skip
        screen._edit(name, text)
    screen.save()
    stage.eyes.wait(0.6)


# Report and records


@and_below
def report(stage: Stage) -> None:
    crew(stage)
    go(stage, "report")


@and_below
def report_saved_and_signed(stage: Stage) -> None:
    crew(stage, keeps_records=True)
    go(stage, "report")
    stage.device.app.screen("report").toggle_sign()
    stage.device.app.screen("report").keep()
    stage.eyes.wait(0.5)


@scene
def records_of_nothing(stage: Stage) -> None:
    aboard_with(stage)
    go(stage, "records")


@scene
def records(stage: Stage) -> None:
    report_saved_and_signed(stage)
    go(stage, "records")


@scene
def records_to_be_deleted(stage: Stage) -> None:
    records(stage)
    stage.tap(texts.DELETE_RECORD)


@scene
def person_with_several_certificates_at_once(stage: Stage) -> None:
    aboard_with(stage, manning=MANNING)
    holder = aboard.seafarer(7, "Nygård")
    phone = aboard.phone_of(holder)
    papers = (aboard.holds(holder, "master"), replace(medical(), holder=holder))
    first, second = (stage.device.norway.issue(one, phone) for one in papers)
    wire = muster.pack(show(first, phone=phone, at=stage.eyes.now()), [second])
    shown(stage, carrier.to_qr_text(wire))
    stage.eyes.tap(stage.eyes.scroll_to(stage.say(ON_THIS_SHIP)))
