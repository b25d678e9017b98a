"""The JSON API for operators: authenticated, strict, and safe to repeat."""

from typing import Any

import httpx
import pytest
from support.issuer_app import OPERATOR_TOKEN, SEAFARER, Office

BASE = "https://certificates.example/no/api/v1"
COC, MED = "NO-COC-0001", "NO-MED-0001"
AUTHORIZED = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
PROBLEM = "application/problem+json"


def post(
    office: Office, path: str, body: object, key: str | None = "key-00001", **headers: str
) -> httpx.Response:
    sent = {**AUTHORIZED, **({"Idempotency-Key": key} if key else {}), **headers}
    return office.client.post(f"{BASE}/{path}", json=body, headers=sent)


def get(office: Office, path: str, **query: Any) -> httpx.Response:
    return office.client.get(f"{BASE}/{path}", params=query, headers=AUTHORIZED)


PROTECTED = [
    ("GET", "certificates"),
    ("GET", f"certificates/{COC}"),
    ("POST", "certificates"),
    ("POST", f"certificates/{COC}/reject"),
    ("POST", "approvals"),
    ("GET", "approvals/pending"),
    ("POST", f"certificates/{COC}/suspend"),
    ("POST", f"certificates/{COC}/reinstate"),
    ("POST", f"certificates/{COC}/revoke"),
    ("POST", f"certificates/{COC}/replace"),
    ("POST", f"seafarers/{SEAFARER}/rebind"),
    ("POST", f"seafarers/{SEAFARER}/reissue"),
    ("POST", "offers"),
    ("GET", "issuing"),
    ("POST", "issuing/stop"),
    ("POST", "issuing/start"),
    ("GET", "affected"),
    ("GET", "mass"),
    ("POST", "mass"),
    ("GET", "mass/7"),
    *(("POST", f"mass/7/{what}") for what in ("approve", "pause", "resume", "cancel")),
]
# Held to it where they are tested: tests/applications, test_machine_reports.
ELSEWHERE = ("applications", "statistics/applications", "reports/", "codes")
STRANGERS = {
    "nobody": {},
    "wrong token": {"Authorization": "Bearer wrong"},
    "token cut short": {"Authorization": f"Bearer {OPERATOR_TOKEN[:-1]}"},
    "other scheme": {"Authorization": f"Basic {OPERATOR_TOKEN}"},
    "empty token": {"Authorization": "Bearer "},
}


@pytest.mark.parametrize("headers", STRANGERS.values(), ids=STRANGERS.keys())
def test_strangers_see_and_change_nothing(office: Office, headers: dict[str, str]) -> None:
    for method, path in PROTECTED:
        answer = office.client.request(method, f"{BASE}/{path}", headers=headers)
        assert (path, answer.status_code) in {(path, 401), (path, 429)}  # the eleventh guess has to wait
        assert answer.headers["content-type"] == PROBLEM
        assert answer.status_code == 429 or answer.headers["www-authenticate"].startswith("Bearer")
        assert "Østergård" not in answer.text


def test_every_route_under_the_api_is_protected_or_public_on_purpose(shared_office: Office) -> None:
    paths = get(shared_office, "openapi.json").json()["paths"]
    routes = {
        (method.upper(), path.removeprefix("/no/api/v1/"))
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/no/api/v1/")
    }
    protected = {
        (
            method,
            path.replace(COC, "{document_number}")
            .replace(SEAFARER, "{seafarer_id}")
            .replace("/7", "/{number}"),
        )
        for method, path in PROTECTED
    }
    routes = {one for one in routes if not one[1].startswith(ELSEWHERE)}
    assert routes - protected == {
        ("GET", "log/checkpoint"),
        ("GET", "log/consistency"),
        ("GET", "spot-checks"),
        ("GET", "verify/{tracking_number}"),
        ("POST", "documents"),
        ("POST", "sync"),
    }


