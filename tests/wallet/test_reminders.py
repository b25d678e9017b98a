"""Reminders of a certificate's end: at which days, how often, and when renewing loses nothing."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from support.scenario import TODAY, competency, medical
from support.simulator import DAY, NOW
from support.wallet import wallet_of

from verifier.credential.model import Certificate, CertificateType
from wallet_app.core import reminders
from wallet_app.core.standing import Judged, judge


def judged(folder: Path, *certificates: Certificate, later: timedelta = timedelta()) -> list[Judged]:
    wallet = wallet_of(folder, *certificates)
    held = wallet.held
    wallet.close()
    return [judge(one, NOW + later) for one in held]


@pytest.mark.parametrize(
    ("days", "stage"),
    [
        (-1, None), (0, 30), (1, 30), (29, 30), (30, 90), (31, 90), (89, 90), (90, 180), (179, 180),
        (180, None), (None, None),
    ],
)  # fmt: skip
def test_a_reminder_is_due_within_30_90_and_180_days(days: int | None, stage: int | None) -> None:
    assert reminders.stage(days) == stage


def test_a_reminder_that_was_put_away_comes_back_with_the_next_stage(tmp_path: Path) -> None:
    ends = TODAY + 170 * DAY
    first = judged(tmp_path / "a", competency(expiry_date=ends))
    [due] = reminders.due(first, {})
    assert (due.stage, due.days_left) == (180, 170)
    away = {due.held.key: due.stage}
    assert reminders.due(first, away) == []
    later = judged(tmp_path / "b", competency(expiry_date=ends), later=100 * DAY)
    assert [one.stage for one in reminders.due(later, away)] == [90]


def test_of_what_has_ended_or_never_ends_nobody_is_reminded(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        competency(expiry_date=TODAY - DAY),
        competency(document_number="NO-2", expiry_date=None),
        competency(document_number="NO-3", issue_date=TODAY + DAY, expiry_date=TODAY + 20 * DAY),
    )
    assert reminders.due(found, {}) == []


def test_the_nearest_end_comes_first(tmp_path: Path) -> None:
    found = judged(tmp_path, competency(expiry_date=TODAY + 80 * DAY), medical(TODAY + 20 * DAY))
    assert [one.days_left for one in reminders.due(found, {})] == [20, 80]


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2027, 3, 14), date(2026, 9, 14)),
        (date(2027, 8, 31), date(2027, 2, 28)),
        (date(2028, 8, 31), date(2028, 2, 29)),
        (date(2027, 6, 30), date(2026, 12, 30)),
        (date(1, 3, 1), date.min),
    ],
)
def test_the_window_opens_six_months_before(day: date, before: date) -> None:
    assert reminders.months_before(day, 6) == before


def test_only_what_is_revalidated_has_a_window_for_renewal() -> None:
    assert reminders.renewal_opens(competency(expiry_date=date(2027, 3, 14))) == date(2026, 9, 14)
    assert reminders.renewal_opens(competency(expiry_date=None)) is None
    assert reminders.renewal_opens(medical()) is None
    assert reminders.renewal_opens(competency(type=CertificateType.COURSE)) is None


def test_the_medical_certificate_that_counts_is_the_one_that_stands(tmp_path: Path) -> None:
    from dataclasses import replace

    old = replace(medical(TODAY - DAY), document_number="NO-MED-0000")
    found = judged(tmp_path, old, medical(), competency())
    newest = reminders.newest_medical(found, NOW)
    assert newest is not None
    assert newest.held.certificate.document_number == "NO-MED-0001"
    assert reminders.newest_medical(judged(tmp_path / "b", competency()), NOW) is None
