"""What OpenAPI says of the bodies that machines send: one record, by resource, and a batch of them.

`issuer.services.qualifications.reading` is what reads them; a test holds the two together.
"""

from collections.abc import Mapping
from typing import Final

from issuer.domain.organisations import Resource
from issuer.domain.qualifications import LONGEST_REFERENCE, IdentityKind
from issuer.rules.facts import Kind
from keys.encoding import Json

MAX_RECORDS: Final = 10_000
Schema = dict[str, Json]


def _text(longest: int, said: str = "") -> Schema:
    about: Schema = {"description": said} if said else {}
    return {"type": "string", "minLength": 1, "maxLength": longest, **about}


def _code(list_name: str) -> Schema:
    return _text(60, f"a code of the list `{list_name}`: GET /api/v1/codes/{list_name}")


_DAY: Final[Schema] = {"type": "string", "format": "date", "example": "2026-03-01"}
_WHOLE: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 10_000_000}
_MARKS: Final[Schema] = {
    "type": "array",
    "maxItems": 20,
    "items": _text(60),
    "description": "codes of the list `mark`: what else was so, such as a bridge watch",
}
_SHIP: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "imo": {"type": "string", "description": "seven digits", "example": "9074729"},
        "name": _text(100),
        "call_sign": _text(60),
        "home_port": _text(100),
        "flag": {"type": "string", "description": "ISO 3166-1 alpha-2", "example": "NO"},
        "gt": _WHOLE,
        "kw": _WHOLE,
        "use": _code("use"),
        "type": _code("ship_type"),
        "propulsion": _code("propulsion"),
    },
}
_SERVICE: Final[Schema] = {
    "type": "object",
    "required": ["first", "last", "department"],
    "additionalProperties": False,
    "properties": {
        "first": {**_DAY, "description": "the first day; it counts"},
        "last": {**_DAY, "description": "the last day; it counts"},
        "department": _code("department"),
        "rank": _code("rank"),
        "ship": _SHIP,
        "area": _code("area"),
        "hours": {
            "oneOf": [_WHOLE, {"type": "string", "pattern": r"^[0-9]{1,6}(\.[0-9]{1,2})?$"}],
            "description": "worked; needed where the country counts hours",
        },
        "marks": _MARKS,
    },
}
_PERSON: Final[Schema] = {
    "type": "object",
    "required": ["kind", "number"],
    "additionalProperties": False,
    "properties": {
        "kind": {"type": "string", "enum": [one.value for one in IdentityKind]},
        "number": _text(40, "kept sealed, in no answer, log or certificate"),
    },
}
_REFERENCE: Final = "your own, unique among your records of this kind: the same again is no second record"
_SHOWN_SHIP: Final[Schema] = {
    "imo": "9074729", "name": "Nordvind", "flag": "NO", "gt": 4200, "kw": 3600, "use": "handelsfartyg"
}  # fmt: skip


def record(resource: Resource) -> Schema:
    """One record as it is sent to its resource's address, which says of what kind it is."""
    properties: Schema = {
        "seafarer_id": {
            "type": "string",
            "description": "the register's id of the person; or a personal number, never both",
        },
        "personal_number": _PERSON,
        "reference": _text(LONGEST_REFERENCE, _REFERENCE),
        "contents": _contents(resource.kind),
    }
    return {
        "title": f"Report of {resource.value}",
        "type": "object",
        "required": ["contents"],
        "additionalProperties": False,
        "properties": properties,
        "example": example(resource),
    }


def example(resource: Resource) -> Schema:
    """A record that would be accepted of an organisation approved for it, if the person is known."""
    contents: Schema
    if resource is Resource.SEA_SERVICE:
        contents = {
            "first": "2026-03-01",
            "last": "2026-05-31",
            "department": "deck",
            "ship": dict(_SHOWN_SHIP),
            "hours": 1104,
        }
    else:
        contents = {"code": _EXAMPLES[resource], "day": "2026-05-04"}
    return {"seafarer_id": "7K3M9QXA", "reference": "2026-00417", "contents": contents}


_EXAMPLES: Final[Mapping[Resource, str]] = {
    Resource.COURSES: "fartygsbefal-V",
    Resource.EDUCATION: "hogskoleutbildning",
    Resource.EXAMS: "sjokaptensexamen",
    Resource.ASSESSMENTS: "hurtiggaende-fartoy",
    Resource.ADDITIONAL_COMPETENCE: "utbildningsjournal",
    Resource.MEDICAL_DECLARATIONS: "lakarintyg",
}


def batch(resource: Resource) -> Schema:
    """Up to 10,000 records, each of which is taken or refused by itself."""
    return {
        "title": f"Batch of {resource.value}",
        "type": "object",
        "required": ["records"],
        "additionalProperties": False,
        "properties": {
            "records": {"type": "array", "minItems": 1, "maxItems": MAX_RECORDS, "items": record(resource)}
        },
        "example": {"records": [example(resource)]},
    }


def _contents(kind: Kind) -> Schema:
    if kind is Kind.SERVICE:
        return _SERVICE
    return {
        "type": "object",
        "required": ["code", "day"],
        "additionalProperties": False,
        "properties": {
            "code": _code(kind.value),
            "day": {**_DAY, "description": "completed, passed or examined"},
            "until": {**_DAY, "description": "its last day, where it has one"},
            "marks": _MARKS,
            "number": _text(100, "of the certificate or declaration, as its issuer numbers it"),
        },
    }
