"""Who is affected and mass operations over HTTP."""

from typing import Any

import httpx
import pytest
from support.issuer_app import KEYS, OPERATOR_TOKEN, Office
from support.work_off import work_off

from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.mass.working import MassWorker

BASE = "https://certificates.example/no/api/v1"
AUTHORIZED = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}


def get(office: Office, path: str, **query: Any) -> httpx.Response:
    return office.client.get(f"{BASE}/{path}", params=query, headers=AUTHORIZED)


def post(office: Office, path: str, body: object, key: str) -> httpx.Response:
    return office.client.post(
        f"{BASE}/{path}", json=body, headers={**AUTHORIZED, "Idempotency-Key": f"key-{key}"}
    )


def wish(**changes: object) -> dict[str, object]:
    return {"do": "suspend", "select": {"state": "in-force"}, "reason": "a forged rule", **changes}


def work(office: Office) -> None:
    parts = (office.database, office.clock, KEYS, office.settings)
    work_off(MassWorker(*parts, CredentialIssuer(*parts)))


def test_affected_certificates_are_counted_and_paged(office: Office) -> None:
    first = get(office, "affected", state="in-force", limit=1).json()
    assert (first["certificates"], [one["document_number"] for one in first["affected"]]) == (
        2,
        ["NO-COC-0001"],
    )
    second = get(office, "affected", state="in-force", limit=1, after=first["next"]).json()
    assert second["affected"][0]["document_number"] == "NO-MED-0001"


@pytest.mark.parametrize(
    ("query", "status"), [({}, 422), ({"key": "NO-1999a"}, 404), ({"from": "yesterday"}, 422),
                          ({"from": "2026-11-22", "to": "2026-11-20"}, 422), ({"rule": "\x00"}, 422)],
)  # fmt: skip
def test_query_for_nothing_in_particular_is_a_problem(
    office: Office, query: dict[str, str], status: int
) -> None:
    assert get(office, "affected", **query).status_code == status


def test_operation_is_begun_once_watched_and_done(office: Office) -> None:
    begun = post(office, "mass", wish(), "begin")
    assert (begun.status_code, begun.json()["certificates"]) == (201, 2)
    assert post(office, "mass", wish(), "begin").content == begun.content
    number = begun.json()["id"]
    assert post(office, f"mass/{number}/pause", {}, "pause").json()["state"] == "paused"
    work(office)
    assert get(office, f"mass/{number}").json()["left"] == 2
    assert post(office, f"mass/{number}/resume", {}, "resume").json()["state"] == "running"
    work(office)
    assert get(office, f"mass/{number}").json()["done"] == 2
    assert [one["id"] for one in get(office, "mass").json()["operations"]] == [number]
    assert post(office, f"mass/{number}/resume", {}, "again").status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [(wish(do="forget"), 422), (wish(select={}), 422), (wish(select={"key": "NO-1999a"}), 404),
     (wish(select={"state": "lost"}), 409), (wish(select={"numbers": ["NO-NONE"]}), 404),
     (wish(select={"state": "in-force", "why": 1}), 422), (wish(reason=""), 422)],
)  # fmt: skip
def test_operation_on_nothing_is_a_problem(office: Office, body: dict[str, object], status: int) -> None:
    assert post(office, "mass", body, "bad-body").status_code == status
    assert get(office, "mass").json() == {"operations": []}
