"""A rule decides by itself on verified evidence alone; else it says what a person, or time, must add."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from support.law import HEAD, MASTER, ON, UPLOADED, asks, judge, master_to_be, record, rule, service

from issuer.rules.facts import Decided, Facts, Kind
from issuer.rules.finding import Standing
from issuer.rules.outcome import Way, Why
from issuer.rules.reading.act_file import act_of
from issuer.rules.report import report

YEARS = 3 * 12 * 30  # days


def test_everything_verified_is_decided_at_once() -> None:
    found = judge(rule(MASTER), master_to_be(service(YEARS)))
    assert found.way is Way.AUTO
    assert (found.why, found.shortfalls) == ({}, ())
    assert len(found.version) == 64


@pytest.mark.parametrize(
    ("days", "missing"),
    [
        (YEARS - 1, {"2 kap. 3 § 2": 1}),
        (18 * 30 - 1, {"2 kap. 3 § 2": 18 * 30 + 1, "2 kap. 3 § andra stycket": 1}),
        (1, {"2 kap. 3 § 2": YEARS - 1, "2 kap. 3 § andra stycket": 18 * 30 - 1 + 12 * 30 - 1}),
    ],
)
def test_what_is_short_is_said_to_the_day_and_by_paragraph(days: int, missing: dict[str, int]) -> None:
    found = judge(rule(MASTER), master_to_be(service(days)))
    assert found.way is Way.INCOMPLETE
    said: dict[str, Fraction] = {}
    for short in found.shortfalls:
        said[short.ref] = said.get(short.ref, Fraction(0)) + short.missing
    assert said == missing


def test_unverified_service_sends_the_case_to_a_person_and_names_it() -> None:
    doubtful = service(400, start=date(2017, 1, 1), id="papers", source=UPLOADED)
    found = judge(rule(MASTER), master_to_be(service(YEARS - 300), doubtful))
    assert found.way is Way.MANUAL
    assert found.why == {Why.UNVERIFIED: ("papers",)}


def test_an_upload_that_nothing_rests_on_goes_to_a_person_only_where_the_policy_says_so() -> None:
    facts = master_to_be(service(YEARS), service(5, start=date(2020, 1, 1), id="papers", source=UPLOADED))
    assert judge(rule(MASTER), facts).way is Way.AUTO
    found = judge(rule(MASTER), facts, uploads_need_a_person=True)
    assert (found.way, found.why) == (Way.MANUAL, {Why.UPLOAD: ("papers",)})


def test_service_before_the_competence_that_it_must_follow_does_not_count() -> None:
    early = service(YEARS, start=date(2010, 1, 1))  # the competence is of 1 July 2014
    found = judge(rule(MASTER), master_to_be(early))
    assert {short.missing for short in found.shortfalls} == {YEARS, 18 * 30, 12 * 30}
    without = replace(master_to_be(service(YEARS)), records=())
    unmet = {short.code for short in judge(rule(MASTER), without).shortfalls}
    assert {"medical", "sjokaptensexamen", "≥ V"} <= unmet


@pytest.mark.parametrize("changes", [{"gt": None}, {"gt": 499}, {"use": "fishing"}, {"rank": None}])
def test_what_was_not_reported_is_not_assumed(changes: dict[str, object]) -> None:
    found = judge(rule(MASTER), master_to_be(service(YEARS, **changes)))
    (passed_over,) = {
        one for each in found.shortfalls for one in each.passed_over if each.ref == "2 kap. 3 § 2"
    }
    assert passed_over[1] in ("gt_min", "use", "rank_min")


@pytest.mark.parametrize(
    ("issued", "met"),
    [(date(2024, 11, 22), True), (date(2024, 11, 21), False), (date(2026, 11, 23), False)],
)
def test_a_document_is_not_too_old_on_its_anniversary_and_is_the_day_after(issued: date, met: bool) -> None:
    facts = Facts(records=(record(Kind.DOCUMENT, "medical", issued),))
    assert (judge(asks("{use: medical}"), facts).way is Way.AUTO) is met


def test_a_document_of_29_february_is_two_years_old_on_28_february() -> None:
    facts = Facts(records=(record(Kind.DOCUMENT, "medical", date(2024, 2, 29)),))
    assert judge(asks("{use: medical}"), facts, on=date(2026, 2, 28)).way is Way.AUTO
    assert judge(asks("{use: medical}"), facts, on=date(2026, 3, 1)).way is Way.INCOMPLETE


def test_a_window_counts_back_from_the_day_of_the_question() -> None:
    asked = asks("{any: [{service: {months: 12, within: P5Y}}, {service: {months: 3, within: P6M}}]}")
    just = service(90, start=ON - timedelta(days=120))
    assert judge(asked, Facts(services=(just,))).way is Way.AUTO
    long_ago = service(360, start=date(2020, 1, 1))
    assert judge(asked, Facts(services=(long_ago,))).way is Way.INCOMPLETE


def test_of_alternatives_the_nearest_one_says_what_is_missing() -> None:
    asked = asks("{any: [{service: {months: 24}}, {all: [{course: {code: x}}, {service: {months: 1}}]}]}")
    (short,) = judge(asked, Facts(services=(service(700),))).shortfalls
    assert short.missing == 20


def test_a_substitute_counts_up_to_its_limit_and_never_beside_the_day_it_substitutes() -> None:
    asked = asks(
        "{service: {where: {department: engine, propulsion: steam}, months: 18, substitutes: "
        "[{ref: 25 §, where: {department: workshop}, months: 9}]}}"
    )
    steam = service(9 * 30, department="engine", propulsion="steam", id="steam")
    workshop = service(20 * 30, start=date(2017, 1, 1), department="workshop", id="shop")
    assert judge(asked, Facts(services=(steam, workshop))).way is Way.AUTO
    same_days = service(20 * 30, department="workshop", id="shop")
    (short,) = judge(
        asked, Facts(services=(replace(steam, last=steam.last - timedelta(days=1)), workshop))
    ).shortfalls
    assert short.missing == 1
    assert judge(asked, Facts(services=(replace(steam, last=steam.last), replace(same_days)))).way is Way.AUTO
    assert judge(asked, Facts(services=(steam, replace(same_days, last=steam.last)))).way is Way.INCOMPLETE


def test_only_the_authority_can_meet_a_discretion_and_only_where_it_was_asked() -> None:
    asked = asks("{any: [{course: {code: approved}}, {discretion: {ref: 27 § 3, code: equivalent}}]}")
    assert judge(asked, Facts()).way is Way.INCOMPLETE
    found = judge(asked, Facts(asked=frozenset({"equivalent"})))
    assert (found.way, found.why) == (Way.MANUAL, {Why.DISCRETION: ("equivalent",)})
    assert judge(asked, Facts(decided=(Decided(code="equivalent", day=ON),))).way is Way.AUTO
    assert (
        judge(asked, Facts(decided=(Decided(code="equivalent", day=ON + timedelta(days=1)),))).way
        is Way.INCOMPLETE
    )


def test_who_misses_only_what_a_variant_leaves_out_is_granted_it_with_the_limitation() -> None:
    limited = asks(
        "{all: [{service: {where: {propulsion: steam}, months: 6}}, "
        "{service: {where: {propulsion: motor}, months: 6}}]}, "
        "variants: [{ref: 32 §, limitation: motor, requires: "
        "{service: {where: {propulsion: motor}, months: 12}}}]"
    )
    found = judge(limited, Facts(services=(service(360, propulsion="motor"),)))
    assert (found.way, found.limitation) == (Way.AUTO, "motor")
    both = (service(180, propulsion="motor"), service(180, start=date(2018, 1, 1), propulsion="steam"))
    assert judge(limited, Facts(services=both)).limitation is None


# The whole asks for both halves; with one of them it is limited; a decision opens the whole by another way.
HALVES = (
    "{all: [{service: {where: {propulsion: steam}, months: 6}}, "
    "{service: {where: {propulsion: motor}, months: 6}}]}, "
    "variants: [{ref: 32 §, limitation: motor, requires: "
    "{service: {where: {propulsion: motor}, months: 6}}}]"
)
EQUIVALENT = (
    "\nalternatives:\n  - {ref: 6 §, name: likvardighet, kinds: [competence], requires: "
    "{discretion: {ref: 6 §, code: equivalent}}}\n"
)


def test_a_limited_form_never_hides_the_whole_that_another_way_gives_or_opens() -> None:
    limited = rule(
        "rules:\n  - {id: T, ref: 1 §, kind: competence, names: {en: T}, in_force: {from: 2012-01-01}, "
        f"requires: {HALVES}}}{EQUIVALENT}"
    )
    decided = (Decided(code="equivalent", day=ON),)
    for days in (179, 180):
        served = Facts(services=(service(days, propulsion="motor"),))
        found = judge(limited, replace(served, decided=decided))
        assert (found.way, found.limitation, found.alternative) == (Way.AUTO, None, "likvardighet")
        found = judge(limited, replace(served, asked=frozenset({"equivalent"})))
        assert (found.way, found.limitation, found.why) == (
            Way.MANUAL, None, {Why.DISCRETION: ("equivalent",)},
        )  # fmt: skip


def test_nor_where_only_unverified_evidence_beside_a_request_opens_the_whole() -> None:
    other = EQUIVALENT.replace(
        "{discretion: {ref: 6 §, code: equivalent}}",
        "{all: [{document: {ref: 6 §, code: foreign}}, {discretion: {ref: 6 §, code: equivalent}}]}",
    )
    limited = rule(
        "rules:\n  - {id: T, ref: 1 §, kind: competence, names: {en: T}, in_force: {from: 2012-01-01}, "
        f"requires: {HALVES}}}{other}"
    )
    paper = record(Kind.DOCUMENT, "foreign", date(2020, 1, 1), source=UPLOADED)
    served = Facts(services=(service(180, propulsion="motor"),), records=(paper,))
    assert (judge(limited, served).way, judge(limited, served).limitation) == (Way.AUTO, "motor")
    found = judge(limited, replace(served, asked=frozenset({"equivalent"})))
    assert (found.way, found.limitation) == (Way.MANUAL, None)
    assert found.why == {Why.UNVERIFIED: (paper.id,), Why.DISCRETION: ("equivalent",)}


def test_a_limited_form_that_is_nearer_than_the_whole_is_told_beside_what_the_whole_lacks() -> None:
    found = judge(asks(HALVES), Facts(services=(service(179, propulsion="motor"),)))
    assert [short.missing for short in found.shortfalls] == [180, 1]
    assert found.nearer is not None
    assert (found.nearer.limitation, found.nearer.ref, found.nearer.finding.missing) == ("motor", "32 §", 1)
    told = report(found)["nearer"]
    assert isinstance(told, dict)
    assert told["limitation"] == "motor"
    assert judge(asks(HALVES), Facts(services=(service(180, propulsion="motor"),))).nearer is None
    assert "nearer" not in report(judge(asks("{age: {ref: 4 §, years: 18}}"), Facts()))


def test_days_of_a_part_lie_within_those_of_its_whole() -> None:
    asked = asks(
        "{any: [{service: {months: 24}}, {service: {where: {gt_min: 500}, months: 12, "
        "of_which: [{where: {gt_min: 3000}, months: 12}]}}]}"
    )
    assert [one.missing for one in judge(asked, Facts()).shortfalls] == [360, 360]


def test_a_paper_is_as_far_away_as_half_a_year_of_service() -> None:
    asked = asks(
        "{any: [{service: {months: 24}}, {all: [{document: {code: book}}, {service: {months: 1}}]}]}"
    )
    assert [one.code for one in judge(asked, Facts(services=(service(300),))).shortfalls] == ["book"]
    (short,) = judge(asked, Facts(services=(service(700),))).shortfalls
    assert short.missing == 20


def test_a_transitional_provision_helps_in_its_time_alone() -> None:
    asked = asks(
        "{dated: {ref: p. 3, until: 2013-12-31, requires: {service: "
        "{where: {rank: [rating]}, months: 12, within: P5Y, before: 2012-01-01}}}}"
    )
    facts = Facts(services=(service(360, start=date(2008, 1, 1), rank="rating"),))
    assert judge(asked, facts, on=date(2013, 12, 31)).way is Way.AUTO
    assert judge(asked, facts, on=date(2014, 1, 1)).finding.standing is Standing.UNMET


@pytest.mark.parametrize(
    ("day", "way"), [(date(2026, 11, 22), Way.AUTO), (date(2026, 11, 21), Way.INCOMPLETE)]
)
def test_age_is_reached_on_the_birthday(day: date, way: Way) -> None:
    assert (
        judge(asks("{age: {ref: 4 §, years: 18}}"), Facts(birth_date=date(2008, 11, 22)), on=day).way is way
    )


@pytest.mark.parametrize("kind", [Kind.PHOTO, Kind.SIGNATURE])
def test_the_applicants_own_photo_and_signature_are_asked_for_by_their_kind(kind: Kind) -> None:
    asked = asks(f"{{{kind}: {{ref: 2 §, no_older: P10Y}}}}")
    mine = record(kind, kind.value, date(2020, 1, 1), source=UPLOADED)
    accepts = {kind: frozenset({(UPLOADED.reporter, UPLOADED.channel)})}
    assert judge(asked, Facts(records=(mine,)), accepts=accepts, uploads_need_a_person=True).way is Way.AUTO
    assert judge(asked, Facts(records=(mine,)), uploads_need_a_person=True).why == {
        Why.UNVERIFIED: (mine.id,),
        Why.UPLOAD: (mine.id,),
    }
    assert judge(asked, Facts(records=(replace(mine, day=date(2016, 1, 1)),))).way is Way.INCOMPLETE


@pytest.mark.parametrize(
    ("of_the_act", "of_the_rule", "decides"),
    [("", ", verified: false", False), ("\n  verified: false", "", False),
     ("\n  verified: false", ", verified: true", True), ("", "", True)],
)  # fmt: skip
def test_a_rule_that_nobody_has_compared_with_the_law_never_decides_alone(
    of_the_act: str, of_the_rule: str, decides: bool
) -> None:
    head = HEAD.replace("counts: days", "counts: days" + of_the_act)
    text = "rules: [{id: T, ref: 1 §, kind: k, names: {en: T}, in_force: {from: 2012-01-01}, requires: "
    _, (asked,) = act_of(f"{head}{text}{{course: {{code: x}}}}{of_the_rule}}}]".encode(), "test.yaml")
    found = judge(asked, Facts(records=(record(Kind.COURSE, "x"),)))
    assert (found.way, found.why) == (
        (Way.AUTO, {}) if decides else (Way.MANUAL, {Why.UNVERIFIED_LAW: ("T",)})
    )
    assert judge(asked, Facts()).way is Way.INCOMPLETE
