"""Every operation of the OpenAPI document does what the document says, whatever is sent (schemathesis).

OMBORD_HYPOTHESIS_PROFILE=explore sends twenty times as much.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import structlog
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import BaseSchema, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from support.desk import PHONE
from support.issuer_app import (
    KEYS,
    OPERATOR_TOKEN,
    SEAFARER,
    HandClock,
    issuer_settings,
    register,
    two_certificates,
)
from support.machine_client import development_token

from issuer.api.rate_limit import RateLimit
from issuer.app import build
from issuer.composition import compose

EXAMPLES = max(10, settings().max_examples // 10)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
REAL = {  # what the register has, so that some of what is sent gets beyond the first refusal
    "document_number": ["NO-COC-0001", "NO-MED-0001"],
    "tracking_number": ["NO-COC-0001"],
    "seafarer_id": [SEAFARER],
    "number": ["1"],
}


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """An authority without limits on how often it is asked, at an address without a path."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("openapi") / "register.db")
    clock = HandClock()
    chosen = issuer_settings(f"sqlite:///{path}", base_url="https://certificates.example")
    services = compose(chosen, keys=KEYS, clock=clock)
    register(services.database, clock, chosen, *two_certificates())
    services.issuer.issue("NO-COC-0001", PHONE, "a phone has one")
    with pytest.MonkeyPatch.context() as patch, structlog.testing.capture_logs():
        patch.setattr(RateLimit, "wait", lambda _limit, _client: 0.0)
        built = build(services)
        built.state.organisation_token = development_token(services)
        yield built
    services.database.close()


@pytest.fixture(scope="module")
def schema(app: FastAPI) -> BaseSchema:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


def is_alike(path: str) -> bool:
    """Reports of one resource go through the very routes of another, whose records have the same form."""
    return "/reports/" in path and path.split("/")[4] not in ("sea-service", "courses")


def can_misfit(operation: Any) -> bool:
    """Whether anything can be sent that the document does not allow; a part of a path may be any text."""
    said = operation.definition.raw
    parameters = said.get("parameters", [])
    text = [one for one in parameters if {**one["schema"], "title": ""} == {"type": "string", "title": ""}]
    free = [one for one in text if one["in"] == "path"]
    return "requestBody" in said or "security" in said or len(free) < len(parameters)


def complaints(operation: Any, mode: GenerationMode, organisation_token: str) -> Iterator[str]:
    """What does not fit the document among the answers to what is sent to one operation."""
    found: dict[str, str] = {}
    keys = st.uuids(version=4).map(str)

    @seed(5)
    @settings(
        max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
    )
    @given(data=st.data())
    def send(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if data.draw(st.integers(0, 3)):
            for name in REAL.keys() & set(case.path_parameters or ()):
                case.path_parameters[name] = data.draw(st.sampled_from(REAL[name]))
        token = organisation_token if "/reports/" in operation.path else OPERATOR_TOKEN
        headers = {"Authorization": f"Bearer {token}"}
        if case.method in ("POST", "PUT", "PATCH", "DELETE") and data.draw(st.integers(0, 7)):
            headers["Idempotency-Key"] = data.draw(keys)
        answer = case.call(headers=headers)
        try:
            case.validate_response(answer, checks=CHECKS)
        except BaseExceptionGroup as group:
            for failure in group.exceptions:
                found[f"{operation.label}: {failure}"] = f"{case.as_curl_command()}\n{answer.text[:500]}"

    send()
    yield from (f"{what}\n{how}" for what, how in found.items())


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fits", "misfits"])
def test_answers_are_those_of_the_document(app: FastAPI, schema: BaseSchema, mode: GenerationMode) -> None:
    operations = [one for found in schema.get_all_operations() if not is_alike((one := found.ok()).path)]
    assert len(operations) > 30
    if mode is GenerationMode.NEGATIVE:
        operations = [one for one in operations if can_misfit(one)]
    token = app.state.organisation_token
    found = [line for operation in operations for line in complaints(operation, mode, token)]
    assert not found, "\n\n".join(found)
