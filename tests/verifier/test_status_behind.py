"""A list that the signed index knows to be outdone still counts, and the verdict says that it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.scenario import PHONE, Inspection, competency, show
from support.ship_lists import Series
from support.simulator import DAY, NOW

from verifier.ship_status import verify_snapshot
from verifier.status import StatusBook, StatusList
from verifier.verdict import Headline, Outcome, Verdict


def remarks(verdict: Verdict) -> list[str]:
    return [check.reason for check in verdict.checks if check.row == "C14"]


def judged(inspection: Inspection, credential: str, **changes: object) -> Verdict:
    """The verdict on a credential by the authority's list with some of its members changed."""
    one: StatusList = replace(inspection.status_list(), **changes)  # type: ignore[arg-type]
    return inspection.verdict(show(credential), status=StatusBook([one]))


def test_a_newer_list_that_is_known_to_exist_is_a_remark() -> None:
    inspection = Inspection()
    credential = inspection.issue()
    assert judged(inspection, credential).headline is Headline.VALID
    verdict = judged(inspection, credential, behind=True)
    assert verdict.headline is Headline.VALID_WITH_REMARK
    assert remarks(verdict) == [
        "a newer status list exists than that of 2026-11-21 06:00 UTC: import a newer sea pack",
    ]


def test_beside_an_old_list_it_is_one_remark() -> None:
    inspection = Inspection(listed_at=NOW - 10 * DAY)
    verdict = judged(inspection, inspection.issue(), behind=True)
    assert remarks(verdict) == [
        "its status is 10 days old, as of 2026-11-11, and a newer list exists: import a newer sea pack",
    ]


def test_it_makes_no_old_list_good_and_no_good_list_unknown() -> None:
    inspection = Inspection(listed_at=NOW - 46 * DAY, list_expires=NOW + DAY)
    verdict = judged(inspection, inspection.issue(), behind=True)
    assert verdict.headline is Headline.STATUS_UNKNOWN
    assert remarks(verdict)


def test_a_revocation_in_a_list_that_is_behind_counts() -> None:
    inspection = Inspection()
    credential = inspection.issue()
    inspection.norway.revoke(credential)
    assert judged(inspection, credential, behind=True).headline is Headline.REVOKED


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        (0, Headline.VALID),
        (1, Headline.REVOKED),
        (2, Headline.SUSPENDED),
        (3, Headline.REPLACED),
    ],
)
def test_a_verdict_by_a_list_for_ships_is_that_by_the_token(state: int, headline: Headline) -> None:
    inspection = Inspection()
    credential = inspection.norway.issue(competency(), PHONE)
    inspection.norway.revoke(credential, state)
    series = Series(inspection.norway, inspection.norway.state_array())
    known = inspection.norway.directory()
    by_ship = verify_snapshot(series.snapshot(), directory=known)
    inspection.listed_at = by_ship.iat
    verdict = inspection.verdict(show(credential), status=StatusBook([by_ship], pack="test pack"))
    assert verdict.headline is headline
    assert verdict.checks == inspection.verdict(show(credential)).checks


def test_a_list_for_ships_that_does_not_expire_is_judged_by_its_age() -> None:
    inspection = Inspection(at=NOW + 50 * DAY)
    series = Series(inspection.norway)
    series.publish(bytes(256), expires=False)
    book = StatusBook([verify_snapshot(series.snapshot(), directory=inspection.norway.directory())])
    at = inspection.at
    verdict = inspection.verdict(show(inspection.issue(idx=5), at=at - timedelta(seconds=5)), status=book)
    assert verdict.headline is Headline.STATUS_UNKNOWN
    assert any(check.row == "C12" and check.outcome is Outcome.UNKNOWN for check in verdict.checks)
