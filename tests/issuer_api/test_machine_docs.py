"""docs/machine-api.md stays true: its examples are read, its tables name what there is."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support.issuer_app import Office

from issuer.api.catalogue import KINDS, URN
from issuer.api.machine import schemas
from issuer.api.machine.bodies import BATCHES, MAX_BATCH
from issuer.api.machine.reports import read_one
from issuer.api.machine.token import JWT_BEARER
from issuer.domain.organisations import SCOPES, Resource
from issuer.domain.qualifications import Code, Report
from issuer.services.organisations.assertions import ALGORITHMS, MAX_LIFETIME, SKEW

PAGE = (Path(__file__).parents[2] / "docs" / "machine-api.md").read_text(encoding="utf-8")
EXAMPLES = [
    json.loads(text) for text in re.findall(r"^ *```json\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
]


def test_records_of_the_page_are_read() -> None:
    records = [one for one in EXAMPLES if "contents" in one]
    assert len(records) == 2
    for record, resource in zip(records, (Resource.SEA_SERVICE, Resource.COURSES), strict=True):
        assert isinstance(read_one(record, resource), Report)
        Draft202012Validator(schemas.record(resource)).validate(record)


@pytest.mark.parametrize("resource", list(Resource))
def test_example_of_a_resource_fits_its_schema_and_is_read(resource: Resource) -> None:
    example = schemas.example(resource)
    Draft202012Validator(schemas.record(resource)).validate(example)
    Draft202012Validator(schemas.batch(resource)).validate({"records": [example]})
    assert isinstance(read_one(example, resource), Report)


def test_tables_name_every_resource_and_scope() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| `([a-z.-]+)`, `([a-z.-]+)` \|", PAGE, re.MULTILINE)
    assert [row[0] for row in rows] == list(Resource)
    assert {f"ombord:qualifications/{name}" for row in rows for name in row[1:]} == SCOPES


def test_numbers_and_names_of_the_page_are_those_of_the_program() -> None:
    for said in (JWT_BEARER, f"at most {MAX_LIFETIME} seconds", f"differ by {SKEW} seconds",
                 f"{schemas.MAX_RECORDS:,} records", f"{MAX_BATCH >> 20} MiB", *ALGORITHMS):  # fmt: skip
        assert said in PAGE, said
    assert BATCHES >= 1
    assert {one["type"].removeprefix(URN) for one in EXAMPLES if "type" in one} <= set(KINDS)
    assert set(re.findall(r'"code": "([a-z-]+-[a-z-]+)", "message"', PAGE)) <= {one.value for one in Code}


def test_routes_of_the_page_are_there(rootless_office: Office) -> None:
    paths = rootless_office.client.get("/api/v1/openapi.json").json()["paths"]
    routes = re.findall(r"^\| `(GET|POST) …(/[a-z_{}/]*)?` \|", PAGE, re.MULTILINE)
    assert len(routes) == 8
    for method, rest in routes:
        assert method.lower() in paths[f"/api/v1/reports/courses{rest}"]
    assert "post" in paths["/oauth/token"]
    assert {"/api/v1/codes", "/api/v1/codes/{name}"} <= paths.keys()
