"""What the OpenAPI document says of every refusal, so that no route need say it for itself."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from issuer.api.catalogue import BLANK, KINDS, URN
from issuer.api.machine.bearer import SCHEME as ORGANISATION_TOKEN
from issuer.api.machine.showing import PROBLEMS
from issuer.api.oid4vci.bearer import SCHEME as ACCESS_TOKEN
from issuer.api.problems import MEDIA_TYPE, speaks_oauth

PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "RFC 9457; the kinds are those of docs/problems.md",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "enum": [BLANK, *(URN + name for name in sorted(KINDS))]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "pattern": "^urn:ombord:request:[0-9a-f]{16}$"},
        "problems": PROBLEMS,
        "refusal_id": {"type": "string", "description": "of a report that was refused, which is kept"},
    },
    "additionalProperties": False,
}
PROTOCOL_ERROR: Final[dict[str, Any]] = {
    "title": "ProtocolError",
    "description": "RFC 6749, 5.2; OpenID4VCI 1.0, 8.3.1.2",
    "type": "object",
    "required": ["error", "error_description"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
    "additionalProperties": False,
}
_REFUSALS: Final[dict[str, Any]] = {
    "Problem": {
        "description": "a problem",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    },
    "ProtocolError": {
        "description": "a refusal in the protocol's own terms",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ProtocolError"}}},
    },
}
_VALIDATION: Final = ("HTTPValidationError", "ValidationError")  # the framework's own, which nobody gets


def describe_refusals(app: FastAPI) -> None:
    """Let `app` show a document in which each operation says how it refuses."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, routes=app.routes)
            app.openapi_schema = completed(made)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # as FastAPI's documentation has it


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with the refusals of all its operations, instead of the framework's."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _VALIDATION:
        schemas.pop(name, None)
    schemas |= {"Problem": PROBLEM, "ProtocolError": PROTOCOL_ERROR}
    components["responses"] = _REFUSALS
    schemes = components.setdefault("securitySchemes", {})
    schemes[ACCESS_TOKEN] = {"type": "http", "scheme": "bearer"}
    schemes[ORGANISATION_TOKEN] = {
        "type": "http",
        "scheme": "bearer",
        "description": "from the token endpoint, for a signed assertion; each operation names its scope",
    }
    for path, operations in document["paths"].items():
        kind = "ProtocolError" if speaks_oauth(path) else "Problem"
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = {"$ref": f"#/components/responses/{kind}"}
    return document
