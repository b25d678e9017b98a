"""What excuses holds no further than it says: grace, permits, examinations, dispensations."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.person_cases import (
    MASTER,
    MATE,
    PASSPORT,
    SHIP,
    WATCH,
    Case,
    at_sea,
    both,
    dispensation,
    judged,
    verdict_of,
)
from support.scenario import PHONE, TODAY, Inspection, competency, medical, show, urgent_permit
from support.simulator import DAY, NOW

from verifier.credential.model import Acceptance, CapacityGrant, Certificate, Limitations
from verifier.inspection.person import assess, fit
from verifier.inspection.ship import Ship
from verifier.status import StatusBook
from verifier.verdict import Assessment, Headline, Outcome, Standing

UNCONFIRMED = Headline.UNCONFIRMED
ASHORE = at_sea(voyage_start=TODAY, last_port_with_practitioner=TODAY)
UNKNOWN_STATUS = StatusBook([], pack="no list")


def expired(how: str, ship: Ship, *besides: Certificate) -> Assessment:
    """A master whose medical certificate ran out yesterday, and is shown in this way."""
    inspection = Inspection()
    for authority in (inspection.norway, inspection.denmark):
        authority.change_key(sign_from=NOW - 1_000 * DAY)
    signed_at = NOW - DAY / 2 if how == "its dates contradict each other" else NOW - 9 * DAY
    token = inspection.norway.issue(medical(TODAY - DAY), PHONE, at=signed_at)
    shown = show(token, at=NOW - timedelta(hours=5) if how == "a picture of a code" else NOW)
    others = [verdict_of(inspection, one) for one in (competency(), *besides)]
    status = UNKNOWN_STATUS if how == "its status is unknown" else both(inspection)
    return assess(
        [*others, inspection.verdict(shown, status=status)],
        ship=ship,
        at=NOW,
        identity=PASSPORT,
        duty=MASTER,
    )


EXCUSES = {
    "grace": (SHIP, (), Headline.GRACE),
    "an urgent permit": (ASHORE, (urgent_permit(),), Headline.REMARK),
}
DOUBTS = ("a picture of a code", "its status is unknown", "its dates contradict each other")


@pytest.mark.parametrize(("ship", "besides", "headline"), EXCUSES.values(), ids=EXCUSES.keys())
def test_a_medical_certificate_that_holds_but_for_its_days_may_be_excused(
    ship: Ship, besides: tuple[Certificate, ...], headline: Headline
) -> None:
    assessment = expired("live", ship, *besides)
    assert (assessment.headline, assessment.overall) == (headline, Standing.VALID)


@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize(("ship", "besides"), [one[:2] for one in EXCUSES.values()], ids=EXCUSES.keys())
def test_one_that_cannot_be_judged_is_excused_by_nothing(
    doubt: str, ship: Ship, besides: tuple[Certificate, ...]
) -> None:
    assessment = expired(doubt, ship, *besides)
    assert (assessment.headline, assessment.standing) == (Headline.UNCONFIRMED, Standing.UNDETERMINED)
    assert not fit(assessment)
    assert not assessment.lifted


@pytest.mark.parametrize("doubt", DOUBTS)
def test_one_that_has_run_out_and_has_no_excuse_has_run_out_however_it_is_shown(doubt: str) -> None:
    assert expired(doubt, ASHORE).headline is Headline.MEDICAL_EXPIRED


MILD = replace(medical(TODAY + 200 * DAY), issue_date=TODAY - 200 * DAY)
STRICT = replace(
    medical(TODAY + 300 * DAY, lookout=False), document_number="NO-MED-0002", issue_date=TODAY - 20 * DAY
)
EXAMINED = {
    "the newer one is not fit for look-out": ((MILD, STRICT), False),
    "the newer one is, and has run out": ((MILD, replace(STRICT, expiry_date=TODAY - DAY)), False),
    "both on one day": ((replace(MILD, issue_date=STRICT.issue_date), STRICT), False),
    "the older one is not fit for look-out": ((MILD, replace(STRICT, issue_date=TODAY - 300 * DAY)), True),
}


@pytest.mark.parametrize(("papers", "may_serve"), EXAMINED.values(), ids=EXAMINED.keys())
def test_the_newest_examination_decides(papers: tuple[Certificate, ...], may_serve: bool) -> None:
    for shown in (papers, papers[::-1]):
        assessment = judged(Case(papers=(competency(), *shown)))
        p5 = next(check for check in assessment.checks if check.row == "P5")
        assert (p5.outcome is Outcome.PASS) is may_serve


OLDER = replace(medical(TODAY - DAY), issue_date=TODAY - 300 * DAY, document_number="NO-MED-0001")
NEWER = replace(medical(TODAY + 200 * DAY), issue_date=TODAY - 20 * DAY, document_number="NO-MED-0002")
ON_ONE_DAY = replace(NEWER, issue_date=OLDER.issue_date)
EXPIRED, PERMIT = Headline.MEDICAL_EXPIRED, Headline.REMARK
GRACE = Headline.GRACE
# What became of the other certificate, that one, and how P4 ends by the older one's grace and permit.
SINCE: dict[str, tuple[str, Certificate, Headline, Headline]] = {
    "revoked": ("revoke", NEWER, EXPIRED, EXPIRED),
    "suspended": ("suspend", NEWER, EXPIRED, EXPIRED),
    "replaced by one that was not shown": ("replace", NEWER, EXPIRED, EXPIRED),
    "revoked and run out too": ("revoke", replace(NEWER, expiry_date=TODAY - DAY), EXPIRED, EXPIRED),
    "of unknown status": ("unknown", NEWER, UNCONFIRMED, UNCONFIRMED),
    "run out long ago": (
        "",
        replace(NEWER, issue_date=TODAY - 250 * DAY, expiry_date=TODAY - 120 * DAY),
        EXPIRED,
        PERMIT,
    ),
    "another's finding of the same day, void": ("revoke", ON_ONE_DAY, GRACE, PERMIT),
    "older still, revoked": ("revoke", replace(NEWER, issue_date=TODAY - 400 * DAY), GRACE, PERMIT),
    "older still, of unknown status": (
        "unknown",
        replace(NEWER, issue_date=TODAY - 400 * DAY),
        GRACE,
        PERMIT,
    ),
}


@pytest.mark.parametrize("excuse", EXCUSES)
@pytest.mark.parametrize(("became", "other", "by_grace", "by_permit"), SINCE.values(), ids=SINCE.keys())
def test_an_older_medical_certificate_is_not_leaned_on_past_a_newer_one(
    excuse: str, became: str, other: Certificate, by_grace: Headline, by_permit: Headline
) -> None:
    ship, besides, _ = EXCUSES[excuse]
    inspection = Inspection()
    inspection.norway.change_key(sign_from=NOW - 1_000 * DAY)
    expired_since = (other.expiry_date or TODAY) < TODAY
    text = inspection.norway.issue(other, PHONE, at=NOW - (130 if expired_since else 9) * DAY)
    if became in ("revoke", "suspend", "replace"):
        getattr(inspection.norway, became)(text)
    papers = [verdict_of(inspection, one) for one in (competency(), OLDER, *besides)]
    status = UNKNOWN_STATUS if became == "unknown" else both(inspection)
    judged_other = inspection.verdict(show(text, at=NOW), status=status)
    for shown in ([*papers, judged_other], [judged_other, *papers]):
        assessment = assess(shown, ship=ship, at=NOW, identity=PASSPORT, duty=MASTER)
        p4 = next(check for check in assessment.checks if check.row == "P4")
        expected = by_grace if excuse == "grace" else by_permit
        assert assessment.headline is expected, p4
        assert fit(assessment) is (expected in (GRACE, PERMIT))
        assert (OLDER.certificate_id in assessment.lifted) is fit(assessment)


def for_mate(**limits: object) -> Certificate:
    return dispensation(capacities=(CapacityGrant("chief-mate", Limitations(**limits)),))  # type: ignore[arg-type] # any limit


NOT_HERE = Headline.NOT_FOR_THIS
DISPENSED = {
    "within its limits": ((WATCH, for_mate(max_gt=8_500)), SHIP, Headline.REMARK),
    "over its tonnage": ((WATCH, for_mate(max_gt=500)), SHIP, NOT_HERE),
    "for another type of ship": ((WATCH, for_mate(ship_types=("oil-tanker",))), SHIP, NOT_HERE),
    "not accepted under this flag": (
        (WATCH, dispensation(acceptance=Acceptance(flags=("SE",)))), SHIP, NOT_HERE,
    ),
    "nothing but the dispensation": ((dispensation(),), SHIP, UNCONFIRMED),
    "a dispensation for the post below": (
        (dispensation(), dispensation(
            document_number="NO-DIS-2", capacities=(CapacityGrant("officer-navigational-watch"),))),
        SHIP, UNCONFIRMED,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("papers", "ship", "headline"), DISPENSED.values(), ids=DISPENSED.keys())
def test_a_dispensation_covers_what_it_says_for_who_holds_the_post_below(
    papers: tuple[Certificate, ...], ship: Ship, headline: Headline
) -> None:
    assessment = judged(Case(papers=(*papers, medical()), ship=ship, duty=MATE))
    assert assessment.headline is headline
    assert fit(assessment) is (headline is Headline.REMARK)
