"""The stop-issuing switch over HTTP: who asks for a credential meanwhile is told to come again."""

import httpx
from support.issuer_app import OPERATOR_TOKEN, Office

BASE = "https://certificates.example/no/api/v1/issuing"
AUTHORIZED = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}


def post(office: Office, path: str, body: object, key: str) -> httpx.Response:
    headers = {**AUTHORIZED, "Idempotency-Key": key}
    return office.client.post(f"{BASE}/{path}", json=body, headers=headers)


def test_switch_is_shown_turned_once_and_turned_back(office: Office) -> None:
    assert office.client.get(BASE, headers=AUTHORIZED).json()["stopped"] is False
    stopped = post(office, "stop", {"reason": "a forged approval"}, "key-stop-1")
    assert (stopped.status_code, stopped.json()["reason"]) == (200, "a forged approval")
    assert post(office, "stop", {"reason": "a forged approval"}, "key-stop-1").content == stopped.content
    assert office.client.get(BASE, headers=AUTHORIZED).json()["actor"] == "operator"
    assert post(office, "start", {}, "key-start-1").json()["stopped"] is False
    assert post(office, "start", {}, "key-start-2").status_code == 409
    assert office.audit_trail()[-2:] == ["issuing-stopped", "issuing-started"]


def test_stop_without_a_reason_is_refused(office: Office) -> None:
    assert post(office, "stop", {}, "key-stop-2").status_code == 422
    assert office.client.get(BASE, headers=AUTHORIZED).json()["stopped"] is False
