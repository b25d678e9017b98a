"""Type metadata of each `vct` that is issued: JSON Schema (2020-12) and labels in four languages.

The files are written by `python -m verifier.credential.schemas.build` from the rules there and `labels.json`.
The decision never reads them: `vc` is the authority on what is accepted; these are for display and others.
"""

import json
import os.path
from functools import cache
from typing import Any, Final

from verifier.credential.model import CertificateType

# What is issued alone. A pass has a file too, of another form; a safe manning document is no person's.
DESCRIBED: Final[tuple[CertificateType, ...]] = tuple(
    kind for kind in CertificateType if kind not in {CertificateType.PASS, CertificateType.SAFE_MANNING}
)


def type_metadata(kind: CertificateType) -> dict[str, Any]:
    """`vct`, `name`, `display`, `claims` (SD-JWT VC type metadata) and `schema`, as the file has it."""
    return _read(kind.value)


def schema(kind: CertificateType) -> dict[str, Any]:
    """The JSON Schema of the whole payload of a credential of this type."""
    found: dict[str, Any] = type_metadata(kind)["schema"]
    return found


def title(kind: CertificateType, locale: str = "en") -> str:
    """What people call the document, in the language or else in English."""
    names = _read("labels")["types"][kind.value]
    return str(names.get(locale, names["en"]))


def label(kind: CertificateType, path: tuple[str, ...], locale: str = "en") -> str:
    """What people call a claim; a claim without a label is called by its name."""
    for claim in type_metadata(kind)["claims"]:
        if tuple(claim["path"]) == path:
            labels = {entry["locale"]: entry["label"] for entry in claim["display"]}
            return str(labels.get(locale, labels["en"]))
    return path[-1]


@cache
def _read(name: str) -> dict[str, Any]:
    with open(os.path.join(os.path.dirname(__file__), f"{name}.json"), encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found
