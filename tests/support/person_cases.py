"""A person's papers, ship, duty and answers, as cases that bend one thing each (rows P)."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from support.crews import IMO
from support.scenario import INGRID, PHONE, TODAY, Inspection, competency, medical, show
from support.simulator import DAY, NOW

from verifier.credential.model import (
    CapacityGrant,
    Certificate,
    CertificateType,
    Endorsement,
    Level,
    Limitations,
    ShipReference,
)
from verifier.decision import assess
from verifier.inspection.duty import Duty
from verifier.inspection.identity import (
    MATCHES,
    Document,
    Identity,
)
from verifier.inspection.ship import Ship
from verifier.policy import DEFAULT, Policy
from verifier.remarks import add_months
from verifier.status import StatusBook, verify_list
from verifier.verdict import Assessment, Verdict

PASSPORT = Identity(
    document=Document.PASSPORT,
    name="Ingrid Østergård",
    birth_date=INGRID.birth_date,
    photo=MATCHES,
)
SHIP = Ship(
    name="Havørn",
    imo=IMO,
    flag="NO",
    gt=8_500,
    kw=6_000,
    type="general-cargo",
    area="near-coastal",
    propulsion="motor",
    fitted=("ecdis", "arpa"),
    voyage_start=TODAY - 60 * DAY,
    last_port_with_practitioner=TODAY - 60 * DAY,
)
MASTER = Duty(capacity_code="master", functions=("navigation",), level=Level.MANAGEMENT, lookout=True)
MATE = Duty(capacity_code="chief-mate", functions=("navigation",), lookout=True, covered_by=("master",))
OPERATOR = Duty(capacity_code="gmdss-general", functions=("radio",), radio=True)
LONG = date(2000, 1, 1)


@dataclass(frozen=True)
class Case:
    """Who shows what to whom; a test names what differs from a master who is fit in every way."""

    papers: tuple[Certificate, ...] = (competency(), medical())
    ship: Ship | None = SHIP
    duty: Duty | None = MASTER
    identity: Identity | None = PASSPORT
    policy: Policy = DEFAULT


def verdict_of(inspection: Inspection, certificate: Certificate, *, shown_at: datetime = NOW) -> Verdict:
    """The verdict on a certificate shown by its phone, by the lists of both authorities."""
    authority = inspection.denmark if certificate.issuing_country == "DK" else inspection.norway
    text = show(authority.issue(certificate, PHONE, at=_signed_at(certificate)), at=shown_at)
    return inspection.verdict(text, status=both(inspection))


def _signed_at(certificate: Certificate) -> datetime:
    """Yesterday, or before its last day where that has passed: else its own dates contradict each other."""
    last = certificate.expiry_date
    return NOW - DAY if last is None or last >= TODAY else NOW - DAY - (TODAY - last)


def both(inspection: Inspection) -> StatusBook:
    from support.simulator import directory

    from verifier.status import StatusBook

    known = directory(inspection.norway, inspection.denmark)
    lists = [
        verify_list(one.status_list(at=NOW - DAY / 4), directory=known)
        for one in (inspection.norway, inspection.denmark)
    ]
    return StatusBook(lists, pack="test pack")


def judged(case: Case, inspection: Inspection | None = None) -> Assessment:
    where = inspection or Inspection()
    for authority in (where.norway, where.denmark):
        authority.change_key(sign_from=NOW - 1_000 * DAY)
    verdicts = [verdict_of(where, one) for one in case.papers]
    return assess(
        verdicts, ship=case.ship, at=NOW, identity=case.identity, duty=case.duty, policy=case.policy
    )


def danish(certificate: Certificate, number: str = "DK-COC-0001") -> Certificate:
    return replace(
        certificate, issuing_country="DK", issuing_authority="Søfartsstyrelsen", document_number=number
    )


def endorsement(of: Certificate, expiry: date | None = TODAY + 300 * DAY, **changes: object) -> Endorsement:
    made = Endorsement(
        type=CertificateType.RECOGNITION,
        document_number="NO-END-0001",
        issuing_country="NO",
        issuing_authority="Sjøfartsdirektoratet",
        holder=INGRID,
        issue_date=TODAY - 100 * DAY,
        expiry_date=expiry,
        recognises=of.certificate_id,
    )
    return replace(made, **changes)  # type: ignore[arg-type] # any field, as the test says


def application(of: Certificate, issued: date = TODAY - 10 * DAY, **changes: object) -> Certificate:
    made = Certificate(
        type=CertificateType.APPLICATION_PROOF,
        document_number="NO-APP-0001",
        issuing_country="NO",
        issuing_authority="Sjøfartsdirektoratet",
        holder=INGRID,
        issue_date=issued,
        expiry_date=TODAY + 200 * DAY,
        rests_on=of.certificate_id,
    )
    return replace(made, **changes)  # type: ignore[arg-type] # any field, as the test says


def dispensation(
    issued: date = TODAY - 10 * DAY, expiry: date | None = None, **changes: object
) -> Certificate:
    made = Certificate(
        type=CertificateType.DISPENSATION,
        document_number="NO-DIS-0001",
        issuing_country="NO",
        issuing_authority="Sjøfartsdirektoratet",
        holder=INGRID,
        capacities=(CapacityGrant("chief-mate"),),
        issue_date=issued,
        expiry_date=expiry or add_months(issued, 6),
        ship=ShipReference("Havørn", IMO),
    )
    return replace(made, **changes)  # type: ignore[arg-type] # any field, as the test says


def limited(**limits: object) -> Certificate:
    return competency(capacities=(CapacityGrant("master", Limitations(**limits)),))  # type: ignore[arg-type]


DANE = danish(competency())
WATCH = competency(capacities=(CapacityGrant("officer-navigational-watch"),))
GMDSS = replace(
    competency(),
    type=CertificateType.GMDSS,
    stcw_code=("IV/2",),
    capacities=(CapacityGrant("gmdss-general"),),
)
BORN_2009 = replace(INGRID, birth_date=date(2009, 6, 1))


def told(**changes: object) -> Case:
    return Case(identity=replace(PASSPORT, **changes))  # type: ignore[arg-type] # any answer


def at_sea(**changes: object) -> Ship:
    return replace(SHIP, **changes)  # type: ignore[arg-type] # any field
