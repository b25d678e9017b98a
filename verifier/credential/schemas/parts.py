"""The parts of the JSON Schemas: one for each claim, in the order in which they are signed."""

from collections.abc import Mapping
from typing import Any, Final

from verifier.credential.model import Gender, Level

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string", "minLength": 1}
DATE: Final[Schema] = {"type": "string", "format": "date", "pattern": r"^(19|20|21)\d\d-\d\d-\d\d$"}
INSTANT: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 7_258_118_399}
SIZE: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 10_000_000}
INDEX: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
URL: Final[Schema] = {"type": "string", "pattern": "^https?://"}
FLAG: Final[Schema] = {"type": "string", "pattern": "^[A-Z]{2}$"}
BOOLEAN: Final[Schema] = {"type": "boolean"}
COORDINATE: Final[Schema] = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}


def ref(name: str) -> Schema:
    """What stands in `$defs` under this name."""
    return {"$ref": f"#/$defs/{name}"}


def list_of(items: Schema) -> Schema:
    """A list of such items that is never empty."""
    return {"type": "array", "minItems": 1, "maxItems": 64, "items": items}


def object_of(properties: Mapping[str, Schema], *required: str) -> Schema:
    """An object that may have other members too."""
    return {"type": "object", "properties": dict(properties), "required": list(required)}


_REFERENCE: Final = {"issuing_country": FLAG, "document_number": TEXT}

DEFS: Final[Schema] = {
    "limitations": object_of(
        {
            "max_gt": SIZE,
            "max_kw": SIZE,
            "areas": list_of(TEXT),
            "ship_types": list_of(TEXT),
            "propulsion": list_of(TEXT),
            "without": list_of(TEXT),
            "text": TEXT,
        }
    ),
    "function": object_of(
        {
            "code": TEXT,
            "level": {"enum": [level.value for level in Level]},
            "limitations": ref("limitations"),
        },
        "code",
        "level",
    ),
    "capacity": object_of({"capacity_code": TEXT, "limitations": ref("limitations")}, "capacity_code"),
    "reference": object_of(_REFERENCE, *_REFERENCE),
}

MEDICAL: Final[Schema] = object_of(
    {
        "identity_checked": BOOLEAN,
        "hearing": BOOLEAN,
        "hearing_unaided": BOOLEAN,
        "visual_acuity": BOOLEAN,
        "colour_vision": BOOLEAN,
        "colour_test_date": DATE,
        "lookout": BOOLEAN,
        "areas": list_of(TEXT),
        "restrictions": TEXT,
        "free_from_aggravated_condition": BOOLEAN,
        "examination_date": DATE,
        "practitioner": TEXT,
        "review_informed": BOOLEAN,
    },
    "identity_checked",
    "hearing",
    "visual_acuity",
    "lookout",
    "free_from_aggravated_condition",
    "examination_date",
    "practitioner",
    "review_informed",
)

# In the order in which they are signed.
ENVELOPE: Final[Mapping[str, Schema]] = {
    "iss": URL,
    "iat": INSTANT,
    "nbf": INSTANT,
    "exp": INSTANT,
    "cnf": object_of(
        {
            "jwk": object_of(
                {"kty": {"const": "EC"}, "crv": {"const": "P-256"}, "x": COORDINATE, "y": COORDINATE},
                "kty",
                "crv",
                "x",
                "y",
            )
        },
        "jwk",
    ),
    "status": object_of(
        {"status_list": object_of({"idx": INDEX, "uri": URL}, "idx", "uri")},
        "status_list",
    ),
}
CERTIFICATE: Final[Mapping[str, Schema]] = {
    "issuing_country": FLAG,
    "issuing_authority": TEXT,
    "document_number": TEXT,
    "seafarer_id": {"type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{8}$"},
    "family_name": TEXT,
    "given_name": TEXT,
    "native_name": TEXT,
    "birth_date": DATE,
    "gender": {"enum": [gender.value for gender in Gender]},
    "stcw_code": list_of(TEXT),
    "functions": list_of(ref("function")),
    "capacities": list_of(ref("capacity")),
    "issue_date": DATE,
    "issue_place": TEXT,
    "expiry_date": DATE,
    "family_name_issuing_officer": TEXT,
    "given_name_issuing_officer": TEXT,
    "title_issuing_officer": TEXT,
    "endorsement_number": TEXT,
    "revalidation_date": DATE,
    "replaces": TEXT,
    "rests_on": ref("reference"),
    "recognises": ref("reference"),
    "acceptance": object_of({"flags": list_of(FLAG), "areas": list_of(TEXT)}),
    "ship": object_of({"name": TEXT, "imo": TEXT}, "name"),
    "remarks": TEXT,
    "medical": MEDICAL,
}
