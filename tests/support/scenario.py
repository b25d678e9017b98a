"""One seafarer, two authorities and an inspector: what the verifier's tests tell their stories with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from support.simulator import DAY, NOW, Authority, directory, seeded_signer

from keys import jws
from keys.encoding import b64url_encode
from verifier.credential import presentation
from verifier.credential.model import (
    CapacityGrant,
    Certificate,
    CertificateType,
    FunctionGrant,
    Holder,
    Level,
    MedicalCertificate,
    MedicalFitness,
    Reference,
)
from verifier.credential.presentation import Audience
from verifier.decision import verify
from verifier.policy import Policy
from verifier.status import StatusBook, StatusList, verify_list
from verifier.verdict import Verdict

TODAY = NOW.date()
PHONE = seeded_signer("phone")
NONCE = bytes(range(8))
INGRID = Holder(
    seafarer_id="7K3M9QXA",
    family_name="Østergård",
    given_name="Ingrid",
    birth_date=date(1988, 4, 12),
)


def competency(**changes: object) -> Certificate:
    """A Norwegian master's certificate, good for two more years."""
    certificate = Certificate(
        type=CertificateType.COMPETENCY,
        document_number="NO-COC-0001",
        issuing_country="NO",
        issuing_authority="Sjøfartsdirektoratet",
        holder=INGRID,
        stcw_code=("II/2",),
        functions=(FunctionGrant("navigation", Level.MANAGEMENT),),
        capacities=(CapacityGrant("master"),),
        issue_date=TODAY - 3 * 365 * DAY,
        issue_place="Haugesund",
        expiry_date=TODAY + 2 * 365 * DAY,
    )
    return replace(certificate, **changes)  # type: ignore[arg-type] # any field, as the test says


def medical(expiry_date: date = TODAY + 365 * DAY, **fitness: object) -> MedicalCertificate:
    """A medical certificate of two years."""
    examined = expiry_date - 2 * 365 * DAY
    stated = MedicalFitness(
        identity_checked=True,
        hearing=True,
        visual_acuity=True,
        colour_vision=True,
        colour_test_date=examined,
        lookout=True,
        free_from_aggravated_condition=True,
        examination_date=examined,
        practitioner="Dr. Solveig Nuñez",
        review_informed=True,
    )
    return MedicalCertificate(
        type=CertificateType.MEDICAL,
        document_number="NO-MED-0001",
        issuing_country="NO",
        issuing_authority="Sjøfartsdirektoratet",
        holder=INGRID,
        issue_date=examined,
        expiry_date=expiry_date,
        fitness=replace(stated, **fitness),  # type: ignore[arg-type] # any field, as the test says
    )


def urgent_permit(expiry_date: date = TODAY + 60 * DAY) -> Certificate:
    """The flag's permission to sail on an expired medical certificate."""
    return Certificate(
        type=CertificateType.MEDICAL_PERMIT,
        document_number="NO-PER-0001",
        issuing_country="NO",
        issuing_authority="Sjøfartsdirektoratet",
        holder=INGRID,
        issue_date=TODAY - DAY,
        expiry_date=expiry_date,
        rests_on=Reference("NO", "NO-MED-0001"),
    )


def show(
    credential: str,
    *,
    at: datetime = NOW,
    phone: object = PHONE,
    nonce: bytes = NONCE,
    audience: Audience = Audience.TIME,
) -> str:
    """What the wallet's screen says at an instant: the credential with a fresh proof."""
    return presentation.make(credential, phone, at=at, nonce=nonce, audience=audience)  # type: ignore[arg-type]


@dataclass
class Inspection:
    """What an inspector holds; each test bends one thing and asks for the verdict."""

    norway: Authority = field(default_factory=lambda: Authority("NO"))
    denmark: Authority = field(default_factory=lambda: Authority("DK"))
    at: datetime = NOW
    published_at: datetime = NOW
    listed_at: datetime | None = NOW - timedelta(hours=6)
    list_expires: datetime | None = None
    policy: Policy = field(default_factory=Policy)

    def issue(self, certificate: Certificate | None = None, **how: object) -> str:
        """A credential of Norway's bound to the phone."""
        how.setdefault("holder_key", PHONE)
        return self.norway.issue(certificate or competency(), **how)  # type: ignore[arg-type]

    def book(self) -> StatusBook:
        """Norway's list as it is now, signed at `listed_at`; none where that is None."""
        return StatusBook([] if self.listed_at is None else [self.status_list()], pack="test pack")

    def status_list(self) -> StatusList:
        """The verified list."""
        known = directory(self.norway, self.denmark)
        return verify_list(self.norway.status_list(at=self.listed_at, exp=self.list_expires), directory=known)

    def verdict(self, presented: str, **how: object) -> Verdict:
        """What the inspector sees."""
        known = directory(self.norway, self.denmark, at=self.published_at)
        status = how.pop("status", None)
        status = self.book() if status is None else status  # an empty one is false
        at = how.pop("at", self.at)
        return verify(presented, directory=known, status=status, policy=self.policy, at=at, **how)  # type: ignore[arg-type]


def tampered(credential: str) -> str:
    """The credential with one bit of its signature flipped."""
    token = jws.parse(credential.split("~")[0])
    signature = bytes([token.signature[0] ^ 1]) + token.signature[1:]
    return f"{token.signing_input.decode()}.{b64url_encode(signature)}~"
