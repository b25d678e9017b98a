"""Each requirement of an outcome names the records that fill it, whose word they are, and how far it goes."""

from datetime import date

import pytest
from support.law import COMPANY, MASTER, POLICY, SCHOOL, UPLOADED, asks, judge, master_to_be, rule, service
from support.scenarios import POLICIES, scenarios

from issuer.rules.evidence import Level
from issuer.rules.facts import Channel, Facts, Reporter, Source
from issuer.rules.finding import Standing
from issuer.rules.outcome import Way, Why, evaluate
from issuer.rules.sources import requirements_report, sources_of

YEARS = 3 * 12 * 30  # days
RULE = rule(MASTER)


def test_what_is_met_names_its_records_their_reporters_and_ways() -> None:
    facts = master_to_be(service(YEARS, id="sea"))
    medical, exam, sea = sources_of(judge(RULE, facts), facts, POLICY)
    assert {one.standing for one in (medical, exam, sea)} == {Standing.MET}
    assert [(one.record, one.source, one.days) for one in medical.evidence] == [
        ("document-medical", SCHOOL, None)
    ]
    assert [(one.record, one.source, one.days) for one in sea.evidence] == [
        ("sea", COMPANY, YEARS),
        ("holding-V", SCHOOL, None),
    ]
    assert medical.is_verified
    assert exam.is_verified
    assert not sea.missing
    assert not sea.expected


def test_what_is_missing_says_how_much_and_whose_report_would_fill_it() -> None:
    facts = master_to_be(service(100, id="sea"))
    _, _, sea = sources_of(judge(RULE, facts), facts, POLICY)
    assert sea.standing is Standing.UNMET
    assert [one.missing for one in sea.missing] == [YEARS - 100, 18 * 30 - 100, 12 * 30 - 100]
    assert sea.expected == (COMPANY, SCHOOL)


def test_how_far_a_record_goes_is_said_of_each() -> None:
    his_own = Source(reporter=Reporter.APPLICANT, channel=Channel.SELF_REPORT)
    doctor = Source(reporter=Reporter.DOCTOR, channel=Channel.API)
    services = [
        service(YEARS // 4, start=date(2015 + at, 1, 1), id=f"s{at}", source=source)
        for at, source in enumerate((COMPANY, UPLOADED, his_own, doctor))
    ]
    facts = master_to_be(*services)
    _, _, sea = sources_of(judge(RULE, facts), facts, POLICY)
    levels = {one.record: one.level for one in sea.evidence}
    assert levels == {
        "s0": Level.VERIFIED,
        "s1": Level.UPLOADED,
        "s2": Level.SELF_REPORTED,
        "s3": Level.REPORTED,
        "holding-V": Level.VERIFIED,
    }
    assert (sea.standing, sea.is_verified) == (Standing.MET, False)


def test_of_alternatives_the_one_that_was_met_is_shown_and_else_the_nearest() -> None:
    asked = asks("{any: [{course: {code: x}}, {service: {months: 12}}]}")
    facts = Facts(services=(service(360, id="sea"),))
    (met,) = sources_of(judge(asked, facts), facts, POLICY)
    assert [one.record for one in met.evidence] == ["sea"]
    short = Facts(services=(service(350, id="sea"),))
    (unmet,) = sources_of(judge(asked, short), short, POLICY)
    assert [(one.kind, one.missing) for one in unmet.missing] == [("service", 10)]


def test_as_json_every_requirement_has_its_evidence_and_what_is_expected() -> None:
    facts = master_to_be(service(100, id="sea"))
    medical, _, sea = requirements_report(sources_of(judge(RULE, facts), facts, POLICY))
    assert medical == {
        "kind": "document", "ref": "2 kap. 1 §", "code": "medical", "standing": "met", "verified": True,
        "evidence": [
            {"id": "document-medical", "reporter": "school", "channel": "api", "level": "verified"}
        ],
        "missing": [], "expected_from": [], "source_matrix": [],
    }  # fmt: skip
    assert isinstance(sea, dict)
    assert sea["missing"][0] == {  # type: ignore[index]
        "kind": "service", "ref": "2 kap. 3 § 2", "code": "", "days": YEARS - 100,
    }  # fmt: skip
    assert sea["expected_from"][0] == {"reporter": "company", "channel": "api"}  # type: ignore[index]


def test_an_outcome_of_no_evidence_at_all_has_its_requirements_all_the_same() -> None:
    outcome = evaluate(RULE, Facts(), on=date(2026, 11, 22), policy=POLICY)
    found = sources_of(outcome, Facts(), POLICY)
    assert len(found) == 3
    assert all(one.standing is Standing.UNMET and one.missing and not one.evidence for one in found)


@pytest.mark.parametrize("country", ["DK", "NO", "SE"])
def test_of_every_scenario_the_requirements_tell_what_the_outcome_does(country: str) -> None:
    some = [one for one in scenarios() if one.law().act.country == country]
    assert some
    for one in some:
        outcome, policy = one.outcome(), POLICIES[country]
        found = sources_of(outcome, one.facts, policy)
        assert min(each.standing for each in found) is outcome.finding.standing, str(one)
        assert tuple(short for each in found for short in each.missing) == outcome.shortfalls, str(one)
        known = {each.id: each.source for each in one.facts.services}
        known |= {each.id: each.source for each in one.facts.records}
        assert all(known[each.record] == each.source for met in found for each in met.evidence), str(one)
        if outcome.way is Way.AUTO:
            assert all(each.is_verified for each in found), str(one)
        unverified = set(outcome.why.get(Why.UNVERIFIED, ()))
        told = {
            each.record
            for met in found if met.standing is not Standing.UNMET
            for each in met.evidence if each.level is not Level.VERIFIED
        }  # fmt: skip
        assert unverified <= told, str(one)
