"""Row P3: another state's certificate counts once the flag has recognised it (STCW Reg. I/10)."""

from collections.abc import Iterator
from typing import Final

from verifier.credential import codelists
from verifier.credential.model import Certificate, CertificateType, Endorsement
from verifier.inspection.duty import Duty
from verifier.inspection.entitled import entitles
from verifier.inspection.ship import Ship
from verifier.inspection.shown import (
    FAIL,
    PASS,
    REMARK,
    UNKNOWN,
    Finding,
    Point,
    Shown,
    ends,
    left_open,
    passes,
    severity,
    texts,
    worst_of,
)
from verifier.remarks import add_months
from verifier.verdict import Headline

APPLICATION_MONTHS: Final = 3  # STCW Reg. I/10.5
NEEDS_RECOGNITION: Final = frozenset(
    {CertificateType.COMPETENCY, CertificateType.GMDSS, CertificateType.TANKER}
)
_TANKERS: Final = frozenset({"oil-tanker", "chemical-tanker", "gas-tanker"})
_ROW: Final = "P3"


def row(shown: Shown, ship: Ship | None, duty: Duty | None, served: Certificate | None = None) -> Finding:
    """P3: every foreign certificate without a duty; with one, `served`, the certificate that row P6 goes by.

    Of the other types that the duty takes it is the best one.
    """
    if ship is None or ship.flag is None:
        return left_open(_ROW, "the ship's flag is not given")
    points = list(_points(shown, ship, ship.flag, duty, served))
    outcome = worst_of(points)
    if outcome is FAIL:
        return ends(_ROW, FAIL, Headline.ENDORSEMENT_MISSING, "{}", texts(points, FAIL))
    if outcome is UNKNOWN:
        return ends(_ROW, UNKNOWN, Headline.UNCONFIRMED, "{}", texts(points, UNKNOWN))
    if outcome is REMARK:
        return ends(_ROW, REMARK, Headline.REMARK, "{}", texts(points, REMARK))
    return passes(_ROW, f"nothing that {ship.flag} has to recognise is without its endorsement")


def endorsements(certificate: Certificate, shown: Shown, flag: str) -> Iterator[Endorsement]:
    """The flag's valid endorsements of this certificate."""
    for one in shown.held(CertificateType.RECOGNITION):
        if not isinstance(one, Endorsement) or one.issuing_country != flag:
            continue
        if one.recognises == certificate.certificate_id:
            yield one


def recognised(certificate: Certificate, shown: Shown, flag: str, duty: Duty | None) -> Point:
    """Whether the flag lets anybody serve on this very certificate."""
    if certificate.issuing_country == flag or certificate.type not in NEEDS_RECOGNITION:
        return Point(PASS, "")
    return _recognised(certificate, shown, flag, duty)


def _points(
    shown: Shown, ship: Ship, flag: str, duty: Duty | None, served: Certificate | None
) -> Iterator[Point]:
    if served is not None:  # what passes here on another of its type must not pass P6 on this one
        yield recognised(served, shown, flag, duty)
    foreign: dict[CertificateType, list[Point]] = {}
    own = set()
    for certificate in shown.valid:
        kind = certificate.type
        if kind not in NEEDS_RECOGNITION or not _taken(certificate, ship, duty):
            continue
        if served is not None and kind is served.type:
            continue
        if certificate.issuing_country == flag:
            own.add(kind)
        else:
            foreign.setdefault(kind, []).append(_recognised(certificate, shown, flag, duty))
    for kind, points in foreign.items():
        if duty is None:
            yield from points
        elif kind not in own:
            yield min(points, key=lambda point: severity(point.outcome))


def _taken(certificate: Certificate, ship: Ship, duty: Duty | None) -> bool:
    """Whether the duty on this ship is served on this certificate; without a duty, each may be."""
    if duty is None:
        return True
    if certificate.type is CertificateType.TANKER:
        # A type of no list may be a tanker: a signed document of the ship can carry one.
        unknown = ship.type is None or ship.type not in codelists.ship_types()
        return duty.officer and (unknown or ship.type in _TANKERS)
    if certificate.type is CertificateType.GMDSS and duty.radio:
        return True
    return entitles(certificate, duty, ship.flag) is not None


def _recognised(certificate: Certificate, shown: Shown, flag: str, duty: Duty | None) -> Point:
    number = f"{certificate.issuing_country} {certificate.document_number}"
    if any(endorsements(certificate, shown, flag)):
        return Point(PASS, "")
    refusals = []
    for proof in shown.held(CertificateType.APPLICATION_PROOF):
        if proof.rests_on != certificate.certificate_id or proof.issuing_country != flag:
            continue
        until = add_months(proof.issue_date, APPLICATION_MONTHS)
        if certificate.type is CertificateType.GMDSS or (duty is not None and duty.radio):
            refusals.append("a proof of application does not let anybody serve as a radio operator")
        elif shown.today > until:
            refusals.append(f"the proof of application {proof.document_number} counted until {until}")
        else:
            until = until if proof.expiry_date is None else min(until, proof.expiry_date)
            return Point(REMARK, f"{flag} is to recognise {number}: applied for, and may serve until {until}")
    missing = f"{flag} has not recognised {number}"
    if _in_doubt(certificate, shown, flag):
        return Point(UNKNOWN, f"{missing}, as far as can be told: an endorsement shown cannot be judged")
    return Point(FAIL, "; ".join([missing, *refusals]))


def _in_doubt(certificate: Certificate, shown: Shown, flag: str) -> bool:
    doubtful = (
        *shown.in_doubt(CertificateType.RECOGNITION),
        *shown.in_doubt(CertificateType.APPLICATION_PROOF),
    )
    return any(
        one.issuing_country == flag
        and certificate.certificate_id in (one.rests_on, getattr(one, "recognises", None))
        for one in doubtful
    )
