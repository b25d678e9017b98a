"""Logs of a working day: a line for each request, and nobody in any of them."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from starlette.requests import Request
from support.in_process import client_of
from support.issuer_app import KEYS, OPERATOR_TOKEN, SEAFARER, Office, issuer_settings, two_certificates

from issuer import logs
from issuer.app import create_app

OPERATOR = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
HANDLES = ("Ingrid", "Østergård", "O'Brien-Ø", "1984-03-09")


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the client of this test, not the service
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    logging.getLogger("httpx").setLevel(logging.NOTSET)
    logging.getLogger("uvicorn.access").disabled = False


def lines(capsys: pytest.CaptureFixture[str]) -> tuple[str, list[dict[str, Any]]]:
    """All that was written, and its lines."""
    written = capsys.readouterr().err
    return written, [json.loads(line) for line in written.splitlines()]


def test_request_is_a_line_with_its_template_status_duration_id_and_rule(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(human=False)
    answer = office.client.get("/api/v1/verify/NO-NONE-0001?name=Ingrid")
    (line,) = lines(capsys)[1]
    assert line.pop("duration_ms") >= 0
    assert line.pop("timestamp")
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/no/api/v1/verify/{tracking_number}",
        "status": 404,
        "rule": "not-found",
        "request_id": answer.headers["X-Request-ID"],
    }


def test_working_day_leaves_no_person_number_or_token_in_the_log(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(human=False)
    offer = office.offer()
    wallet = office.wallet(offer)
    wallet.exchange("000000")  # a wrong code
    token = wallet.exchange(offer.tx_code).json()["access_token"]
    numbers = [one.document_number for one in two_certificates()]
    signed = wallet.request(numbers[0])
    assert signed.is_success
    for number in (*numbers, "Østergård"):
        office.client.get(f"/api/v1/verify/{number}")
        office.client.get(f"/api/v1/certificates/{number}?seafarer_id={SEAFARER}", headers=OPERATOR)
        office.client.get(f"/{number}?name=Østergård&token={OPERATOR_TOKEN}")
    body = {"reason": "Ingrid Østergård, born 1984-03-09, asked"}
    for path, name in (("suspend", "1"), ("suspend", "Ingrid"), ("reinstate", "2"), ("suspend", "Østergård")):
        key = {"Idempotency-Key": f"key-{name}".encode()}
        office.client.post(f"/api/v1/certificates/{numbers[0]}/{path}", headers=OPERATOR | key, json=body)
    for seafarer in ("Ingrid", SEAFARER):
        key = {"Idempotency-Key": f"offer-{seafarer}"}
        office.client.post("/api/v1/offers", headers=OPERATOR | key, json={"seafarer_id": seafarer})
    office.client.request("INGRID", "/api/v1/sync")
    written, told = lines(capsys)
    assert len(told) >= 15
    assert {line["event"] for line in told} == {"request"}
    secrets = [
        *numbers,
        SEAFARER,
        *HANDLES,
        "INGRID",
        OPERATOR_TOKEN,
        offer.link,
        offer.tx_code,
        token,
        "eyJ",
    ]
    found = [one for one in secrets if one in written or json.dumps(one)[1:-1] in written]
    assert found == []


def test_failure_that_nobody_foresaw_says_where_and_not_what(
    sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(human=False)
    app = create_app(issuer_settings(sqlite_url), keys=KEYS)

    @app.get("/broken/{name}")
    def broken(name: str, request: Request) -> None:
        try:
            int(name)
        except ValueError as error:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
            raise RuntimeError(name) from error

    with client_of(app, "http://certificates.example") as client:
        answer = client.get("/broken/Ingrid")
    assert (answer.status_code, "Ingrid" in answer.text.replace("/broken/Ingrid", "")) == (500, False)
    written, (failed, request) = lines(capsys)
    assert "Ingrid" not in written
    assert failed["exception"].startswith("ValueError at test_request_log.py:")
    assert failed["request_id"] == request["request_id"]
    assert (request["route"], request["status"]) == ("/broken/{name}", 500)


def test_whoever_restarts_and_scrapes_leaves_no_lines(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(human=False)
    office.client.base_url = "http://certificates.example"
    for path in ("/health/live", "/health/ready", "/metrics"):
        office.client.get(path, headers=OPERATOR)
    assert lines(capsys)[1] == []
