"""A certificate's calendar dates as instants, and dates that contradict each other (row C4b)."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from keys.said import Said
from verifier.credential.model import Certificate, Credential

_DAY: Final = timedelta(days=1)
# Local midnight is up to 14 h before (Kiritimati) and 12 h after (Baker Island) midnight in UTC.
_EARLIEST: Final = timedelta(hours=14)
_LATEST: Final = timedelta(hours=12)
# In UTC: a day's end as early as it can be is 10:00 of that day; as late, 26 hours later.
_END_AT_THE_EARLIEST: Final = time(10, tzinfo=UTC)
_MIDNIGHT: Final = time(tzinfo=UTC)


def issue_times(
    certificate: Certificate, time_zone: str, issued_at: datetime
) -> tuple[datetime, datetime | None]:
    """When a credential signed at `issued_at` starts and ends (`nbf`, `exp`), as UTC.

    It starts with the day of issue in the issuing state's `time_zone` (an IANA name), and ends at 00:00 there
    on the day after `expiry_date`: a certificate is good through the whole of its last day.
    Raises `ValueError` for a naive `issued_at` and `zoneinfo.ZoneInfoNotFoundError` for an unknown zone.
    """
    if issued_at.tzinfo is None:
        raise ValueError("issued_at needs a time zone")
    return day_times(certificate.issue_date, certificate.expiry_date, time_zone)


def day_times(first: date, last: date | None, time_zone: str) -> tuple[datetime, datetime | None]:
    """From when until when a document of these days is good, as UTC; as `issue_times`."""
    from zoneinfo import ZoneInfo  # only issuers need time zones

    zone = ZoneInfo(time_zone)
    return _midnight(first, zone), None if last is None else _midnight(last + _DAY, zone)


def date_contradiction(credential: Credential) -> Said | None:
    """Why the credential's own dates cannot all be true (row C4b), or None. `nbf` may follow `issue_date`."""
    certificate, expires = credential.certificate, credential.expires
    first, last = certificate.issue_date, certificate.expiry_date
    if (expires is None) is not (last is None):
        return Said("exp and expiry_date: one is given, the other is not")
    if credential.not_before < datetime.combine(first, _MIDNIGHT) - _EARLIEST:
        return Said("nbf is before the day of issue, {}", (first,))
    if certificate.holder.birth_date >= first:
        return Said("birth_date is not before issue_date")
    if expires is None or last is None:
        return None
    if last < first:
        return Said(
            "expiry_date {} is before issue_date {}",
            (
                last,
                first,
            ),
        )
    end = datetime.combine(last, _END_AT_THE_EARLIEST)
    if not end <= expires <= end + _EARLIEST + _LATEST:
        return Said("exp does not fall on the end of expiry_date {}", (last,))
    if credential.not_before >= expires:
        return Said("nbf is not before exp")
    if credential.issued_at > expires:
        return Said("iat is after exp")
    return None


def member_times(certificate: Certificate, time_zone: str) -> tuple[datetime, datetime | None]:
    """As `issue_times`, for a verifier: a certificate in a pass has no `nbf` and `exp` of its own.

    On a device without this time zone it starts last, and ends first, of all places on Earth.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    first, last = certificate.issue_date, certificate.expiry_date
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        end = None if last is None else datetime.combine(last, _END_AT_THE_EARLIEST)
        return datetime.combine(first, _MIDNIGHT) + _LATEST, end
    return _midnight(first, zone), None if last is None else _midnight(last + _DAY, zone)


def day_contradiction(certificate: Certificate) -> Said | None:
    """Why a certificate's own days cannot all be true (row C4b), or None."""
    first, last = certificate.issue_date, certificate.expiry_date
    if certificate.holder.birth_date >= first:
        return Said("birth_date is not before issue_date")
    if last is not None and last < first:
        return Said(
            "expiry_date {} is before issue_date {}",
            (
                last,
                first,
            ),
        )
    return None


@lru_cache(maxsize=4_096)  # of a register's certificates many have the same days
def _midnight(day: date, zone: tzinfo) -> datetime:
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return local if zone is UTC else local.astimezone(UTC)
