"""Writes the type metadata of every `vct` into this folder: `python -m verifier.credential.schemas.build`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from verifier.credential.certificate_reader import REQUIRED
from verifier.credential.model import ALWAYS_EXPIRES, CertificateType, Gender, Level
from verifier.credential.schemas import DESCRIBED

FOLDER: Final = Path(__file__).parent
_Schema = dict[str, Any]

_TEXT: Final[_Schema] = {"type": "string", "minLength": 1}
_DATE: Final[_Schema] = {"type": "string", "format": "date", "pattern": r"^(19|20|21)\d\d-\d\d-\d\d$"}
_INSTANT: Final[_Schema] = {"type": "integer", "minimum": 0, "maximum": 7_258_118_399}
_SIZE: Final[_Schema] = {"type": "integer", "minimum": 0, "maximum": 10_000_000}
_URL: Final[_Schema] = {"type": "string", "pattern": "^https?://"}
_FLAG: Final[_Schema] = {"type": "string", "pattern": "^[A-Z]{2}$"}
_BOOLEAN: Final[_Schema] = {"type": "boolean"}
_COORDINATE: Final[_Schema] = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/$defs/{name}"}


def _list(items: _Schema) -> _Schema:
    return {"type": "array", "minItems": 1, "maxItems": 64, "items": items}


def _object(properties: Mapping[str, _Schema], *required: str) -> _Schema:
    return {"type": "object", "properties": dict(properties), "required": list(required)}


_REFERENCE: Final = {"issuing_country": _FLAG, "document_number": _TEXT}

_DEFS: Final[_Schema] = {
    "limitations": _object(
        {
            "max_gt": _SIZE,
            "max_kw": _SIZE,
            "areas": _list(_TEXT),
            "ship_types": _list(_TEXT),
            "propulsion": _list(_TEXT),
            "without": _list(_TEXT),
            "text": _TEXT,
        }
    ),
    "function": _object(
        {
            "code": _TEXT,
            "level": {"enum": [level.value for level in Level]},
            "limitations": _ref("limitations"),
        },
        "code",
        "level",
    ),
    "capacity": _object({"capacity_code": _TEXT, "limitations": _ref("limitations")}, "capacity_code"),
    "reference": _object(_REFERENCE, *_REFERENCE),
}

_MEDICAL: Final[_Schema] = _object(
    {
        "identity_checked": _BOOLEAN,
        "hearing": _BOOLEAN,
        "hearing_unaided": _BOOLEAN,
        "visual_acuity": _BOOLEAN,
        "colour_vision": _BOOLEAN,
        "colour_test_date": _DATE,
        "lookout": _BOOLEAN,
        "areas": _list(_TEXT),
        "restrictions": _TEXT,
        "free_from_aggravated_condition": _BOOLEAN,
        "examination_date": _DATE,
        "practitioner": _TEXT,
        "review_informed": _BOOLEAN,
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
_ENVELOPE: Final[Mapping[str, _Schema]] = {
    "iss": _URL,
    "iat": _INSTANT,
    "nbf": _INSTANT,
    "exp": _INSTANT,
    "cnf": _object(
        {
            "jwk": _object(
                {"kty": {"const": "EC"}, "crv": {"const": "P-256"}, "x": _COORDINATE, "y": _COORDINATE},
                "kty",
                "crv",
                "x",
                "y",
            )
        },
        "jwk",
    ),
    "status": _object(
        {
            "status_list": _object(
                {"idx": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}, "uri": _URL}, "idx", "uri"
            )
        },
        "status_list",
    ),
}
_CERTIFICATE: Final[Mapping[str, _Schema]] = {
    "issuing_country": _FLAG,
    "issuing_authority": _TEXT,
    "document_number": _TEXT,
    "seafarer_id": {"type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{8}$"},
    "family_name": _TEXT,
    "given_name": _TEXT,
    "native_name": _TEXT,
    "birth_date": _DATE,
    "gender": {"enum": [gender.value for gender in Gender]},
    "stcw_code": _list(_TEXT),
    "functions": _list(_ref("function")),
    "capacities": _list(_ref("capacity")),
    "issue_date": _DATE,
    "issue_place": _TEXT,
    "expiry_date": _DATE,
    "family_name_issuing_officer": _TEXT,
    "given_name_issuing_officer": _TEXT,
    "title_issuing_officer": _TEXT,
    "endorsement_number": _TEXT,
    "revalidation_date": _DATE,
    "replaces": _TEXT,
    "rests_on": _ref("reference"),
    "recognises": _ref("reference"),
    "acceptance": _object({"flags": _list(_FLAG), "areas": _list(_TEXT)}),
    "remarks": _TEXT,
    "medical": _MEDICAL,
}
_ALWAYS: Final = (
    "iss",
    "vct",
    "iat",
    "nbf",
    "status",
    "issuing_country",
    "issuing_authority",
    "document_number",
    "seafarer_id",
    "family_name",
    "birth_date",
    "issue_date",
)
_OWN: Final = {"recognises": CertificateType.RECOGNITION, "medical": CertificateType.MEDICAL}


def schema(kind: CertificateType) -> _Schema:
    """JSON Schema of the payload. Unknown claims are allowed: later versions may add some."""
    expiry = ("expiry_date", "exp") if kind in ALWAYS_EXPIRES else ()
    properties = {"iss": _ENVELOPE["iss"], "vct": {"const": kind.vct}, **_ENVELOPE, **_claims(kind)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{kind.vct}:schema",
        "type": "object",
        "properties": properties,
        "required": [*_ALWAYS, *REQUIRED.get(kind, ()), *expiry],
        "dependentRequired": {
            "exp": ["expiry_date"],
            "expiry_date": ["exp"],
            "given_name_issuing_officer": ["family_name_issuing_officer", "title_issuing_officer"],
            "family_name_issuing_officer": ["title_issuing_officer"],
            "title_issuing_officer": ["family_name_issuing_officer"],
        },
        "$defs": _DEFS,
    }


def metadata(kind: CertificateType, labels: Mapping[str, Any]) -> _Schema:
    """SD-JWT VC type metadata: names for people, a label for each claim, none selectively disclosable."""
    names, texts = labels["types"][kind.value], labels["claims"]
    required = set(schema(kind)["required"])
    return {
        "vct": kind.vct,
        "name": names["en"],
        "display": [{"locale": locale, "name": name} for locale, name in names.items()],
        "claims": [
            {
                "path": path,
                "display": [{"locale": locale, "label": text} for locale, text in texts[key].items()],
                "sd": "never",
                "mandatory": path[0] in required and len(path) == 1,
            }
            for key, path in _paths(kind)
        ],
        "schema": schema(kind),
    }


def render(kind: CertificateType) -> str:
    """The file of a type."""
    labels = json.loads((FOLDER / "labels.json").read_text("utf-8"))
    members = (f"{json.dumps(name)}: {_lines(value)}" for name, value in metadata(kind, labels).items())
    return "{\n" + ",\n".join(members) + "\n}\n"


def main() -> None:
    """Write every file."""
    for kind in DESCRIBED:
        (FOLDER / f"{kind.value}.json").write_text(render(kind), "utf-8")


def _lines(value: Any) -> str:
    """JSON with an element of a list, or a member of an object, on each line."""
    if isinstance(value, dict):
        inner = [
            f"  {json.dumps(name)}: {json.dumps(item, ensure_ascii=False)}" for name, item in value.items()
        ]
        return "{\n" + ",\n".join(inner) + "\n }"
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"  {json.dumps(item, ensure_ascii=False)}" for item in value) + "\n ]"
    return json.dumps(value, ensure_ascii=False)


def _claims(kind: CertificateType) -> Mapping[str, _Schema]:
    return {name: found for name, found in _CERTIFICATE.items() if _OWN.get(name, kind) is kind}


def _paths(kind: CertificateType) -> list[tuple[str, list[str | None]]]:
    """Key in the labels and path of each claim; null stands for every element of a list."""
    paths: list[tuple[str, list[str | None]]] = [(name, [name]) for name in _claims(kind)]
    paths += [
        ("code", ["functions", None, "code"]),
        ("level", ["functions", None, "level"]),
        ("limitations", ["functions", None, "limitations"]),
        ("capacity_code", ["capacities", None, "capacity_code"]),
        ("limitations", ["capacities", None, "limitations"]),
    ]
    if kind is CertificateType.MEDICAL:
        paths += [(f"medical.{name}", ["medical", name]) for name in _MEDICAL["properties"]]
    return paths


if __name__ == "__main__":
    main()
