"""When a seafarer should think of a certificate's end: 180, 90 and 30 days before, and from when to renew it.

Certificates that must be revalidated may be renewed within their last six months (SFS 2011:1533 6 kap. 2 §):
the new period then begins the day after the old one ends. Other states' rules differ in detail.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from verifier.credential.model import Certificate, CertificateType
from wallet_app.core.held import Held
from wallet_app.core.standing import Judged, Standing

STAGES: Final = (30, 90, 180)  # days before the end; the most urgent first
WINDOW_MONTHS: Final = 6
RENEWED: Final = frozenset(
    {
        CertificateType.COMPETENCY,
        CertificateType.GMDSS,
        CertificateType.TANKER,
        CertificateType.PROFICIENCY,
        CertificateType.RECOGNITION,
    }
)
_REMINDED_OF: Final = frozenset({Standing.VALID, Standing.EXPIRING})


class Reminder(NamedTuple):
    """A certificate that ends within `stage` days, `days_left` whole ones after today."""

    held: Held
    stage: int
    days_left: int


def stage(days_left: int | None) -> int | None:
    """The reminder that is due so many days before the end."""
    if days_left is None or days_left < 0:
        return None
    return next((days for days in STAGES if days_left < days), None)


def due(judged: Iterable[Judged], put_away: Mapping[str, int]) -> list[Reminder]:
    """What is to be said now, the nearest end first: a reminder that was put away comes back with the next.

    `put_away` gives, by a certificate's key, the stage that was put away last.
    """
    found = []
    for one in judged:
        now = stage(one.days_left)
        if one.standing not in _REMINDED_OF or now is None or one.days_left is None:
            continue
        before = put_away.get(one.held.key)
        if before is None or now < before:
            found.append(Reminder(one.held, now, one.days_left))
    return sorted(found, key=lambda one: one.days_left)


def renewal_opens(certificate: Certificate) -> date | None:
    """From when it may be renewed with nothing lost; None for what is not renewed so."""
    last = certificate.expiry_date
    if last is None or certificate.type not in RENEWED:
        return None
    return months_before(last, WINDOW_MONTHS)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or that month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def newest_medical(judged: Iterable[Judged], at: datetime) -> Judged | None:
    """The medical certificate that counts: one that stands, else the one that ended last."""
    medical = [one for one in judged if one.held.certificate.type is CertificateType.MEDICAL]
    return max(
        medical,
        key=lambda one: (one.standing in _REMINDED_OF, one.held.credential.expires or at),
        default=None,
    )