def test_guessing_the_token_is_slowed_down_but_never_locks_the_operator_out(office: Office) -> None:
    guess = {"Authorization": "Bearer guess"}
    statuses = [office.client.get(f"{BASE}/certificates", headers=guess).status_code for _ in range(15)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert get(office, "certificates").status_code == 200


def test_without_an_operator_token_the_api_is_closed(closed_office: Office) -> None:
    answer = closed_office.client.get(f"{BASE}/certificates", headers={"Authorization": "Bearer "})
    assert answer.status_code == 403
    assert "OMBORD_OPERATOR_TOKEN" in answer.json()["detail"]


def test_certificates_are_listed_a_page_at_a_time(shared_office: Office) -> None:
    first = get(shared_office, "certificates", limit=1).json()
    assert [one["document_number"] for one in first["certificates"]] == [COC]
    second = get(shared_office, "certificates", limit=1, after=first["next"]).json()
    assert [one["document_number"] for one in second["certificates"]] == [MED]
    assert get(shared_office, "certificates", limit=1, after=second["next"]).json() == {
        "certificates": [],
        "next": None,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"type": "medical"}, [MED]),
        ({"state": "suspended"}, []),
        ({"seafarer_id": SEAFARER}, [COC, MED]),
        ({"seafarer_id": "00000000"}, []),
    ],
)
def test_certificates_can_be_chosen(shared_office: Office, query: dict[str, str], found: list[str]) -> None:
    listed = get(shared_office, "certificates", **query).json()["certificates"]
    assert [one["document_number"] for one in listed] == found


@pytest.mark.parametrize(
    "query",
    [
        {"type": "diploma"},
        {"state": "fine"},
        {"limit": "0"},
        {"limit": "x"},
        {"after": "\x00"},
        {"seafarer_id": "\x00" * 8},
        {"seafarer_id": "7"},
    ],
)
def test_nonsense_choice_is_refused(shared_office: Office, query: dict[str, str]) -> None:
    answer = get(shared_office, "certificates", **query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)


def test_looking_at_a_person_leaves_a_trace(office: Office) -> None:
    office.admitted_wallet().request(COC)
    answer = get(office, f"certificates/{COC}").json()
    assert answer["claims"]["family_name"] == "Østergård"
    (credential,) = answer["credentials"]
    assert (credential["state"], credential["status"]) == ("released", "valid")
    assert office.audit_trail().count("certificate-seen") == 1


def test_suspension_and_its_end(office: Office) -> None:
    suspended = post(office, f"certificates/{COC}/suspend", {"reason": "inquiry"}, "key-suspend")
    assert suspended.json() == {"document_number": COC, "state": "suspended"}
    assert get(office, f"certificates/{COC}").json()["entry"]["state"] == "suspended"
    reinstated = post(office, f"certificates/{COC}/reinstate", {"reason": "cleared"}, "key-reinstate")
    assert reinstated.json() == {"document_number": COC, "state": "in-force"}


@pytest.mark.parametrize("ending", ["revoked", "cancelled", "lost"])
def test_certificates_end_in_three_ways(office: Office, ending: str) -> None:
    answer = post(office, f"certificates/{COC}/revoke", {"as": ending, "reason": "fraud"})
    assert answer.json() == {"document_number": COC, "state": ending}
    assert get(office, f"certificates/{COC}").json()["entry"]["state"] == ending


def test_replacement_names_its_successor(office: Office) -> None:
    body = {"by": "NO-COC-0002", "reason": "new name"}
    answer = post(office, f"certificates/{COC}/replace", body).json()
    assert answer == {
        "document_number": COC,
        "state": "replaced",
        "replaced_by": "NO-COC-0002",
        "is_copy": True,
    }
    assert get(office, "certificates/NO-COC-0002").json()["entry"]["state"] == "in-force"


def test_lost_phone_is_one_request(office: Office) -> None:
    office.admitted_wallet().request(COC)
    assert post(office, f"seafarers/{SEAFARER}/rebind", {}).json()["credentials"] == 1
    (credential,) = get(office, f"certificates/{COC}").json()["credentials"]
    assert credential["status"] == "replaced"


def test_offer_made_over_the_api_can_be_picked_up(office: Office) -> None:
    answer = post(office, "offers", {"seafarer_id": SEAFARER})
    assert answer.status_code == 201
    offer = answer.json()
    assert offer["document_numbers"] == [COC, MED]
    grants = office.client.get(offer["credential_offer_uri"]).json()["grants"]
    (grant,) = grants.values()
    form = {
        "grant_type": next(iter(grants)),
        "pre-authorized_code": grant["pre-authorized_code"],
        "tx_code": offer["tx_code"],
    }
    assert office.client.post("https://certificates.example/no/oid4vci/token", data=form).is_success


