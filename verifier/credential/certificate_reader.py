"""Claims as a certificate of the model; every problem is a `MalformedCredential` with the path of the claim.

This runs in every offline verdict: plain functions, one pass, nothing looked up twice.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from verifier.credential.claims import (
    Claims,
    MalformedCredential,
    array,
    boolean,
    calendar_date,
    member,
    optional_boolean,
    optional_date,
    optional_integer,
    optional_text,
    text,
    texts,
)
from verifier.credential.model import (
    Acceptance,
    CapacityGrant,
    Certificate,
    CertificateType,
    Endorsement,
    FunctionGrant,
    Gender,
    Holder,
    InvalidCertificate,
    Level,
    Limitations,
    MedicalCertificate,
    MedicalFitness,
    Official,
    Reference,
    ShipReference,
)

T = TypeVar("T")

# An enum's members are slow to look up.
_RECOGNITION: Final = CertificateType.RECOGNITION
_MEDICAL: Final = CertificateType.MEDICAL

_MAX_SIZE: Final = 10_000_000  # GT and kW
_LEVELS: Final[Mapping[object, Level]] = {level.value: level for level in Level}
_GENDERS: Final[Mapping[object, Gender]] = {gender.value: gender for gender in Gender}
_OFFICER: Final = ("family_name_issuing_officer", "given_name_issuing_officer", "title_issuing_officer")

# What a document of each type cannot be without, besides the fields of every certificate.
REQUIRED: Final[Mapping[CertificateType, tuple[str, ...]]] = {
    CertificateType.COMPETENCY: ("stcw_code", "capacities"),
    CertificateType.GMDSS: ("stcw_code",),
    CertificateType.TANKER: ("stcw_code",),
    CertificateType.PROFICIENCY: ("stcw_code",),
    CertificateType.RECOGNITION: ("recognises",),
    CertificateType.APPLICATION_PROOF: ("rests_on",),
    CertificateType.MEDICAL: ("medical",),
    CertificateType.MEDICAL_PERMIT: ("rests_on",),
}


def certificate_from_claims(kind: CertificateType, claims: Claims) -> Certificate:
    """The certificate of type `kind` that `claims` describe. Raises MalformedCredential."""
    for name in REQUIRED.get(kind, ()):
        if name not in claims:
            raise MalformedCredential(name, "a document of type {} needs it", kind)
    try:
        if kind is _RECOGNITION:
            return Endorsement.of({**_fields(kind, claims), "recognises": _reference(claims, "recognises")})
        if kind is _MEDICAL:
            return MedicalCertificate.of({**_fields(kind, claims), "fitness": _fitness(claims)})
        return Certificate.of(_fields(kind, claims))
    except InvalidCertificate as error:
        raise MalformedCredential(error.claim, "{}", error.what) from None


def _fields(kind: CertificateType, claims: Claims) -> dict[str, object]:
    """The fields of every certificate. Most are absent from most: they are not even asked for."""
    fields: dict[str, object] = {
        "type": kind,
        "document_number": text(claims, "document_number"),
        "issuing_country": text(claims, "issuing_country"),
        "issuing_authority": text(claims, "issuing_authority"),
        "holder": holder_from_claims(claims),
        "issue_date": calendar_date(claims, "issue_date"),
        "official": _official(claims),
    }
    for name, read in _OPTIONAL:
        if name in claims:
            fields[name] = read(claims, name)
    return fields


def holder_from_claims(claims: Claims) -> Holder:
    """The holder that `claims` describe. Raises MalformedCredential."""
    fields: dict[str, object] = {
        "seafarer_id": text(claims, "seafarer_id"),
        "family_name": text(claims, "family_name"),
        "birth_date": calendar_date(claims, "birth_date"),
    }
    if "given_name" in claims:
        fields["given_name"] = text(claims, "given_name")
    if "native_name" in claims:
        fields["native_name"] = text(claims, "native_name")
    if "gender" in claims:
        fields["gender"] = _one_of(_GENDERS, claims, "gender")
    try:
        return Holder.of(fields)
    except InvalidCertificate as error:
        raise MalformedCredential(error.claim, "{}", error.what) from None


def _official(claims: Claims) -> Official | None:
    family, given, title = _OFFICER
    if family not in claims and given not in claims and title not in claims:
        return None
    named = text(claims, given) if given in claims else None
    return Official(text(claims, family), named, text(claims, title))


def _functions(claims: Claims, name: str) -> tuple[FunctionGrant, ...]:
    return _each(_function, claims, name)


def _function(claims: Claims) -> FunctionGrant:
    limits = _limitations(claims) if "limitations" in claims else None
    return FunctionGrant(text(claims, "code"), _one_of(_LEVELS, claims, "level"), limits)


def _capacities(claims: Claims, name: str) -> tuple[CapacityGrant, ...]:
    return _each(_capacity, claims, name)


def _capacity(claims: Claims) -> CapacityGrant:
    limits = _limitations(claims) if "limitations" in claims else None
    return CapacityGrant(text(claims, "capacity_code"), limits)


def _limitations(claims: Claims) -> Limitations:
    inner = member(claims, "limitations")
    try:
        return Limitations(
            max_gt=optional_integer(inner, "max_gt", _MAX_SIZE),
            max_kw=optional_integer(inner, "max_kw", _MAX_SIZE),
            areas=texts(inner, "areas"),
            ship_types=texts(inner, "ship_types"),
            propulsion=texts(inner, "propulsion"),
            without=texts(inner, "without"),
            text=optional_text(inner, "text"),
        )
    except MalformedCredential as error:
        raise error.inside("limitations") from None


def _acceptance(claims: Claims, name: str) -> Acceptance:
    inner = member(claims, name)
    try:
        return Acceptance(flags=texts(inner, "flags"), areas=texts(inner, "areas"))
    except MalformedCredential as error:
        raise error.inside(name) from None


def _ship(claims: Claims, name: str) -> ShipReference:
    inner = member(claims, name)
    try:
        return ShipReference(text(inner, "name"), optional_text(inner, "imo"))
    except MalformedCredential as error:
        raise error.inside(name) from None


def _reference(claims: Claims, name: str) -> Reference:
    inner = member(claims, name)
    try:
        return Reference(text(inner, "issuing_country"), text(inner, "document_number"))
    except MalformedCredential as error:
        raise error.inside(name) from None


def _fitness(claims: Claims) -> MedicalFitness:
    inner = member(claims, "medical")
    try:
        return MedicalFitness(
            identity_checked=boolean(inner, "identity_checked"),
            hearing=boolean(inner, "hearing"),
            hearing_unaided=optional_boolean(inner, "hearing_unaided"),
            visual_acuity=boolean(inner, "visual_acuity"),
            colour_vision=optional_boolean(inner, "colour_vision"),
            colour_test_date=optional_date(inner, "colour_test_date"),
            lookout=boolean(inner, "lookout"),
            areas=texts(inner, "areas"),
            restrictions=optional_text(inner, "restrictions"),
            free_from_aggravated_condition=boolean(inner, "free_from_aggravated_condition"),
            examination_date=calendar_date(inner, "examination_date"),
            practitioner=text(inner, "practitioner"),
            review_informed=boolean(inner, "review_informed"),
        )
    except MalformedCredential as error:
        raise error.inside("medical") from None


def _each(read: Callable[[Claims], T], claims: Claims, name: str) -> tuple[T, ...]:
    """Each object of a list, read; a problem names the position."""
    items = []
    for position, item in enumerate(array(claims, name)):
        if type(item) is not dict:
            raise MalformedCredential(f"{name}[{position}]", "an object is needed")
        try:
            items.append(read(item))
        except MalformedCredential as error:
            raise error.inside(f"{name}[{position}]") from None
    return tuple(items)


def _one_of(values: Mapping[object, T], claims: Claims, name: str) -> T:
    try:
        return values[claims[name]]
    except (KeyError, TypeError):  # no such value, or one that is no text
        raise MalformedCredential(name, "one of {} is needed", ", ".join(map(str, values))) from None


# A field that may be absent is named as its claim, in the order of the form.
_OPTIONAL: Final[tuple[tuple[str, Callable[[Claims, str], object]], ...]] = (
    ("stcw_code", texts),
    ("functions", _functions),
    ("capacities", _capacities),
    ("issue_place", text),
    ("expiry_date", calendar_date),
    ("endorsement_number", text),
    ("revalidation_date", calendar_date),
    ("replaces", text),
    ("rests_on", _reference),
    ("acceptance", _acceptance),
    ("ship", _ship),
    ("remarks", text),
)
