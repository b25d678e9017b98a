"""Every refusal has a kind that programs go by, and every change a key that makes it safe to ask again."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.issuer_app import Office

import issuer
from issuer.api.catalogue import KINDS, OF_ERRORS, OF_REQUESTS, markdown
from issuer.domain.errors import IssuerError

API = Path(issuer.__file__).parent / "api"
DOCUMENT = Path(__file__).parents[2] / "docs" / "problems.md"
# Writing addresses under /api/v1 that take no Idempotency-Key, and what makes them safe to repeat.
WITHOUT_KEY = {
    "/api/v1/sync": "each proof of the phone's key has a nonce that is spent with it; what it makes replaces",
    "/api/v1/applications/preview": "it changes nothing",
    "/api/v1/documents": "each proof has a nonce; a paper is the same until its certificate changes",
}


def classes() -> Iterator[type[IssuerError]]:
    """All errors that any module of the issuer defines."""
    for module in pkgutil.walk_packages(issuer.__path__, "issuer."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    found = [IssuerError]
    while found:
        subclasses = found.pop().__subclasses__()
        yield from subclasses
        found += subclasses


def test_every_error_of_the_issuer_is_of_a_kind_in_the_catalogue() -> None:
    assert {one.__name__: one.code for one in classes() if one.code not in OF_ERRORS} == {}


def raised() -> set[str]:
    """The names with which the API's modules make problems."""
    return {
        str(call.args[0].value)
        for path in API.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Problem"
        if call.args and isinstance(call.args[0], ast.Constant)
    }


def test_what_the_interface_refuses_is_what_its_catalogue_says() -> None:
    assert raised() - set(OF_ERRORS) == set(OF_REQUESTS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_kind_says_what_to_do(name: str) -> None:
    kind = KINDS[name]
    assert 400 <= kind.status < 600
    assert kind.title[0].isupper()
    assert kind.remedy.endswith(".")


def test_document_is_made_of_the_catalogue() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == markdown(), (
        "python -m issuer.api.catalogue > docs/problems.md"
    )


def test_instance_is_the_request_as_its_header_and_the_log_name_it(rootless_office: Office) -> None:
    answer = rootless_office.client.get("/api/v1/certificates")
    assert answer.json()["instance"] == f"urn:ombord:request:{answer.headers['X-Request-ID']}"


def test_every_change_under_the_api_requires_an_idempotency_key(rootless_office: Office) -> None:
    paths = rootless_office.client.get("/api/v1/openapi.json").json()["paths"]
    without = {
        path
        for path, operations in paths.items()
        if path.startswith("/api/v1/")
        for method in operations.keys() & {"post", "put", "patch", "delete"}
        if not any(
            (one["in"], one["name"], one["required"]) == ("header", "Idempotency-Key", True)
            for one in operations[method].get("parameters", [])
        )
    }
    assert without == set(WITHOUT_KEY)
