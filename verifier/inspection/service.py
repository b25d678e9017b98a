"""Row P6: valid for this ship and this duty? Capacity, limits, acceptance, dispensations (STCW Art. VIII)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from verifier.credential.model import Certificate, CertificateType
from verifier.inspection import limits
from verifier.inspection.duty import Duty, duties
from verifier.inspection.entitled import Grant, entitles, granted, recognised
from verifier.inspection.medical import OF_OTHER_FLAG
from verifier.inspection.recognition import endorsements
from verifier.inspection.recognition import recognised as by_flag
from verifier.inspection.ship import Ship
from verifier.inspection.shown import (
    FAIL,
    NOT_ASSESSED,
    PASS,
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
    worst_of,
)
from verifier.remarks import add_months
from verifier.verdict import Headline, Outcome
from verifier.wording import Said, text

DISPENSATION_MONTHS: Final = 6  # STCW Art. VIII.1
_FORCE_MAJEURE: Final = frozenset({"master", "chief-engineer"})  # STCW Art. VIII.1
_ROW: Final = "P6"
_FORCE_MAJEURE_ALONE: Final = (
    "dispensation {} counts for a master or chief engineer in force majeure alone: ask the flag"
)
_POST_BELOW_HELD: Final = "dispensation {} covers {} on this ship; {} is held"
_POST_BELOW_UNSEEN: Final = (
    "dispensation {} covers {} on this ship; that the post below is held could not be seen"
)


class Served(NamedTuple):
    """The certificate that suits the duty and the ship best, in the eyes of rows P3 and P6 together."""

    certificate: Certificate
    recognised: Outcome  # row P3 on this certificate
    points: list[Point]

    @property
    def severity(self) -> tuple[int, int]:
        """The worse of both rows; among equals one that the flag has recognised comes first."""
        of_flag = severity(self.recognised)
        return max(of_flag, severity(worst_of(self.points))), of_flag


def served_on(shown: Shown, ship: Ship | None, duty: Duty | None) -> Served | None:
    """The one that P3 and P6 go by: recognition is worth nothing on a certificate that does not fit."""
    if ship is None or duty is None:
        return None
    return min(_entitling(shown, ship, duty), key=lambda one: one.severity, default=None)


def _entitling(shown: Shown, ship: Ship, duty: Duty) -> Iterator[Served]:
    for certificate in shown.valid:
        grant = entitles(certificate, duty, ship.flag)
        if grant is None:
            continue
        points = list(_points(certificate, grant, shown, ship, duty))
        of_flag = PASS if ship.flag is None else by_flag(certificate, shown, ship.flag, duty).outcome
        if of_flag not in (PASS, REMARK):
            reason = "{} is not recognised: see row P3"
            points.append(point(NOT_ASSESSED, reason, certificate.document_number))
        yield Served(certificate, of_flag, points)


def row(shown: Shown, ship: Ship | None, duty: Duty | None, served: Served | None) -> Finding:
    """P6 by the certificate that suits best; a dispensation covers what none does."""
    if ship is None:
        return left_open(_ROW, "the ship is not described")
    if duty is None:
        return left_open(_ROW, "the duty is not given")
    points = _none(shown, ship, duty) if served is None else served.points
    if worst_of(points) is FAIL:
        for dispensation in shown.held(CertificateType.DISPENSATION):
            covering = list(_dispensed(dispensation, shown, ship, duty))
            if covering and worst_of(covering) is not FAIL:
                points = covering
                break
            points = [*points, *covering]
    return _conclude(points, duty)


def _conclude(points: list[Point], duty: Duty) -> Finding:
    passed = passes(_ROW, "valid for {} on this ship", duty.capacity_code)
    return conclude(points, passed, failed=Headline.NOT_FOR_THIS)


def _none(shown: Shown, ship: Ship, duty: Duty) -> list[Point]:
    """What is to be said where no valid certificate entitles to the duty."""
    if any(_doubtful(shown, ship, duty)):
        return [point(UNKNOWN, "the certificate shown for {} cannot be judged", duty.capacity_code)]
    return [point(FAIL, "no valid certificate for {} was shown", duty.capacity_code)]


def _points(certificate: Certificate, grant: Grant, shown: Shown, ship: Ship, duty: Duty) -> Iterator[Point]:
    yield grant.point
    for one in grant.limits:
        yield from limits.against(one, ship)
    yield from limits.scope(certificate.acceptance, ship)
    flag = ship.flag
    if flag is None or certificate.issuing_country == flag:
        return
    narrowed = [
        list(_endorsed(recognised(one, duty), one, ship, duty))
        for one in endorsements(certificate, shown, flag)
    ]
    if narrowed:  # without any, row P3 is against it, or a proof of application counts
        yield from min(narrowed, key=lambda points: severity(worst_of(points)))


def _endorsed(grant: Grant | None, endorsement: Certificate, ship: Ship, duty: Duty) -> Iterator[Point]:
    """The endorsement's own limits narrow what the certificate allows."""
    if grant is None:
        reason = "{} does not recognise it for {}"
        yield point(FAIL, reason, endorsement.document_number, duty.capacity_code)
        return
    yield grant.point
    for one in grant.limits:
        yield from limits.against(one, ship)
    yield from limits.scope(endorsement.acceptance, ship)


