"""Hypothesis strategies for certificates and credentials: everything the model allows, in normalised text."""

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner
from verifier.credential import codelists
from verifier.credential.model import (
    ALWAYS_EXPIRES,
    Acceptance,
    CapacityGrant,
    Certificate,
    CertificateType,
    Credential,
    Endorsement,
    FunctionGrant,
    Gender,
    Holder,
    Level,
    Limitations,
    MedicalCertificate,
    MedicalFitness,
    Official,
    Reference,
    ShipReference,
    StatusReference,
)
from verifier.credential.sea_pass import NO_MEMBERS, Pass, PassMember

_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = st.characters(categories=("L", "M", "N", "P", "Zs"), exclude_characters="\u061c\u200e\u200f\ufeff")

NAMES = (
    "Østergård",
    "Þórsdóttir",
    "Nuñez",
    "Li",
    "Suharto",
    "O'Connor",
    "Ægisson",
    "de la Cruz",
    "Błaszczyk",
)


def _visible(text: str) -> bool:
    return bool(text.strip()) and unicodedata.is_normalized("NFC", text)


texts = (
    st.text(_LETTERS, min_size=1, max_size=40).map(lambda t: unicodedata.normalize("NFC", t)).filter(_visible)
)
names = st.sampled_from(NAMES) | texts
dates = st.dates(date(1930, 1, 1), date(2190, 1, 1))
instants = st.integers(0, 7_258_118_399).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
countries = st.sampled_from(sorted(codelists.flags()))
numbers = st.from_regex(r"[A-Z]{2}-[0-9]{2}-[0-9]{6}", fullmatch=True) | texts


def _optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _codes(found: Any) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(found)), max_size=3, unique=True).map(tuple)


references = st.builds(Reference, countries, numbers)
limitations = st.builds(
    Limitations,
    max_gt=_optional(st.integers(0, 400_000)),
    max_kw=_optional(st.integers(0, 100_000)),
    areas=_codes(codelists.trade_areas()),
    ship_types=_codes(codelists.ship_types()),
    propulsion=_codes(("motor", "steam", "gas-turbine")),
    without=_codes(("ecdis", "arpa", "high-voltage", "gmdss")),
    text=_optional(texts),
)
functions = st.builds(
    FunctionGrant,
    st.sampled_from(sorted(codelists.functions())),
    st.sampled_from(Level),
    _optional(limitations),
)
capacities = st.builds(CapacityGrant, st.sampled_from(sorted(codelists.capacities())), _optional(limitations))
holders = st.builds(
    Holder,
    seafarer_id=st.text(_BASE32, min_size=8, max_size=8),
    family_name=names,
    given_name=_optional(names),
    native_name=_optional(st.sampled_from(("李伟", "王芳")) | texts),
    birth_date=st.dates(date(1930, 1, 1), date(2010, 1, 1)),
    gender=_optional(st.sampled_from(Gender)),
)
fitnesses = st.builds(
    MedicalFitness,
    identity_checked=st.booleans(),
    hearing=st.booleans(),
    hearing_unaided=_optional(st.booleans()),
    visual_acuity=st.booleans(),
    colour_vision=_optional(st.booleans()),
    colour_test_date=_optional(dates),
    lookout=st.booleans(),
    areas=_codes(codelists.trade_areas()),
    restrictions=_optional(texts),
    free_from_aggravated_condition=st.booleans(),
    examination_date=dates,
    practitioner=names,
    review_informed=st.booleans(),
)

# Of these the claims of the type demand more than the model does.
_NEEDS_CODES = {"competency", "gmdss", "tanker", "proficiency"}
_NEEDS_BASE = {CertificateType.APPLICATION_PROOF, CertificateType.MEDICAL_PERMIT}


_TYPES = st.sampled_from(CertificateType)


@st.composite
def certificates(draw: st.DrawFn, kinds: st.SearchStrategy[CertificateType] = _TYPES) -> Certificate:
    """A certificate of any type, or of `kinds`; its dates may contradict each other."""
    kind = draw(kinds)
    regulations = st.lists(
        st.sampled_from(sorted(codelists.regulations())),
        min_size=int(kind in _NEEDS_CODES),
        max_size=3,
        unique=True,
    )
    posts = st.lists(capacities, min_size=int(kind is CertificateType.COMPETENCY), max_size=3)
    fields: dict[str, Any] = {
        "type": kind,
        "document_number": draw(numbers),
        "issuing_country": draw(countries),
        "issuing_authority": draw(names),
        "holder": draw(holders),
        "stcw_code": tuple(draw(regulations)),
        "functions": tuple(draw(st.lists(functions, max_size=4))),
        "capacities": tuple(draw(posts)),
        "issue_date": draw(dates),
        "issue_place": draw(_optional(names)),
        "expiry_date": draw(dates if kind in ALWAYS_EXPIRES else _optional(dates)),
        "official": draw(_optional(st.builds(Official, names, _optional(names), names))),
        "endorsement_number": draw(_optional(numbers)),
        "revalidation_date": draw(_optional(dates)),
        "replaces": draw(_optional(numbers)),
        "rests_on": draw(references if kind in _NEEDS_BASE else _optional(references)),
        "acceptance": draw(
            _optional(st.builds(Acceptance, flags=_codes(("NO", "DK")), areas=_codes(("inre-fart",))))
        ),
        "ship": draw(_optional(st.builds(ShipReference, names, _optional(st.just("9074729"))))),
        "remarks": draw(_optional(texts)),
    }
    if kind is CertificateType.RECOGNITION:
        return Endorsement(**fields, recognises=draw(references))
    if kind is CertificateType.MEDICAL:
        return MedicalCertificate(**fields, fitness=draw(fitnesses))
    return Certificate(**fields)


HOLDER_KEYS = tuple(
    SoftwareSigner.from_private_bytes(Algorithm.ES256, sha256(b"holder %d" % number).digest()).public_key
    for number in range(3)
)


@st.composite
def passes(draw: st.DrawFn) -> Pass:
    """A pass of one to four certificates of any types, in one or two status lists, whose dates hold."""
    kinds = st.sampled_from([kind for kind in CertificateType if kind not in NO_MEMBERS])
    found = draw(st.lists(certificates(kinds), min_size=1, max_size=4, unique_by=lambda c: c.document_number))
    first, at = found[0], datetime.fromtimestamp(draw(st.integers(0, 7_255_000_000)), UTC)
    of_one = {"holder": first.holder, "issuing_country": first.issuing_country}
    uris = st.sampled_from(("https://no.example/status/1", "https://no.example/status/2"))
    places = draw(st.lists(st.integers(0, 2**31 - 1), min_size=4, max_size=4, unique=True))
    return Pass(
        issuer="https://no.example",
        issued_at=at,
        not_before=at,
        expires=at + timedelta(days=draw(st.integers(1, 30))),
        holder_key=draw(_optional(st.sampled_from(HOLDER_KEYS))),
        issuing_country=first.issuing_country,
        issuing_authority=draw(names),
        holder=first.holder,
        members=tuple(
            PassMember(replace(one, **of_one), StatusReference(draw(uris), place))
            for one, place in zip(found, places, strict=False)
        ),
    )


credentials = st.builds(
    Credential,
    issuer=st.sampled_from(("https://no.example", "https://dk.example/ombord", "http://localhost:8080")),
    issued_at=instants,
    not_before=instants,
    expires=_optional(instants),
    holder_key=_optional(st.sampled_from(HOLDER_KEYS)),
    status=st.builds(StatusReference, st.just("https://no.example/status/1"), st.integers(0, 2**31 - 1)),
    certificate=certificates(),
)
