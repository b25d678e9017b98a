"""What the dictionary holds, group by group: generic words, flags, types, and what every credential has."""

import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Any, Final

from verifier.credential import codelists
from verifier.credential.dictionaries.specimens import (
    CUT,
    ISSUED,
    THREE_BYTES,
    TWO_BYTES,
    pass_specimen,
    piece_with,
    pieces,
    specimen,
)
from verifier.credential.model import (
    Acceptance,
    CapacityGrant,
    CertificateType,
    FunctionGrant,
    Gender,
    Level,
    Limitations,
    MedicalFitness,
    Reference,
)

_ADDRESS: Final = "https://credentials."  # the form of issuers' addresses in the list of flags
_NUMBER: Final = '"document_number":"'
_REFERENCE: Final = '","document_number":"'

_FUNCTIONS: Final = {  # by department, or by post where a post differs from its department
    "deck": ("navigation", "cargo", "ship-operation"),
    "engine": ("marine-engineering", "electrical", "maintenance", "ship-operation"),
    "radio": ("radio",),
    "electro-technical-officer": ("electrical", "maintenance", "ship-operation"),
}

_ALONE: Final = tuple(kind for kind in CertificateType if kind is not CertificateType.PASS)


def generic_words() -> Iterator[str]:
    """Other headers and issuers, then codes that no specimen has and that were listed when it was built."""
    yield '{"alg":"ES256","typ":"dc+sd-jwt","kid":"{"alg":"EdDSA","kid":"'
    yield "http://127.0.0.1:http://localhost:https://www.issuer.certificates.maritime.example/api/v1/status-lists/"
    for entries in (codelists.ship_types(), codelists.trade_areas(), codelists.regulations()):
        yield "".join(f'"{code}",' for code, one in entries.items() if "dictionary" not in one.facts)


def flags() -> Iterator[str]:
    """Of each flag: English name of the authority, ports, titles, header and issuer, list and authority."""
    words = _words()
    for flag in reversed(list(codelists.flags().values())):
        text = specimen(flag=flag)
        header, rest = text.split("competency:1", 1)
        status = rest.index(flag.issuer.removeprefix(_ADDRESS))
        number = rest.index(_NUMBER) + len(_NUMBER)
        english = f'{flag.authority}","' if flag.own_name else ""
        ports = "".join(f'{port}","' for port in words["ports"].get(flag.code, ()))
        titles = "".join(f'{title}"}}' for title in words["own_titles"].get(flag.code, ()))
        yield f"{english}{ports}{titles}{header}{rest[status:number]}{flag.code}-"


def members_of_types() -> Iterator[str]:
    """Each type with all members that few credentials have."""
    limits = Limitations(
        max_gt=500,
        max_kw=3_000,
        areas=("near-coastal",),
        ship_types=("oil-tanker",),
        propulsion=("motor",),
        without=("ecdis",),
        text=CUT,
    )
    fields: dict[str, Any] = {
        "capacities": (
            CapacityGrant("master", limits),
            CapacityGrant("chief-mate", Limitations(max_gt=3_000)),
        ),
        "endorsement_number": CUT,
        "revalidation_date": ISSUED + timedelta(days=2),
        "replaces": CUT,
        "rests_on": Reference("NO", CUT),
        "acceptance": Acceptance(flags=("NO",), areas=("near-coastal",)),
        "remarks": CUT,
    }
    for kind in _ALONE:
        if kind is CertificateType.RECOGNITION:
            yield from pieces(specimen(kind, recognises=Reference(CUT, CUT), **fields))
        elif kind is not CertificateType.MEDICAL:
            yield from pieces(specimen(kind, **fields))


def medical_certificates() -> Iterator[str]:
    """Without look-out and near the coast, then fit for everything and examined on the day of issue."""
    restricted = _fitness(False, ("near-coastal",), CUT, ISSUED - timedelta(days=9))
    for fitness in (restricted, _fitness(True, (), None, ISSUED)):
        fields: dict[str, Any] = {"stcw_code": ("I/9",), "issue_place": None, "official": None}
        yield from pieces(specimen(CertificateType.MEDICAL, fitness=fitness, **fields))


