"""Certificates of seafarers and their signed instances: frozen records with their invariants.

Fields follow the form of STCW Code A-I/2 in its order. Contradicting *dates* are no invariant here: a signed
credential may carry them, and the decision reports them (row C4b).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from keys.jwk import PublicKey
from keys.said import Reasoned
from verifier.frozen import Filled

# Crockford's base32 in capitals: no I, L, O, U, so that an id can be read aloud and typed.
_CAPITALS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_BASE32: Final = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


class InvalidCertificate(Reasoned):
    """A record breaks an invariant of the model; `claim` names the field."""

    def __init__(self, claim: str, problem: str, *values: object) -> None:
        """The `problem` is a template that `values` fill."""
        self.what = Reasoned(problem, *values)
        super().__init__("{}: {}", claim, self.what)
        self.claim = claim

    @property
    def problem(self) -> str:
        """What is wrong, in English."""
        return str(self.what)


class CertificateType(StrEnum):
    """What a document is; the value is its name in `vct`, in keys' purposes and in data."""

    COMPETENCY = "competency"
    GMDSS = "gmdss"
    TANKER = "tanker"
    PROFICIENCY = "proficiency"
    RECOGNITION = "recognition"
    APPLICATION_PROOF = "application-proof"
    DISPENSATION = "dispensation"
    MEDICAL = "medical"
    MEDICAL_PERMIT = "medical-permit"
    EVIDENCE = "evidence"
    NATIONAL = "national"
    COURSE = "course"
    SERVICE_STATEMENT = "service-statement"
    SAFE_MANNING = "safe-manning"
    PASS = "pass"

    @property
    def vct(self) -> str:
        """The SD-JWT VC type, `urn:ombord:<name>:1`."""
        return _VCT_OF[self]


_VCT_OF: Final[Mapping[CertificateType, str]] = {
    kind: f"urn:ombord:{kind.value}:1" for kind in CertificateType
}
TYPE_OF_VCT: Final[Mapping[str, CertificateType]] = {vct: kind for kind, vct in _VCT_OF.items()}

# Documents whose purpose is a period: STCW Reg. I/9 and I/10.5, Article VIII, MLC 2006 A1.2.
ALWAYS_EXPIRES: Final = frozenset(
    {
        CertificateType.MEDICAL,
        CertificateType.MEDICAL_PERMIT,
        CertificateType.APPLICATION_PROOF,
        CertificateType.DISPENSATION,
    }
)


class Level(StrEnum):
    """Level of responsibility (STCW Code A-I/1)."""

    MANAGEMENT = "management"
    OPERATIONAL = "operational"
    SUPPORT = "support"


class Gender(StrEnum):
    """As in the passport (ICAO 9303): X where it is not stated."""

    FEMALE = "F"
    MALE = "M"
    UNSPECIFIED = "X"


class Reference(NamedTuple):
    """A certificate named by another one; also the identity of a certificate (the unique tracking number)."""

    issuing_country: str
    document_number: str


class StatusReference(NamedTuple):
    """Where a credential's status stands: `status.status_list` (IETF token status list)."""

    uri: str
    idx: int


class Limitations(NamedTuple):
    """Limits of a function or capacity; empty is unlimited. `text` never decides: it becomes a remark."""

    max_gt: int | None = None
    max_kw: int | None = None
    areas: tuple[str, ...] = ()
    ship_types: tuple[str, ...] = ()
    propulsion: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    text: str | None = None


class FunctionGrant(NamedTuple):
    """One of the seven functions of STCW at a level."""

    code: str
    level: Level
    limitations: Limitations | None = None


class CapacityGrant(NamedTuple):
    """A post that the holder may serve in, as the safe manning document names it."""

    code: str
    limitations: Limitations | None = None


