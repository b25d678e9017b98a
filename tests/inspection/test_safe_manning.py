"""A safe manning document: signed and judged like any certificate, or typed; and the ship it describes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.crews import IMO, VESSEL, fit_at_sea, holds, manning, seafarer, sign_manning, verdicts
from support.scenario import TODAY, Inspection
from support.simulator import DAY, NOW

from verifier.credential import carrier
from verifier.credential.safe_manning import Post
from verifier.inspection.crew import Person, judge
from verifier.inspection.manning import from_yaml, ship_of
from verifier.inspection.ship import InvalidShip, Ship, imo_number
from verifier.settings_file import SettingsError
from verifier.verdict import Headline, Standing

TYPED = b"""
document_number: NO-MSM-0001
flag: NO
expiry_date: 2028-01-01
ship: {name: "Hav\xc3\xb8rn", imo: "9074729", gt: 8500, kw: 6000,
  type: general-cargo, area: near-coastal, ums: true}
posts:
  - {capacity_code: master}
  - {capacity_code: rating-navigational-watch, count: 2, also: [able-seafarer-deck], regulations: [VI/1]}
"""


def test_a_signed_document_comes_back_as_it_was_signed() -> None:
    inspection, document = Inspection(), manning(Post("master", 2, ("chief-mate",), ("VI/1",)), remarks=None)
    verdict = inspection.verdict(sign_manning(inspection.norway, document))
    assert verdict.headline is Headline.VALID
    assert verdict.manning == document
    assert verdict.credential is None


def test_its_rows_are_those_of_any_certificate() -> None:
    inspection = Inspection()
    text = sign_manning(inspection.norway, manning())
    inspection.norway.revoke(text)
    assert inspection.verdict(text).headline is Headline.REVOKED


FAULTS = {
    "past its last day": ({"expires": NOW - DAY}, Headline.EXPIRED),
    "before its first": ({"not_before": NOW + timedelta(hours=1)}, Headline.NOT_YET_VALID),
    "dates that contradict each other": ({"expires": None}, Headline.NOT_READABLE),
}


@pytest.mark.parametrize(("changes", "headline"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_gives_its_headline(changes: dict[str, object], headline: Headline) -> None:
    inspection = Inspection()
    assert inspection.verdict(sign_manning(inspection.norway, manning(), **changes)).headline is headline


def test_a_document_of_another_flag_than_the_authoritys_is_untrusted() -> None:
    inspection = Inspection()
    text = sign_manning(inspection.norway, manning(issuing_country="DK"))
    assert inspection.verdict(text).headline is Headline.UNTRUSTED


def test_without_its_status_list_nothing_is_known_of_it() -> None:
    inspection = Inspection(listed_at=None)
    text = sign_manning(inspection.norway, manning())
    assert inspection.verdict(text).headline is Headline.STATUS_UNKNOWN


def test_a_typed_document_says_the_same() -> None:
    document = from_yaml(TYPED)
    assert document.vessel == VESSEL
    assert document.posts[1] == Post("rating-navigational-watch", 2, ("able-seafarer-deck",), ("VI/1",))
    assert document.persons == 3


HEAD = b"document_number: X\nflag: NO\n"
SHIP = b"ship: {name: A}\n"
WRONG = {
    "an unknown key": (HEAD + SHIP + b"posts: [{capacity_code: master}]\nx: 1", "x"),
    "no posts": (HEAD + SHIP + b"posts: []", "posts"),
    "no ship": (HEAD + b"posts: [{capacity_code: master}]", "ship"),
    "a post of no list": (HEAD + SHIP + b"posts: [{capacity_code: cook}]", "cook"),
    "a post of nobody": (HEAD + SHIP + b"posts: [{capacity_code: master, count: 0}]", "posts"),
    "a thousand persons": (HEAD + SHIP + b"posts: [{capacity_code: master, count: 1000}]", "count"),
    "no number": (b"flag: NO\n" + SHIP + b"posts: [{capacity_code: master}]", "document_number"),
    "no IMO number": (HEAD + b"ship: {name: A, imo: '9074728'}\nposts: [{capacity_code: master}]", "imo"),
    "a list": (b"[]", "key: value"),
    "a type of no list": (
        HEAD + b"ship: {name: A, type: oil-tankr}\nposts: [{capacity_code: master}]",
        "oil-tankr",
    ),
    "an area of no list": (
        HEAD + b"ship: {name: A, area: near}\nposts: [{capacity_code: master}]",
        "near-coastal",
    ),
}


@pytest.mark.parametrize(("data", "named"), WRONG.values(), ids=WRONG.keys())
def test_a_typed_document_that_cannot_be_used_says_what_is_wrong(data: bytes, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        from_yaml(data)


def test_the_inspectors_word_about_the_ship_counts_before_the_documents() -> None:
    told = Ship(flag="NO", gt=9_000, voyage_start=TODAY)
    ship = ship_of(manning(), told)
    assert (ship.gt, ship.kw, ship.imo, ship.voyage_start) == (9_000, 6_000, IMO, TODAY)
    assert ship_of(manning()) == replace(ship, gt=8_500, voyage_start=None)


SECOND = manning(vessel=manning().vessel._replace(imo="9319466", gt=400, name="Other"))
DIFFERENT = {
    "the same ship": (Ship(imo=IMO, flag="NO", gt=8_500, kw=6_000), [], Standing.VALID),
    "nothing typed": (None, [], Standing.VALID),
    "another IMO number": (Ship(imo="9319466"), [str(Headline.NOT_FOR_THIS)], Standing.UNDETERMINED),
    "another flag": (Ship(flag="DK"), [str(Headline.NOT_FOR_THIS)], Standing.UNDETERMINED),
    "another tonnage": (Ship(gt=9_000), ["REMARK"], Standing.VALID),
    "another power": (Ship(kw=5_000), ["REMARK"], Standing.VALID),
    "all of it": (
        Ship(imo="9319466", flag="DK", gt=1, kw=1),
        [str(Headline.NOT_FOR_THIS)] * 2 + ["REMARK"] * 2,
        Standing.UNDETERMINED,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "headlines", "standing"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_a_document_of_another_ship_is_a_problem_and_never_green(
    typed: Ship | None, headlines: list[str], standing: Standing
) -> None:
    inspection, cook = Inspection(), seafarer(1)
    inspection.norway.change_key(sign_from=NOW - 1_000 * DAY)
    rating = holds(cook, "rating-navigational-watch")
    one = Person(label="a", verdicts=tuple(verdicts(inspection, rating, fit_at_sea(cook))))
    found = judge([one], manning(Post("rating-navigational-watch")), ship=typed, at=NOW)
    assert [problem.headline for problem in found.problems] == headlines
    assert found.standing is standing
    assert not found.shortfalls


def test_a_second_document_replaces_what_the_first_said_and_keeps_what_was_typed() -> None:
    typed = Ship(kw=5_000, voyage_start=TODAY)
    first, second = ship_of(manning(), typed), ship_of(SECOND, typed)
    assert (first.imo, first.gt, first.kw) == (IMO, 8_500, 5_000)
    assert (second.imo, second.gt, second.kw, second.name) == ("9319466", 400, 5_000, "Other")


@pytest.mark.parametrize("text", ["9074729", "IMO 9074729", "imo9074729", " 9074729 "])
def test_an_imo_number_is_read_as_people_write_it(text: str) -> None:
    assert imo_number(text) == IMO


@pytest.mark.parametrize("text", ["9074728", "907472", "90747290", "IMO", "", "９０７４７２９"])
def test_an_imo_number_whose_check_digit_is_wrong_is_refused(text: str) -> None:
    with pytest.raises(InvalidShip, match="imo"):
        imo_number(text)


def test_a_document_fits_a_code_and_comes_back_from_it() -> None:
    inspection = Inspection()
    text = sign_manning(inspection.norway, manning())
    code = carrier.to_qr_text(carrier.pack(text))
    assert inspection.verdict(code).manning == manning()
    assert len(code) < 1_100, "as small as a person's certificate"
