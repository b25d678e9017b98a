"""Rows P1 to P8: this person, on this ship, in this duty, by all that was shown and the answers given.

Each row is one module's; here they are put in their order. A row that lacks its input says NOT ASSESSED and
changes nothing. What does not depend on the duty is worked out once for all duties (`Examined`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from verifier.credential.model import Certificate, Reference
from verifier.inspection import dependency, fitness, medical, originals, recognition, same_person, service
from verifier.inspection.duty import Duty
from verifier.inspection.identity import Identity
from verifier.inspection.ship import Ship
from verifier.inspection.shown import (
    FAIL,
    NOT_ASSESSED,
    PASS,
    REMARK,
    UNKNOWN,
    Finding,
    Shown,
    but_for_its_days,
    lay_out,
    left_open,
)
from verifier.policy import DEFAULT, Policy
from verifier.verdict import (
    Assessment,
    Check,
    Headline,
    Rejected,
    Standing,
    Verdict,
    standing,
    standing_of,
    worst,
)

_AGAINST: Final = (FAIL, UNKNOWN)
_DAYS: Final = ("C9", "C11")
_FIT: Final = Finding(Check("P8", PASS, "nothing is against serving in this duty"), Headline.FIT_FOR_DUTY)
_NO_SHIP: Final = "the ship is not described"
_NOBODYS: Final = "it cannot be told whose certificates these are: see row P1"


@dataclass(frozen=True, slots=True)
class Examined:
    """A person's papers with the rows that are the same in every duty."""

    shown: Shown
    ship: Ship | None
    p1: Finding
    p2: Finding
    p4: medical.Medical
    p7: Finding
    one_person: bool
    passes: tuple[Standing, ...]  # of the passes shown, by their own rows
    certificates: tuple[Standing, ...]  # of all that was shown, before anything is excused
    renewed: frozenset[Reference]


def assess(
    verdicts: Sequence[Verdict],
    *,
    ship: Ship | None = None,
    at: datetime,
    identity: Identity | None = None,
    duty: Duty | None = None,
    policy: Policy = DEFAULT,
) -> Assessment:
    """Judge a person by all verdicts on what was shown together, the ship, the duty and the answers.

    `at` is the clock; the time floors that the verdicts relied on hold here too. A pass stands for the
    certificates in it, and its own rows hold besides.
    """
    return conclude(examine(verdicts, ship=ship, at=at, identity=identity, policy=policy), duty)


def examine(
    verdicts: Sequence[Verdict],
    *,
    ship: Ship | None,
    at: datetime,
    identity: Identity | None = None,
    policy: Policy = DEFAULT,
) -> Examined:
    """All that does not depend on the duty."""
    shown = lay_out(verdicts, at)
    apart = same_person.apart_from_each_other(shown.credentials)
    return Examined(
        shown=shown,
        ship=ship,
        p1=same_person.row(shown, apart, identity),
        p2=dependency.row(shown),
        p4=medical.row(shown, ship),
        p7=originals.row(shown, ship, policy),
        one_person=apart is None,
        passes=tuple(standing_of(verdict.checks) for verdict in verdicts if verdict.members),
        certificates=tuple(map(standing, shown.verdicts)),
        renewed=frozenset(_renewed(shown)),
    )


def conclude(examined: Examined, duty: Duty | None) -> Assessment:
    """The assessment in a duty, or in none."""
    findings = tuple(_rows(examined, duty))
    rows = tuple(finding.check for finding in findings)
    lifted = examined.renewed
    if examined.one_person:
        lifted |= {one.lifted for one in findings if one.lifted is not None}
    person = standing_of(rows)
    certificates = examined.certificates
    if lifted:
        certificates = tuple(_standing(verdict, lifted) for verdict in examined.shown.verdicts)
    overall = worst([person, *examined.passes, *certificates])
    return Assessment(_headline(findings), person, rows, overall, lifted)


def fit(assessment: Assessment) -> bool:
    """Whether P8 says FIT FOR DUTY, with or without remarks."""
    return assessment.checks[-1].outcome is PASS


def _rows(examined: Examined, duty: Duty | None) -> Iterator[Finding]:
    shown, ship = examined.shown, examined.ship
    if not examined.one_person:
        rows = (examined.p1, *(left_open(f"P{number}", _NOBODYS) for number in range(2, 8)))
    else:
        served = service.served_on(shown, ship, duty)
        p3 = recognition.row(shown, ship, duty, None if served is None else served.certificate)
        p5 = fitness.row(examined.p4.counts, ship, duty) if ship else left_open("P5", _NO_SHIP)
        p6 = service.row(shown, ship, duty, served)
        rows = (examined.p1, examined.p2, p3, examined.p4.finding, p5, p6, examined.p7)
    yield from rows
    yield _fit_for_duty(rows)


def _fit_for_duty(rows: Sequence[Finding]) -> Finding:
    """P8: all of P1 to P7 assessed, and none against."""
    against = [check.row for check, *_ in rows if check.outcome in _AGAINST]
    if against:
        return left_open("P8", "not while {} is against it", ", ".join(against))
    left = [check.row for check, *_ in rows if check.outcome is NOT_ASSESSED]
    if left:
        return left_open("P8", "not before {} is assessed", ", ".join(left))
    return _FIT


def _headline(findings: Sequence[Finding]) -> Headline:
    """Of the first row against; else of the first with a remark; else FIT FOR DUTY or NOT ASSESSED."""
    remarked = None
    for check, headline, _ in findings:
        if check.outcome in _AGAINST:
            return headline
        if remarked is None and check.outcome is REMARK:
            remarked = headline
    return remarked or findings[-1].headline


def _standing(verdict: Verdict, lifted: frozenset[Reference]) -> Standing:
    """What a credential contributes, where something excuses that it is out of its days."""
    credential = verdict.credential
    if credential is None or credential.certificate.certificate_id not in lifted:
        return standing_of(verdict.checks)
    return standing_of(verdict.checks, frozenset(_DAYS))


def _renewed(shown: Shown) -> Iterator[Reference]:
    """Certificates out of their days beside a valid one that they replace, or that replaces them.

    Who renews early has two: the new one may start the day after the old one ends.
    """
    for verdict in shown.verdicts:
        if verdict.credential is None or not isinstance(verdict, Rejected):
            continue
        if all(but_for_its_days(verdict, row) in (None, Standing.REJECTED) for row in _DAYS):
            continue
        certificate = verdict.credential.certificate
        if any(_succeed(certificate, valid) for valid in shown.valid):
            yield certificate.certificate_id


def _succeed(one: Certificate, other: Certificate) -> bool:
    alike = one.type is other.type and one.issuing_country == other.issuing_country
    return alike and (one.replaces == other.document_number or other.replaces == one.document_number)
