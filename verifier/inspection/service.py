"""Row P6: valid for this ship and this duty? Capacity, limits, acceptance, dispensations (STCW Art. VIII)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from verifier.credential.model import Certificate, CertificateType
from verifier.inspection import limits
from verifier.inspection.duty import Duty, duties
from verifier.inspection.entitled import Grant, entitles, granted, recognised
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
    ends,
    left_open,
    passes,
    severity,
    texts,
    worst_of,
)
from verifier.remarks import add_months
from verifier.verdict import Headline, Outcome

DISPENSATION_MONTHS: Final = 6  # STCW Art. VIII.1
_FORCE_MAJEURE: Final = frozenset({"master", "chief-engineer"})  # STCW Art. VIII.1
_ROW: Final = "P6"


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
            points.append(Point(NOT_ASSESSED, f"{certificate.document_number} is not recognised: see row P3"))
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
            covering = _dispensed(dispensation, shown, ship, duty)
            if covering is not None and severity(covering.outcome) < severity(FAIL):
                points = [covering]
                break
            if covering is not None:
                points = [*points, covering]
    return _conclude(points, duty)


def _conclude(points: list[Point], duty: Duty) -> Finding:
    outcome = worst_of(points)
    if outcome is FAIL:
        return ends(_ROW, FAIL, Headline.NOT_FOR_THIS, "{}", texts(points, FAIL))
    if outcome is UNKNOWN:
        return ends(_ROW, UNKNOWN, Headline.UNCONFIRMED, "{}", texts(points, UNKNOWN))
    if outcome is NOT_ASSESSED:
        return left_open(_ROW, texts(points, NOT_ASSESSED))
    if outcome is REMARK:
        return ends(_ROW, REMARK, Headline.REMARK, "{}", texts(points, REMARK))
    return passes(_ROW, f"valid for {duty.capacity_code} on this ship")


def _none(shown: Shown, ship: Ship, duty: Duty) -> list[Point]:
    """What is to be said where no valid certificate entitles to the duty."""
    if any(_doubtful(shown, ship, duty)):
        return [Point(UNKNOWN, f"the certificate shown for {duty.capacity_code} cannot be judged")]
    return [Point(FAIL, f"no valid certificate for {duty.capacity_code} was shown")]


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
        reason = f"{endorsement.document_number} does not recognise it for {duty.capacity_code}"
        yield Point(FAIL, reason)
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


def _dispensed(dispensation: Certificate, shown: Shown, ship: Ship, duty: Duty) -> Point | None:
    """What a dispensation for this duty amounts to; None for one that is for another duty."""
    if not any(grant.code == duty.capacity_code for grant in dispensation.capacities):
        return None
    number, named = f"dispensation {dispensation.document_number}", dispensation.ship
    refusal = _no_dispensation(dispensation, shown, ship, duty)
    if refusal is not None:
        return Point(FAIL, f"{number} does not count: {refusal}")
    if named is None or named.imo is None:
        return Point(UNKNOWN, f"{number} does not say by its IMO number for which ship")
    if ship.imo is None:
        return Point(NOT_ASSESSED, f"{number} is for IMO {named.imo}, and the ship's number is not given")
    if named.imo != ship.imo:
        return Point(FAIL, f"{number} is for IMO {named.imo}, and this ship is {ship.imo}")
    if duty.capacity_code in _FORCE_MAJEURE:
        reason = "counts for a master or chief engineer in force majeure alone: ask the flag"
        return Point(UNKNOWN, f"{number} {reason}")
    return Point(REMARK, f"{number} covers {duty.capacity_code} on this ship{_grade_below(shown, duty)}")


def _no_dispensation(dispensation: Certificate, shown: Shown, ship: Ship, duty: Duty) -> str | None:
    if duty.radio:
        return "there is none for radio operators"
    if ship.flag is not None and dispensation.issuing_country != ship.flag:
        return f"it is of {dispensation.issuing_country}, and the ship's flag is {ship.flag}"
    longest = add_months(dispensation.issue_date, DISPENSATION_MONTHS)
    if dispensation.expiry_date is None or dispensation.expiry_date > longest or shown.today > longest:
        return "it runs for more than six months"
    return None


def _grade_below(shown: Shown, duty: Duty) -> str:
    """Art. VIII.2 wants the post immediately below; which that is, nobody has checked: so it is only said."""
    below = [code for code, one in duties().items() if one.covered_by[:1] == (duty.capacity_code,)]
    for code in below:
        if any(granted(certificate, duties()[code]) is not None for certificate in shown.valid):
            return f"; {code} is held"
    return "; that the post below is held could not be seen"
