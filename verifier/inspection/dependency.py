"""Row P2: what a certificate rests on must hold too (STCW Reg. I/10: the endorsement falls with its CoC)."""

from collections.abc import Iterator
from typing import Final

from verifier.credential.model import Certificate, CertificateType, Endorsement, Reference
from verifier.inspection.shown import (
    FAIL,
    HOLDS,
    NOT_ASSESSED,
    REMARK,
    UNKNOWN,
    Finding,
    Point,
    Shown,
    conclude,
    passes,
    point,
)
from verifier.verdict import Headline, Rejected, Valid

_ROW: Final = "P2"


def row(shown: Shown) -> Finding:
    """P2 over everything valid that names another certificate; an urgent permit is row P4's."""
    points = list(_points(shown))
    passed = "what each certificate rests on is valid" if points else "nothing rests on another"
    return conclude(points, passes(_ROW, passed), failed=Headline.DEPENDENCY_INVALID)


def _points(shown: Shown) -> Iterator[Point]:
    for certificate in shown.valid:
        if certificate.type is CertificateType.MEDICAL_PERMIT:
            continue
        if isinstance(certificate, Endorsement):
            yield _rests(certificate, certificate.recognises, shown)
        if certificate.rests_on is not None:
            yield _rests(certificate, certificate.rests_on, shown)


def _rests(certificate: Certificate, on: Reference, shown: Shown) -> Point:
    found, named = shown.by_id.get(on, ()), " ".join(on)
    number = certificate.document_number
    for verdict in found:
        if isinstance(verdict, Valid) and verdict.credential is not None:
            return _outlives(certificate, verdict.credential.certificate)
    if not found:
        return point(NOT_ASSESSED, "{}, on which {} rests, was not shown: ask for it", named, number)
    if all(isinstance(verdict, Rejected) for verdict in found):
        return point(FAIL, "{} rests on {}, which is {}", number, named, found[0].headline)
    return point(UNKNOWN, "{} rests on {}, which cannot be judged: {}", number, named, found[0].headline)


def _outlives(certificate: Certificate, basis: Certificate) -> Point:
    """An endorsement never holds longer than the certificate that it recognises, whatever it says."""
    last = basis.expiry_date
    if not isinstance(certificate, Endorsement) or last is None:
        return HOLDS
    if certificate.expiry_date is not None and certificate.expiry_date <= last:
        return HOLDS
    number, basis_number = certificate.document_number, basis.document_number
    reason = "{} outlives {}, and holds no longer than that: until {}"
    return point(REMARK, reason, number, basis_number, last)
