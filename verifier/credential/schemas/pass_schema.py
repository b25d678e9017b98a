"""JSON Schema of the pass, and the paths of its claims; `build` writes both into `pass.json`."""

from typing import Final

from keys.pass_shape import FLAG, HOLDER, SUMMED_UP
from verifier.credential.certificate_reader import REQUIRED
from verifier.credential.model import ALWAYS_EXPIRES, CertificateType
from verifier.credential.schemas.parts import CERTIFICATE, DEFS, ENVELOPE, INDEX, TEXT, URL, Schema
from verifier.credential.sea_pass import MAX_MEMBERS, MAX_PORTRAIT, NO_MEMBERS
from verifier.credential.sea_pass_claims import PORTRAIT

_NEVER_ABSENT: Final = ("seafarer_id", "family_name", "birth_date")
_MEMBERS: Final = tuple(kind for kind in CertificateType if kind not in NO_MEMBERS)


def schema() -> Schema:
    """JSON Schema of the payload. That exp is at most 30 days after iat, a schema cannot say."""
    envelope = {name: ENVELOPE[name] for name in ("iat", "nbf", "exp", "cnf")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{CertificateType.PASS.vct}:schema",
        "type": "object",
        "properties": {
            "iss": ENVELOPE["iss"],
            "vct": {"const": CertificateType.PASS.vct},
            **envelope,
            "lists": _up_to_32(URL, uniqueItems=True),
            **{name: CERTIFICATE[name] for name in (*FLAG, *HOLDER)},
            "certificates": _up_to_32({"$ref": "#/$defs/certificate"}),
            PORTRAIT: {**TEXT, "maxLength": MAX_PORTRAIT},
        },
        "required": ["iss", "vct", "iat", "nbf", "exp", "lists", *FLAG, *_NEVER_ABSENT, "certificates"],
        "$defs": {**DEFS, "certificate": _certificate()},
    }


def paths() -> list[tuple[str, list[str | None]]]:
    """Key in the labels and path of each claim; null stands for every certificate of the pass."""
    found: list[tuple[str, list[str | None]]] = [("lists", ["lists"])]
    found += [(name, [name]) for name in (*FLAG, *HOLDER)]
    found += [("certificates", ["certificates"]), ("type", ["certificates", None, "type"])]
    found += [(name, ["certificates", None, name]) for name in SUMMED_UP]
    return [*found, (PORTRAIT, [PORTRAIT])]


def _certificate() -> Schema:
    """One certificate of a pass: each type needs there what it needs alone."""
    return {
        "type": "object",
        "properties": {
            "type": {"enum": [kind.value for kind in _MEMBERS]},
            **{name: CERTIFICATE[name] for name in (*FLAG, *SUMMED_UP)},
            "idx": INDEX,
            "list": {"type": "integer", "minimum": 0, "maximum": MAX_MEMBERS - 1},
        },
        "required": ["type", "document_number", "issue_date", "idx"],
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind.value}}},
                "then": {"required": [*REQUIRED.get(kind, ()), *_expiry(kind)]},
            }
            for kind in _MEMBERS
            if kind in REQUIRED or kind in ALWAYS_EXPIRES
        ],
    }


def _expiry(kind: CertificateType) -> tuple[str, ...]:
    return ("expiry_date",) if kind in ALWAYS_EXPIRES else ()


def _up_to_32(items: Schema, **more: bool) -> Schema:
    return {"type": "array", "minItems": 1, "maxItems": MAX_MEMBERS, **more, "items": items}
