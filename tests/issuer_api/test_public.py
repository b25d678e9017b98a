"""What anybody may ask: status lists and tracking numbers."""

from typing import Any

import httpx
import pytest
from support.issuer_app import BASE_URL, KEYS, Office

from keys import jws
from keys.encoding import json_object
from verifier.credential import sd_jwt

COC = "NO-COC-0001"


def status_reference(office: Office) -> dict[str, Any]:
    """Where the status of a freshly collected credential stands."""
    text = office.admitted_wallet().request(COC).json()["credentials"][0]["credential"]
    claims = json_object(sd_jwt.parse(text).jws.payload)
    found: dict[str, Any] = claims["status"]["status_list"]  # type: ignore[index,call-overload,assignment]
    return found


def track(office: Office, number: str) -> httpx.Response:
    return office.client.get(f"{BASE_URL}/api/v1/verify/{number}")


def test_status_list_is_served_where_the_credential_says(office: Office) -> None:
    answer = office.client.get(status_reference(office)["uri"])
    assert answer.headers["content-type"] == "application/statuslist+jwt"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=900"
    assert answer.headers["content-encoding"] == "gzip"
    token = jws.parse(answer.text)
    claims = json_object(
        jws.verify(token, KEYS.public("NO-status-2026a"), typ="statuslist+jwt"), max_size=10**6
    )
    assert claims["sub"] == status_reference(office)["uri"]


def test_suspension_shows_in_the_list_at_once(office: Office) -> None:
    uri = status_reference(office)["uri"]
    before = office.client.get(uri)
    assert office.client.get(uri, headers={"If-None-Match": before.headers["etag"]}).status_code == 304
    office.suspend(COC)
    after = office.client.get(uri, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.content != before.content


def test_aggregation_names_every_list(shared_office: Office) -> None:
    uri = status_reference(shared_office)["uri"]
    answer = shared_office.client.get(f"{BASE_URL}/status")
    assert answer.json() == {"status_lists": [uri]}
    assert answer.headers["access-control-allow-origin"] == "*"


MISSING = {"99": 404, "0": 422, "-1": 422, "x": 422, "99999999999999999999": 422, "1/2": 404}


@pytest.mark.parametrize(("number", "status"), MISSING.items())
def test_list_that_is_not_there_is_not_found(shared_office: Office, number: str, status: int) -> None:
    answer = shared_office.client.get(f"{BASE_URL}/status/{number}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_history_is_refused_rather_than_answered_with_today(shared_office: Office) -> None:
    uri = status_reference(shared_office)["uri"]
    assert shared_office.client.get(uri, params={"time": "1700000000"}).status_code == 501


def test_clock_that_went_far_back_publishes_nothing(office: Office) -> None:
    uri = status_reference(office)["uri"]
    office.client.get(uri)
    office.suspend(COC)
    office.clock.forward(days=-91)
    answer = office.client.get(uri)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


def test_tracking_number_tells_the_standing_in_english(shared_office: Office) -> None:
    answer = track(shared_office, COC)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert (found["status"], found["meaning"]) == ("in-force", "This certificate is in force.")
    assert (found["issuing_country"], found["issuing_authority"]) == ("NO", "Sjøfartsdirektoratet")
    assert found["as_of"] == "2026-11-21T12:00:00Z"


def test_tracking_number_tells_nothing_about_the_person(shared_office: Office) -> None:
    text = track(shared_office, COC).text
    for secret in ("Østergård", "Ingrid", "1988", "7K3M9QXA"):
        assert secret not in text


def test_tracking_number_of_a_suspended_certificate(office: Office) -> None:
    office.suspend(COC)
    found = track(office, COC).json()
    assert (found["status"], found["status_since"]) == ("suspended", "2026-11-21")
    assert "does not entitle" in found["meaning"]


def test_tracking_number_of_an_expired_certificate(office: Office) -> None:
    office.clock.forward(days=800)
    assert track(office, COC).json()["status"] == "expired"


@pytest.mark.parametrize("number", ["NO-COC-9999", "'; drop table", "%00", "x" * 64])
def test_unknown_tracking_number_is_said_to_be_unknown(office: Office, number: str) -> None:
    answer = track(office, number)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (404, "urn:ombord:problem:not-found")
    assert (problem["title"], problem["status"]) == ("Not found", 404)
    assert "no certificate with this number" in problem["detail"]


def test_tracking_numbers_cannot_be_tried_in_bulk(office: Office) -> None:
    answers = [track(office, f"NO-COC-{number:04}") for number in range(40)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 15
    assert int(refused[0].headers["retry-after"]) >= 1
    assert refused[0].headers["content-type"] == "application/problem+json"
