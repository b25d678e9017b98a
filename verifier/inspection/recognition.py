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
    HOLDS,
    REMARK,
    UNKNOWN,
    Finding,
    Point,
    Shown,
    conclude,
    left_open,
    passes,
    point,
    severity,
)
from verifier.remarks import add_months
from verifier.verdict import Headline
from verifier.wording import Joined, Said, text

APPLICATION_MONTHS: Final = 3  # STCW Reg. I/10.5
NEEDS_RECOGNITION: Final = frozenset(
    {CertificateType.COMPETENCY, CertificateType.GMDSS, CertificateType.TANKER}
)
_TANKERS: Final = frozenset({"oil-tanker", "chemical-tanker", "gas-tanker"})
_ROW: Final = "P3"
_MISSING: Final = "{} has not recognised {}"
_DOUBTFUL: Final = "{} has not recognised {}, as far as can be told: an endorsement shown cannot be judged"
_APPLIED: Final = "{} is to recognise {}: applied for, and may serve until {}"


def row(shown: Shown, ship: Ship | None, duty: Duty | None, served: Certificate | None = None) -> Finding:
    """P3: every foreign certificate without a duty; with one, `served`, the certificate that row P6 goes by.

    Of the other types that the duty takes it is the best one.
    """
    if ship is None or ship.flag is None:
        return left_open(_ROW, "the ship's flag is not given")
    points = list(_points(shown, ship, ship.flag, duty, served))
    passed = passes(_ROW, "nothing that {} has to recognise is without its endorsement", ship.flag)
    return conclude(points, passed, failed=Headline.ENDORSEMENT_MISSING)


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
        return HOLDS
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
            yield min(points, key=lambda one: severity(one.outcome))


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
        return HOLDS
    refusals: list[Said] = []
    for proof in shown.held(CertificateType.APPLICATION_PROOF):
        if proof.rests_on != certificate.certificate_id or proof.issuing_country != flag:
            continue
        until = add_months(proof.issue_date, APPLICATION_MONTHS)
        if certificate.type is CertificateType.GMDSS or (duty is not None and duty.radio):
            refusals.append(text("a proof of application does not let anybody serve as a radio operator"))
        elif shown.today > until:
            refusals.append(
                text("the proof of application {} counted until {}", proof.document_number, until)
            )
        else:
            until = until if proof.expiry_date is None else min(until, proof.expiry_date)
            return point(REMARK, _APPLIED, flag, number, until)
    if _in_doubt(certificate, shown, flag):
        return point(UNKNOWN, _DOUBTFUL, flag, number)
    missing = text(_MISSING, flag, number)
    if not refusals:
        return Point(FAIL, missing)
    return point(FAIL, "{}", Joined((missing, *refusals)))


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
