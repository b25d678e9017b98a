"""Which certificates entitle to a duty: by capacity, or by what duties.yaml says includes it (P3 and P6)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from verifier.credential.model import Certificate, CertificateType, Endorsement, Limitations
from verifier.inspection.duty import Duty
from verifier.inspection.shown import HOLDS, REMARK, Point, point
from verifier.wording import text

# What a person may serve on. National certificates are not exchangeable for the others: own flag alone.
_SERVE_ON: Final = frozenset(
    {CertificateType.COMPETENCY, CertificateType.GMDSS, CertificateType.PROFICIENCY, CertificateType.NATIONAL}
)


# What is said of a thing that duties.yaml says and nobody has checked.
UNCHECKED: Final = "{}, by a list that nobody has compared with the STCW Code: judge that"


class Grant(NamedTuple):
    """What of a certificate entitles to the duty, with its limits, and whether that must be looked at."""

    limits: tuple[Limitations, ...]
    point: Point


def entitles(certificate: Certificate, duty: Duty, flag: str | None) -> Grant | None:
    """What of a certificate entitles to the duty on a ship of this flag, or None.

    A capacity of the duty's own name does. A higher one, or a regulation alone, does by duties.yaml: while
    nobody has checked that entry against the Code, it counts with a remark.
    """
    if certificate.type not in _SERVE_ON:
        return None
    if (
        certificate.type is CertificateType.NATIONAL
        and flag is not None
        and certificate.issuing_country != flag
    ):
        return None
    return granted(certificate, duty)


def granted(certificate: Certificate, duty: Duty) -> Grant | None:
    """As `entitles`, whatever the certificate's type."""
    if certificate.capacities:
        held = {grant.code: grant.limitations for grant in certificate.capacities}
        for code in (duty.capacity_code, *duty.covered_by):
            if code in held:
                limits = (held[code], *_of_functions(certificate, duty))
                return Grant(tuple(one for one in limits if one is not None), _by(code, duty))
        return None
    for code in duty.regulations:
        if code in certificate.stcw_code:
            by_regulation = _included("Reg. {} entitles to {}", code, duty)
            return Grant(tuple(_of_functions(certificate, duty)), by_regulation)
    return None


def recognised(endorsement: Endorsement, duty: Duty) -> Grant | None:
    """What the endorsement lets its holder do of it: all of the certificate where it names no capacity."""
    if not endorsement.capacities:
        return Grant(tuple(_of_functions(endorsement, duty)), HOLDS)
    return granted(endorsement, duty)


def _of_functions(certificate: Certificate, duty: Duty) -> Iterator[Limitations]:
    """The limits of those functions that the duty takes."""
    for function in certificate.functions:
        if function.limitations is not None and function.code in duty.functions:
            yield function.limitations


def _by(code: str, duty: Duty) -> Point:
    if code == duty.capacity_code:
        return HOLDS
    return _included("the capacity {} includes {}", code, duty)


def _included(template: str, code: str, duty: Duty) -> Point:
    if duty.verified:
        return HOLDS
    return point(REMARK, UNCHECKED, text(template, code, duty.capacity_code))