@dataclass(frozen=True, kw_only=True)
class Holder(Filled):
    """The seafarer as in the passport, in Latin letters; a single name is a family name alone."""

    seafarer_id: str
    family_name: str
    given_name: str | None = None
    native_name: str | None = None
    birth_date: date
    gender: Gender | None = None

    def __post_init__(self) -> None:
        if len(self.seafarer_id) != 8 or not _BASE32.issuperset(self.seafarer_id):
            raise InvalidCertificate(
                "seafarer_id", "8 characters of 0-9 and A-Z without I, L, O and U are needed"
            )

    @property
    def full_name(self) -> str:
        """Given name first, for people."""
        return self.family_name if self.given_name is None else f"{self.given_name} {self.family_name}"

    @property
    def mrz_name(self) -> str:
        """The machine-readable form of ICAO 9303, `FAMILY<<GIVEN`; raises `icao.NotLatin`."""
        from verifier.credential import icao

        return icao.mrz_name(self.family_name, self.given_name)


class Official(NamedTuple):
    """The duly authorised official who decided (STCW Code A-I/2)."""

    family_name: str
    given_name: str | None
    title: str


class Acceptance(NamedTuple):
    """Where a certificate holds, if not everywhere: flags of ships and trade areas; empty means any."""

    flags: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


class ShipReference(NamedTuple):
    """The one ship that a dispensation is for (STCW Art. VIII), by its name and IMO number."""

    name: str
    imo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalFitness:
    """What a medical certificate states (STCW Code A-I/9); never a diagnosis.

    `colour_vision` and `hearing_unaided` are None where the duty needs neither; empty `areas` is any area.
    """

    identity_checked: bool
    hearing: bool
    hearing_unaided: bool | None = None
    visual_acuity: bool
    colour_vision: bool | None = None
    colour_test_date: date | None = None
    lookout: bool
    areas: tuple[str, ...] = ()
    restrictions: str | None = None
    free_from_aggravated_condition: bool
    examination_date: date
    practitioner: str
    review_informed: bool


@dataclass(frozen=True, kw_only=True)
class Certificate(Filled):
    """A record in an authority's register, in the order of the STCW form.

    `expiry_date` None means until further notice.
    """

    type: CertificateType
    document_number: str
    issuing_country: str
    issuing_authority: str
    holder: Holder
    stcw_code: tuple[str, ...] = ()
    functions: tuple[FunctionGrant, ...] = ()
    capacities: tuple[CapacityGrant, ...] = ()
    issue_date: date
    issue_place: str | None = None
    expiry_date: date | None = None
    official: Official | None = None
    endorsement_number: str | None = None
    revalidation_date: date | None = None
    replaces: str | None = None
    rests_on: Reference | None = None
    acceptance: Acceptance | None = None
    ship: ShipReference | None = None
    remarks: str | None = None

    def __post_init__(self) -> None:
        if len(self.issuing_country) != 2 or not _CAPITALS.issuperset(self.issuing_country):
            raise InvalidCertificate("issuing_country", "two capital letters (ISO 3166-1) are needed")
        if not self.document_number:
            raise InvalidCertificate("document_number", "a certificate needs a number")
        if self.expiry_date is None and self.type in ALWAYS_EXPIRES:
            raise InvalidCertificate("expiry_date", "a document of type {} always expires", self.type)
        if _CLASS_OF.get(self.type, Certificate) is not type(self):
            raise InvalidCertificate("vct", "type {} is no {}", self.type, type(self).__name__)

    @property
    def certificate_id(self) -> Reference:
        """Issuing country and document number: unique in the world."""
        return Reference(self.issuing_country, self.document_number)


@dataclass(frozen=True, kw_only=True)
class Endorsement(Certificate):
    """Recognition of another state's certificate (STCW Reg. I/10); never outlives it."""

    recognises: Reference


@dataclass(frozen=True, kw_only=True)
class MedicalCertificate(Certificate):
    """Medical certificate (STCW Reg. I/9, MLC 2006 A1.2)."""

    fitness: MedicalFitness


_CLASS_OF: Final[Mapping[CertificateType, type[Certificate]]] = {
    CertificateType.RECOGNITION: Endorsement,
    CertificateType.MEDICAL: MedicalCertificate,
}


@dataclass(frozen=True, kw_only=True)
class Credential(Filled):
    """One signed instance of a certificate. Times are aware UTC; valid in `not_before` <= t < `expires`."""

    issuer: str
    issued_at: datetime
    not_before: datetime
    expires: datetime | None
    holder_key: PublicKey | None
    status: StatusReference
    certificate: Certificate
