"""What became of a certificate: its dates and its state in the register, relative to one day called today."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum, auto
from random import Random
from typing import Final, NamedTuple

from verifier.credential.model import CertificateType

_DAY = timedelta(days=1)


class Fate(Enum):
    """Every state that a register's certificate may be in; VALID includes those that expire soon."""

    VALID = auto()
    EXPIRING = auto()
    EXPIRED = auto()
    SUSPENDED = auto()
    REVOKED = auto()
    CANCELLED = auto()
    RENEWED = auto()  # an older one was replaced by this
    REISSUED = auto()  # the first one was lost
    NOT_YET_VALID = auto()


# Per thousand certificates; the rest are valid.
_ODDS: Final[Mapping[Fate, float]] = {
    Fate.EXPIRED: 48,
    Fate.SUSPENDED: 8,
    Fate.REVOKED: 8,
    Fate.CANCELLED: 3,
    Fate.RENEWED: 58,
    Fate.REISSUED: 5,
    Fate.NOT_YET_VALID: 1.5,
}

# State in the register, and a reason as a register words it.
STATES: Final[Mapping[Fate, tuple[str, str | None]]] = {
    Fate.SUSPENDED: ("suspended", "Investigation of a casualty"),
    Fate.REVOKED: ("revoked", "Sea service was not genuine"),
    Fate.CANCELLED: ("cancelled", "Issued in error"),
}


class Period(NamedTuple):
    """First day, and last day or None for until further notice."""

    issued: date
    expires: date | None


def choose_fate(random: Random) -> Fate:
    """A fate at the odds of a real register's size."""
    odds = {Fate.VALID: 1000 - sum(_ODDS.values()), **_ODDS}
    return random.choices(list(odds), list(odds.values()))[0]


# The first seafarers of an extract are where the demo and tests look for a state; all else there is valid.
_SPECIMEN_FATES: Final[Mapping[tuple[int, CertificateType], Fate]] = {
    (1, CertificateType.COMPETENCY): Fate.SUSPENDED,
    (2, CertificateType.COMPETENCY): Fate.REVOKED,
    (3, CertificateType.COMPETENCY): Fate.RENEWED,
    (4, CertificateType.MEDICAL): Fate.EXPIRED,
    (7, CertificateType.COMPETENCY): Fate.EXPIRING,
    (8, CertificateType.COMPETENCY): Fate.EXPIRED,
    (10, CertificateType.COMPETENCY): Fate.NOT_YET_VALID,
    (11, CertificateType.COMPETENCY): Fate.REISSUED,
}


def specimen_fate(index: int, kind: CertificateType) -> Fate:
    """The fate of a certificate of one of the first seafarers."""
    return _SPECIMEN_FATES.get((index, kind), Fate.VALID)


def period(
    fate: Fate, years: int | None, random: Random, *, today: date, of_age: date, settled: bool = False
) -> Period:
    """Dates that agree with the fate, none issued before the holder was `of_age`.

    `settled`: what is valid stays so for half a year, so that it draws no remark.
    """
    if years is None:
        age = random.randrange(30, 15 * 365)
        return Period(max(today - age * _DAY, min(of_age, today - _DAY)), None)
    if fate is Fate.EXPIRED:
        last = today - random.randint(1, 600) * _DAY
        first = _years_after(last, -years) + _DAY
        if first >= of_age:
            return Period(first, last)
    if fate is Fate.EXPIRING:
        last = today + 30 * _DAY
        return Period(_years_after(last, -years) + _DAY, last)
    if fate is Fate.NOT_YET_VALID:
        first = today + random.randint(10, 60) * _DAY
        return Period(first, _years_after(first, years) - _DAY)
    first = today - random.randrange(3, years * 364 - (180 if settled else 0)) * _DAY
    first = max(first, min(of_age, today - _DAY))
    return Period(first, _years_after(first, years) - _DAY)


def earlier(current: Period, years: int | None, random: Random) -> Period:
    """The period of the certificate that the current one replaced before its end."""
    if years is None:
        return Period(current.issued - random.randint(200, 900) * _DAY, None)
    first = current.issued - random.randint(years * 365 - 170, years * 365 - 10) * _DAY
    return Period(first, _years_after(first, years) - _DAY)


def _years_after(day: date, years: int) -> date:
    if (day.month, day.day) == (2, 29):
        day -= _DAY
    return day.replace(year=day.year + years)
