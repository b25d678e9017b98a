"""Writes the type metadata of every `vct` into this folder: `python -m verifier.credential.schemas.build`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from verifier.credential.certificate_reader import REQUIRED
from verifier.credential.model import ALWAYS_EXPIRES, CertificateType
from verifier.credential.schemas import DESCRIBED, pass_schema
from verifier.credential.schemas.parts import CERTIFICATE, DEFS, ENVELOPE, MEDICAL, Schema
from verifier.credential.sea_pass_claims import PORTRAIT

FOLDER: Final = Path(__file__).parent
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


def schema(kind: CertificateType) -> Schema:
    """JSON Schema of the payload. Unknown claims are allowed: later versions may add some."""
    if kind is CertificateType.PASS:
        return pass_schema.schema()
    expiry = ("expiry_date", "exp") if kind in ALWAYS_EXPIRES else ()
    properties = {"iss": ENVELOPE["iss"], "vct": {"const": kind.vct}, **ENVELOPE, **_claims(kind)}
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
        "$defs": DEFS,
    }


def metadata(kind: CertificateType, labels: Mapping[str, Any]) -> Schema:
    """SD-JWT VC type metadata: names for people, and a label for each claim.

    None is selectively disclosable but the portrait, which a pass alone has.
    """
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
                "sd": "allowed" if key == PORTRAIT else "never",
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
    for kind in (*DESCRIBED, CertificateType.PASS):
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


def _claims(kind: CertificateType) -> Mapping[str, Schema]:
    return {name: found for name, found in CERTIFICATE.items() if _OWN.get(name, kind) is kind}


def _paths(kind: CertificateType) -> list[tuple[str, list[str | None]]]:
    """Key in the labels and path of each claim; null stands for every element of a list."""
    if kind is CertificateType.PASS:
        return pass_schema.paths()
    paths: list[tuple[str, list[str | None]]] = [(name, [name]) for name in _claims(kind)]
    paths += [
        ("code", ["functions", None, "code"]),
        ("level", ["functions", None, "level"]),
        ("limitations", ["functions", None, "limitations"]),
        ("capacity_code", ["capacities", None, "capacity_code"]),
        ("limitations", ["capacities", None, "limitations"]),
    ]
    if kind is CertificateType.MEDICAL:
        paths += [(f"medical.{name}", ["medical", name]) for name in MEDICAL["properties"]]
    return paths


if __name__ == "__main__":
    main()