def _doubtful(shown: Shown, ship: Ship, duty: Duty) -> Iterator[Certificate]:
    for kind in (CertificateType.COMPETENCY, CertificateType.GMDSS, CertificateType.PROFICIENCY):
        for certificate in shown.in_doubt(kind):
            if entitles(certificate, duty, ship.flag) is not None:
                yield certificate


def _dispensed(dispensation: Certificate, shown: Shown, ship: Ship, duty: Duty) -> Iterator[Point]:
    """What a dispensation for this duty amounts to, within its own limits; nothing for another duty's."""
    if not any(grant.code == duty.capacity_code for grant in dispensation.capacities):
        return
    yield _covering(dispensation, shown, ship, duty)
    grant = granted(dispensation, duty)
    for one in grant.limits if grant is not None else ():
        yield from limits.against(one, ship)
    yield from limits.scope(dispensation.acceptance, ship)


def _covering(dispensation: Certificate, shown: Shown, ship: Ship, duty: Duty) -> Point:
    """The dispensation's ship, days and flag, and the post below."""
    number, named = dispensation.document_number, dispensation.ship
    refusal = _no_dispensation(dispensation, shown, ship, duty)
    if refusal is not None:
        return point(FAIL, "dispensation {} does not count: {}", number, refusal)
    if named is None or named.imo is None:
        return point(UNKNOWN, "dispensation {} does not say by its IMO number for which ship", number)
    if ship.imo is None:
        reason = "dispensation {} is for IMO {}, and the ship's number is not given"
        return point(NOT_ASSESSED, reason, number, named.imo)
    if named.imo != ship.imo:
        reason = "dispensation {} is for IMO {}, and this ship is {}"
        return point(FAIL, reason, number, named.imo, ship.imo)
    if duty.capacity_code in _FORCE_MAJEURE:
        return point(UNKNOWN, _FORCE_MAJEURE_ALONE, number)
    below = _grade_below(shown, ship, duty)
    if below is None:
        return point(UNKNOWN, _POST_BELOW_UNSEEN, number, duty.capacity_code)
    return point(REMARK, _POST_BELOW_HELD, number, duty.capacity_code, below)


def _no_dispensation(dispensation: Certificate, shown: Shown, ship: Ship, duty: Duty) -> Said | None:
    if duty.radio:
        return text("there is none for radio operators")
    if ship.flag is not None and dispensation.issuing_country != ship.flag:
        return text(OF_OTHER_FLAG, dispensation.issuing_country, ship.flag)
    longest = add_months(dispensation.issue_date, DISPENSATION_MONTHS)
    if dispensation.expiry_date is None or dispensation.expiry_date > longest or shown.today > longest:
        return text("it runs for more than six months")
    return None


def _grade_below(shown: Shown, ship: Ship, duty: Duty) -> str | None:
    """Art. VIII.2 wants the post immediately below, and a dispensation is no certificate for it."""
    below = [code for code, one in duties().items() if one.covered_by[:1] == (duty.capacity_code,)]
    for code in below:
        if any(entitles(certificate, duties()[code], ship.flag) is not None for certificate in shown.valid):
            return code
    return None
