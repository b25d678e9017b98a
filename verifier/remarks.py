"""Remarks (row C14) on a certificate: what does not decide, but must be seen."""

from datetime import date, datetime, timedelta
from typing import Final

from verifier.credential.model import CapacityGrant, Credential, FunctionGrant, MedicalCertificate
from verifier.policy import Policy
from verifier.verdict import Check, Outcome

_REMARK: Final = Outcome.REMARK  # an enum's members are slow to look up
_COLOUR_YEARS: Final = 6  # STCW Code B-I/9: colour vision is tested every six years


def remarks(credential: Credential, *, policy: Policy, time: datetime) -> list[Check]:
    """C14: what does not decide, but must be seen. Free text never decides silently."""
    found: list[Check] = []
    expires, certificate = credential.expires, credential.certificate
    if expires is not None and time < expires <= time + policy.expires_soon:
        soon = (certificate.expiry_date,)
        found.append(Check("C14", _REMARK, "expires soon: its last day is {}", soon))
    grants: tuple[tuple[FunctionGrant | CapacityGrant, ...], ...] = (
        certificate.functions,
        certificate.capacities,
    )
    for granted in grants:
        for grant in granted:
            limits = grant.limitations
            if limits is not None and limits.text is not None:
                found.append(Check("C14", _REMARK, "limitation of {}: {}", (grant.code, limits.text)))
    if certificate.remarks is not None:
        found.append(Check("C14", _REMARK, "it says: {}", (certificate.remarks,)))
    if isinstance(certificate, MedicalCertificate):
        found += _medical_remarks(certificate, time.date())
    return found


def _medical_remarks(certificate: MedicalCertificate, today: date) -> list[Check]:
    found, fitness = [], certificate.fitness
    if fitness.restrictions is not None:
        found.append(Check("C14", _REMARK, "medical restriction: {}", (fitness.restrictions,)))
    tested = fitness.colour_test_date
    if tested is not None and today > add_months(tested, 12 * _COLOUR_YEARS):
        reason = "colour vision was tested on {}, more than {} years ago"
        found.append(Check("C14", _REMARK, reason, (tested, _COLOUR_YEARS)))
    return found


def add_months(day: date, months: int) -> date:
    """The same day of the month, so many months on; the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return day.replace(year=year, month=month + 1, day=min(day.day, last))