def _fitness(
    lookout: bool, areas: tuple[str, ...], restrictions: str | None, examined: date
) -> MedicalFitness:
    return MedicalFitness(
        identity_checked=True,
        hearing=True,
        hearing_unaided=True,
        visual_acuity=True,
        colour_vision=True,
        colour_test_date=ISSUED - timedelta(days=300),
        lookout=lookout,
        areas=areas,
        restrictions=restrictions,
        free_from_aggravated_condition=True,
        examination_date=examined,
        practitioner="Dr. " + CUT,
        review_informed=True,
    )


def names_of_types() -> Iterator[str]:
    """All types, the most frequent last."""
    for kind in reversed(_ALONE):
        yield f'{kind.value}:1","iat":\x05,"nbf":\x09,"'


def references() -> Iterator[str]:
    """What endorsements of tankers and recognitions end with."""
    recognition = specimen(CertificateType.RECOGNITION, recognises=Reference(CUT, CUT))
    yield piece_with("recognises", recognition)
    for flag in reversed(list(codelists.flags())):
        yield f"{flag}{_REFERENCE}{flag}-"
    for country in ("SE", "DK", "NO"):
        base = Reference(country, f"{country}-{CUT}")
        yield piece_with("recognises", specimen(CertificateType.RECOGNITION, recognises=base))
        yield piece_with("rests_on", specimen(CertificateType.TANKER, rests_on=base))
    yield '","native_name":"'


def limits() -> Iterator[str]:
    """Limits of capacities that STCW knows: equipment, propulsion; sizes with their usual posts."""
    cases = [
        *((CUT, Limitations(without=(code,))) for code in ("gmdss", "arpa", "ecdis", "high-voltage")),
        *((CUT, Limitations(propulsion=(code,))) for code in ("gas-turbine", "steam", "motor")),
        *((CUT, Limitations(max_gt=size, areas=("near-coastal",))) for size in (500, 499)),
        *(("chief-engineer", Limitations(max_kw=power)) for power in (750, 749, 3_000, 2_999)),
        *(("master", Limitations(max_gt=size)) for size in (500, 499, 3_000, 2_999)),
    ]
    for post, limit in cases:
        text = piece_with("limitations", specimen(capacities=(CapacityGrant(post, limit),)))
        yield text.removeprefix('"],"capacities":[')


def posts() -> Iterator[str]:
    """From the regulation to the place of issue, for each post with the functions at its level."""
    for capacity in reversed(list(codelists.capacities().values())):
        level = Level(str(capacity.facts["level"]))
        functions = _FUNCTIONS.get(capacity.code) or _FUNCTIONS[str(capacity.facts["department"])]
        text = specimen(
            stcw_code=(str(capacity.facts["regulation"]),),
            functions=tuple(FunctionGrant(code, level) for code in functions),
            capacities=(CapacityGrant(capacity.code),),
        )
        yield piece_with("stcw_code", text).partition('"stcw_code":["')[2]


def passes() -> Iterator[str]:
    """What stands around a pass, and between the certificates in it, in the order of most careers."""
    career: dict[CertificateType, dict[str, Any]] = {
        CertificateType.COMPETENCY: {},
        CertificateType.MEDICAL: {"fitness": _fitness(True, (), None, ISSUED)},
        CertificateType.GMDSS: {},
        CertificateType.TANKER: {},
        CertificateType.RECOGNITION: {"recognises": Reference(CUT, CUT)},
        CertificateType.PROFICIENCY: {},
    }
    text = pass_specimen(career, Gender.MALE)
    yield from pieces(text.partition("urn:ombord:")[2].partition('"type":"')[0])
    for piece in pieces(text.partition('"certificates":[')[2]):
        if '"type":"' in piece:
            yield piece


def frames() -> Iterator[str]:
    """Titles; then times, key, status and what stands around names, in all variants."""
    yield "".join(f'{title}"}}' for title in reversed(_words()["titles"]))
    genders = (None, Gender.MALE, Gender.FEMALE)
    for gender, expires, bound, index in product(
        genders, (False, True), (False, True), (TWO_BYTES, THREE_BYTES)
    ):
        text = specimen(gender=gender, expires=expires, bound=bound, index=index)
        yield from pieces(text.partition("urn:ombord:")[2])


@cache
def _words() -> dict[str, Any]:
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "words.json")
    with open(path, encoding="utf-8") as file:
        words: dict[str, Any] = json.load(file)
    return words
