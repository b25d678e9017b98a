"""Row P4, the medical certificate on a ship, its grace and the urgent permit; of P1, what papers tell."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from support.scenario import INGRID, PHONE, TODAY, Inspection, competency, medical, show, urgent_permit
from support.simulator import DAY, NOW, seeded_signer

from keys.signer import SoftwareSigner
from verifier.credential.model import Certificate, Holder, Reference
from verifier.decision import assess
from verifier.inspection.ship import Ship
from verifier.remarks import add_months
from verifier.verdict import Assessment, Headline, Outcome, Standing, Verdict

EXPIRED = TODAY - 20 * DAY
AT_SEA = Ship(flag="NO", voyage_start=TODAY - 60 * DAY, last_port_with_practitioner=TODAY - 60 * DAY)


def shown(inspection: Inspection, *certificates: Certificate) -> list[Verdict]:
    texts = [inspection.issue(certificate, at=NOW - 400 * DAY) for certificate in certificates]
    return [inspection.verdict(show(text)) for text in texts]


@pytest.fixture
def inspection(inspection: Inspection) -> Inspection:
    inspection.norway.change_key(sign_from=NOW - 1000 * DAY)
    return inspection


def p4(assessment: Assessment) -> Outcome:
    return next(check.outcome for check in assessment.checks if check.row == "P4")


def test_without_the_ship_nothing_of_the_person_is_assessed(inspection: Inspection) -> None:
    assessment = assess(shown(inspection, competency()), at=NOW)
    assert assessment.headline is Headline.NOT_ASSESSED
    assert [check.row for check in assessment.checks] == [f"P{n}" for n in range(1, 9)]
    of_the_ship = {check.outcome for check in assessment.checks if check.row not in ("P1", "P2")}
    assert of_the_ship == {Outcome.NOT_ASSESSED}
    assert assessment.overall is Standing.VALID


def test_a_medical_certificate_that_holds_is_nothing_to_remark(inspection: Inspection) -> None:
    assessment = assess(shown(inspection, competency(), medical()), ship=AT_SEA, at=NOW)
    assert p4(assessment) is Outcome.PASS
    assert assessment.overall is Standing.VALID


def test_without_a_duty_and_a_comparison_nobody_is_fit(inspection: Inspection) -> None:
    assessment = assess(shown(inspection, medical()), ship=AT_SEA, at=NOW)
    left = [check.row for check in assessment.checks if check.outcome is Outcome.NOT_ASSESSED]
    assert left == ["P1", "P6", "P8"]
    assert assessment.headline is Headline.NOT_ASSESSED


def test_no_medical_certificate_is_medical_missing(inspection: Inspection) -> None:
    assessment = assess(shown(inspection, competency()), ship=AT_SEA, at=NOW)
    assert (assessment.headline, assessment.overall) == (Headline.MEDICAL_MISSING, Standing.REJECTED)


def test_a_medical_certificate_that_expired_on_this_voyage_has_grace(inspection: Inspection) -> None:
    verdicts = shown(inspection, competency(), medical(EXPIRED))
    assert verdicts[1].headline is Headline.EXPIRED
    assessment = assess(verdicts, ship=AT_SEA, at=NOW)
    assert assessment.headline is Headline.GRACE
    assert assessment.standing is Standing.VALID
    assert assessment.overall is Standing.VALID, "grace lifts the C9"


NO_GRACE = {
    "expired before the voyage": Ship(voyage_start=TODAY, last_port_with_practitioner=TODAY - 90 * DAY),
    "a practitioner since": Ship(voyage_start=TODAY - 60 * DAY, last_port_with_practitioner=TODAY - DAY),
    "voyage not described": Ship(last_port_with_practitioner=TODAY - 60 * DAY),
    "ports not described": Ship(voyage_start=TODAY - 60 * DAY),
    "nothing described": Ship(flag="NO"),
}


@pytest.mark.parametrize("ship", NO_GRACE.values(), ids=NO_GRACE.keys())
def test_without_every_condition_an_expired_medical_certificate_is_expired(
    inspection: Inspection, ship: Ship
) -> None:
    assessment = assess(shown(inspection, medical(EXPIRED)), ship=ship, at=NOW)
    assert (assessment.headline, assessment.overall) == (Headline.MEDICAL_EXPIRED, Standing.REJECTED)


@pytest.mark.parametrize(("day", "headline"), [(0, Headline.GRACE), (1, Headline.MEDICAL_EXPIRED)])
def test_grace_ends_after_three_months(inspection: Inspection, day: int, headline: Headline) -> None:
    verdicts = shown(inspection, medical(EXPIRED))
    last = NOW.replace(year=2027, month=2, day=1) + day * DAY  # expired on 1 November
    assert assess(verdicts, ship=AT_SEA, at=last).headline is headline


def test_the_time_floor_holds_for_grace_too(inspection: Inspection) -> None:
    verdicts = shown(inspection, medical(TODAY - 120 * DAY))
    ship = Ship(voyage_start=TODAY - 200 * DAY, last_port_with_practitioner=TODAY - 200 * DAY)
    assessment = assess(verdicts, ship=ship, at=NOW - 60 * DAY)
    assert assessment.headline is Headline.MEDICAL_EXPIRED


def test_no_other_certificate_has_grace(inspection: Inspection) -> None:
    verdicts = shown(inspection, competency(expiry_date=EXPIRED), medical())
    assert assess(verdicts, ship=AT_SEA, at=NOW).overall is Standing.REJECTED


def test_a_revoked_medical_certificate_has_no_grace(inspection: Inspection) -> None:
    text = inspection.issue(medical(EXPIRED), at=NOW - 400 * DAY)
    inspection.norway.revoke(text)
    assessment = assess([inspection.verdict(show(text))], ship=AT_SEA, at=NOW)
    assert (assessment.headline, assessment.overall) == (Headline.MEDICAL_MISSING, Standing.REJECTED)


def test_what_is_unknown_has_no_grace(inspection: Inspection) -> None:
    text = inspection.issue(medical(EXPIRED), at=NOW - 400 * DAY)
    stale = inspection.verdict(show(text, at=NOW - timedelta(minutes=10)))
    assessment = assess([stale], ship=AT_SEA, at=NOW)
    assert assessment.headline is Headline.UNCONFIRMED
    assert assessment.overall is not Standing.VALID


def test_an_urgent_permit_stands_in_for_an_expired_medical_certificate(inspection: Inspection) -> None:
    ashore = Ship(voyage_start=TODAY, last_port_with_practitioner=TODAY)
    verdicts = shown(inspection, medical(EXPIRED), urgent_permit())
    verdicts[1] = inspection.verdict(show(inspection.issue(urgent_permit())))
    assessment = assess(verdicts, ship=ashore, at=NOW)
    assert (assessment.headline, assessment.overall) == (Headline.REMARK, Standing.VALID)


ASHORE = Ship(flag="NO", voyage_start=TODAY, last_port_with_practitioner=TODAY)

NO_PERMIT = {
    "the medical expired four months ago": (medical(TODAY - 124 * DAY), urgent_permit(), ASHORE),
    "of another flag than the ship's": (medical(EXPIRED), urgent_permit(), replace(ASHORE, flag="DK")),
    "for more than three months": (medical(EXPIRED), urgent_permit(TODAY + 92 * DAY), ASHORE),
    "for five years": (medical(EXPIRED), urgent_permit(TODAY + 1_800 * DAY), ASHORE),
    "for another certificate": (
        medical(EXPIRED),
        replace(urgent_permit(), rests_on=Reference("NO", "NO-MED-0002")),
        ASHORE,
    ),
}


@pytest.mark.parametrize(("expired", "permit", "ship"), NO_PERMIT.values(), ids=NO_PERMIT.keys())
def test_an_urgent_permit_that_does_not_fit_stands_in_for_nothing(
    inspection: Inspection, expired: Certificate, permit: Certificate, ship: Ship
) -> None:
    verdicts = [*shown(inspection, expired), inspection.verdict(show(inspection.issue(permit)))]
    assert verdicts[1].headline in (Headline.VALID, Headline.VALID_WITH_REMARK)
    assessment = assess(verdicts, ship=ship, at=NOW)
    assert (assessment.headline, assessment.overall) == (Headline.MEDICAL_EXPIRED, Standing.REJECTED)
    assert "permit NO-PER-0001 does not count" in assessment.checks[3].reason


def test_an_urgent_permit_alone_shows_no_medical_certificate(inspection: Inspection) -> None:
    verdicts = [inspection.verdict(show(inspection.issue(urgent_permit())))]
    assessment = assess(verdicts, ship=ASHORE, at=NOW)
    assert (assessment.headline, assessment.overall) == (Headline.MEDICAL_MISSING, Standing.REJECTED)


def test_an_urgent_permit_excuses_no_revoked_medical_certificate(inspection: Inspection) -> None:
    revoked = inspection.issue(medical(EXPIRED), at=NOW - 400 * DAY)
    inspection.norway.revoke(revoked)
    verdicts = [inspection.verdict(show(text)) for text in (revoked, inspection.issue(urgent_permit()))]
    assert assess(verdicts, ship=ASHORE, at=NOW).headline is Headline.MEDICAL_MISSING


def test_the_same_expired_certificate_shown_twice_has_grace(inspection: Inspection) -> None:
    verdicts = shown(inspection, medical(EXPIRED)) * 2
    assert assess([verdicts[0], replace(verdicts[1])], ship=AT_SEA, at=NOW).overall is Standing.VALID


# P1, as far as the certificates themselves tell

OTHERS = {
    "another birth date": (replace(INGRID, birth_date=date(1990, 1, 2)), PHONE),
    "another seafarer of the same authority": (replace(INGRID, seafarer_id="7K3M9QXB"), PHONE),
    "another phone": (INGRID, seeded_signer("another phone")),
}


@pytest.mark.parametrize("expiry", [TODAY + 100 * DAY, EXPIRED], ids=["in date", "expired at sea"])
@pytest.mark.parametrize(("holder", "phone"), OTHERS.values(), ids=OTHERS.keys())
def test_a_medical_certificate_that_may_be_anothers_counts_for_nobody(
    inspection: Inspection, holder: Holder, phone: SoftwareSigner, expiry: date
) -> None:
    anothers = replace(medical(expiry), holder=holder)
    text = inspection.issue(anothers, holder_key=phone, at=NOW - 400 * DAY)
    verdicts = [*shown(inspection, competency()), inspection.verdict(show(text, phone=phone))]
    assessment = assess(verdicts, ship=AT_SEA, at=NOW)
    assert assessment.headline is Headline.NOT_THE_SAME_PERSON
    assert [assessment.checks[row].outcome for row in (0, 3)] == [Outcome.FAIL, Outcome.NOT_ASSESSED]
    assert assessment.overall is Standing.REJECTED


def test_paper_and_phone_of_one_seafarer_are_one_persons(inspection: Inspection) -> None:
    paper = inspection.verdict(inspection.issue(medical(), holder_key=None))
    assessment = assess([*shown(inspection, competency()), paper], ship=AT_SEA, at=NOW)
    assert (p4(assessment), assessment.overall) == (Outcome.PASS, Standing.VALID)


def test_an_expired_permit_stands_in_for_nothing(inspection: Inspection) -> None:
    verdicts = shown(inspection, urgent_permit(TODAY - DAY))
    assessment = assess(verdicts, ship=AT_SEA, at=NOW)
    assert assessment.headline is Headline.MEDICAL_MISSING


def test_a_medical_certificate_that_cannot_be_judged_is_unconfirmed(inspection: Inspection) -> None:
    text = inspection.issue(medical())
    assessment = assess([inspection.verdict(text)], ship=AT_SEA, at=NOW)
    assert assessment.headline is Headline.UNCONFIRMED
    assert assessment.overall is Standing.UNDETERMINED


def test_the_worst_certificate_decides_the_whole(inspection: Inspection) -> None:
    revoked = inspection.issue()
    inspection.norway.revoke(revoked)
    verdicts = [inspection.verdict(show(revoked)), *shown(inspection, medical())]
    assert assess(verdicts, ship=AT_SEA, at=NOW).overall is Standing.REJECTED


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2026, 9, 15), 3, date(2026, 12, 15)),
        (date(2026, 10, 31), 2, date(2026, 12, 31)),
        (date(2020, 2, 29), 72, date(2026, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later