def test_same_key_and_request_get_the_same_bytes(office: Office) -> None:
    answers = [post(office, "offers", {"seafarer_id": SEAFARER}, "key-offer") for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {201}
    assert office.audit_trail().count("offer-created") == 1


def test_refusal_is_repeated_too(office: Office) -> None:
    path = f"certificates/{COC}/reinstate"
    first = post(office, path, {"reason": "x"}, "key-early")
    assert (first.status_code, first.headers["content-type"]) == (409, PROBLEM)
    post(office, f"certificates/{COC}/suspend", {"reason": "x"}, "key-suspend")
    again = post(office, path, {"reason": "x"}, "key-early")
    assert (again.status_code, again.content) == (409, first.content)
    assert again.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    ("path", "body"),
    [("offers", {"document_numbers": [COC]}), (f"certificates/{COC}/suspend", {"reason": "x"})],
)
def test_key_with_another_request_is_refused(office: Office, path: str, body: object) -> None:
    post(office, "offers", {"seafarer_id": SEAFARER}, "key-offer")
    answer = post(office, path, body, "key-offer")
    assert (answer.status_code, answer.json()["title"]) == (422, "Idempotency key used")


@pytest.mark.parametrize("key", [None, "short", "x" * 201, "with space", "æøå-keys-00"])
def test_change_without_a_good_key_is_refused(office: Office, key: str | None) -> None:
    sent = {name.encode(): value.encode() for name, value in AUTHORIZED.items()}
    if key is not None:
        sent[b"Idempotency-Key"] = key.encode()
    answer = office.client.post(f"{BASE}/offers", json={"seafarer_id": SEAFARER}, headers=sent)
    assert (answer.status_code, answer.json()["title"]) == (400, "Idempotency key needed")
    assert "offer-created" not in office.audit_trail()


MISFITS = {
    "no reason": (f"certificates/{COC}/suspend", {}, 422),
    "empty reason": (f"certificates/{COC}/suspend", {"reason": ""}, 422),
    "novel": (f"certificates/{COC}/suspend", {"reason": "x" * 501}, 422),
    "unknown name": (f"certificates/{COC}/suspend", {"reason": "x", "notify": True}, 422),
    "number for text": (f"certificates/{COC}/suspend", {"reason": 7}, 422),
    "unknown ending": (f"certificates/{COC}/revoke", {"as": "burnt", "reason": "x"}, 422),
    "no ending": (f"certificates/{COC}/revoke", {"reason": "x"}, 422),
    "successor of nonsense": (f"certificates/{COC}/replace", {"by": "../x", "reason": "x"}, 422),
    "its own successor": (f"certificates/{COC}/replace", {"by": COC, "reason": "x"}, 422),
    "unknown certificate": ("certificates/NO-COC-9999/suspend", {"reason": "x"}, 404),
    "unknown seafarer": ("seafarers/00000000/rebind", {}, 404),
    "seafarer id of nonsense": ("seafarers/7/rebind", {}, 422),
    "number with a NUL": ("certificates/%00/suspend", {"reason": "x"}, 422),
    "offer with a NUL": ("offers", {"document_numbers": ["\x00"]}, 400),
    "offer for nobody": ("offers", {}, 422),
    "offer of the unknown": ("offers", {"document_numbers": ["NO-COC-9999"]}, 404),
    "offer for an unknown person": ("offers", {"seafarer_id": "00000000"}, 404),
}


@pytest.mark.parametrize(("path", "body", "status"), MISFITS.values(), ids=MISFITS.keys())
def test_request_that_does_not_fit_is_explained(
    shared_office: Office, path: str, body: object, status: int
) -> None:
    answer = post(shared_office, path, body, f"key-{hash((path, str(body)))}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.json()["detail"]


def test_openapi_describes_bodies_that_are_read_by_hand(shared_office: Office) -> None:
    document = get(shared_office, "openapi.json").json()
    suspend = document["paths"]["/no/api/v1/certificates/{document_number}/suspend"]["post"]
    schema = suspend["requestBody"]["content"]["application/json"]["schema"]
    assert schema["required"] == ["reason"]
    assert any(parameter["name"] == "Idempotency-Key" for parameter in suspend["parameters"])
    assert suspend["security"] == [{"operator token": []}]
    assert suspend["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
    assert "application/problem+json" in document["components"]["responses"]["Problem"]["content"]


def test_person_whose_name_changed_gets_all_certificates_anew_in_one_request(office: Office) -> None:
    answer = post(office, f"seafarers/{SEAFARER}/reissue", {"reason": "a new name"})
    made = answer.json()["certificates"]
    assert [(one["document_number"], one["state"]) for one in made] == [
        (COC, "cancelled"),
        (MED, "cancelled"),
    ]
    assert get(office, f"certificates/{made[0]['replaced_by']}").json()["entry"]["state"] == "in-force"
    one = f"certificates/{made[0]['replaced_by']}/replace"
    replaced = post(office, one, {"reason": "again", "as": "cancelled"}, "key-00002").json()
    assert replaced["state"] == "cancelled"
