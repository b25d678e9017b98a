"""Status for ships over HTTP: snapshots and deltas that verify, cached, and problems in words."""

import hashlib

import httpx
import pytest
from support.issuer_app import BASE_URL, Office
from support.issuer_directory import issuer_directory

from verifier import ship_status

COC = "NO-COC-0001"
DIRECTORY = issuer_directory()


def get(office: Office, path: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return office.client.get(f"{BASE_URL}/status/{path}", headers=named)


def collect(office: Office) -> None:
    """A credential is on a phone, so there is a list."""
    assert office.admitted_wallet().request(COC).status_code == 200


def test_ship_keeps_up_by_deltas(office: Office) -> None:
    collect(office)
    first = get(office, "1/snapshot")
    assert (first.status_code, first.headers["content-type"]) == (200, "application/vnd.ombord.status")
    held = ship_status.verify_snapshot(first.content, directory=DIRECTORY)
    office.suspend(COC)
    office.clock.forward(minutes=1)
    answer = get(office, f"1/delta?since={held.number}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/vnd.ombord.status")
    newest = ship_status.verify_snapshot(get(office, "1/snapshot").content, directory=DIRECTORY)
    if ship_status.peek(answer.content).since is not None:
        assert ship_status.apply_delta(held, answer.content, directory=DIRECTORY) == newest
    assert newest.states != held.states
    assert get(office, f"1/delta?since={newest.number}").status_code == 204


@pytest.mark.parametrize("path", ["1/snapshot", "1/delta?since=0"])
def test_what_ships_take_is_cached_and_not_compressed_again(shared_office: Office, path: str) -> None:
    collect(shared_office)
    answer = get(shared_office, path, accept_encoding="gzip")
    headers = answer.headers
    assert (headers["cache-control"], headers["access-control-allow-origin"]) == ("public, max-age=900", "*")
    assert not {"content-encoding", "vary"} & set(headers)
    again = get(shared_office, path, if_none_match=f"W/{headers['etag']}")
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", headers["etag"])


def test_tag_changes_with_the_list(office: Office) -> None:
    collect(office)
    before = get(office, "1/snapshot").headers["etag"]
    office.suspend(COC)
    assert get(office, "1/snapshot", if_none_match=before).status_code == 200


PROBLEMS = {
    "1/delta": 422,
    "1/delta?since=": 422,
    "1/delta?since=x": 422,
    "1/delta?since=-1": 422,
    "1/delta?since=1.5": 422,
    "1/delta?since=2147483648": 422,
    f"1/delta?since={'9' * 5000}": 422,
    "1/delta?since=2147483647": 409,
    "7/delta?since=1": 404,
    "7/snapshot": 404,
    "0/snapshot": 422,
    "x/snapshot": 422,
    "01/snapshot": 422,
    "01/delta?since=1": 422,
    "+1": 422,
    "1/delta?since=01": 422,
    "1/delta?since=1&since=1": 422,
    "1/delta?since=1&state=": 422,
    "1/delta?since=1&state=0000000": 422,
    "1/delta?since=1&state=0000000G": 422,
    "1/delta?since=1&state=00000000&state=00000000": 422,
    "1/delta?since=1&state=00000000": 409,
    "9999999999": 404,
    "1/snapshot/": 404,
    "1/1.snapshot": 404,
}


@pytest.mark.parametrize(("path", "status"), PROBLEMS.items())
def test_what_cannot_be_answered_is_a_problem_that_nobody_caches(
    shared_office: Office, path: str, status: int
) -> None:
    collect(shared_office)
    answer = get(shared_office, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["status"] == status


@pytest.mark.parametrize("path", ["", "1", "1/snapshot", "1/delta?since=0"])
def test_what_can_be_fetched_can_be_asked_after(shared_office: Office, path: str) -> None:
    collect(shared_office)
    url = f"{BASE_URL}/status/{path}".rstrip("/")
    fetched, asked = shared_office.client.get(url), shared_office.client.head(url)
    assert (asked.status_code, asked.headers["etag"]) == (200, fetched.headers["etag"])


def test_ship_that_says_what_it_holds_is_believed_when_it_fits(office: Office) -> None:
    collect(office)
    held = ship_status.verify_snapshot(get(office, "1/snapshot").content, directory=DIRECTORY)
    state = hashlib.sha256(held.states).hexdigest()[:8]
    assert get(office, f"1/delta?since={held.number}&state={state}").status_code == 204


def test_number_that_is_still_to_come_is_told_to_keep_what_it_has(shared_office: Office) -> None:
    collect(shared_office)
    problem = get(shared_office, "1/delta?since=4000").json()
    assert problem["type"] == "urn:ombord:problem:conflict"
    assert "not to 4000. keep the list that you have" in problem["detail"]


@pytest.mark.parametrize("path", ["1/snapshot", "1/delta?since=1"])
def test_clock_that_went_far_back_signs_nothing(office: Office, path: str) -> None:
    collect(office)
    get(office, "1/snapshot")
    office.suspend(COC)
    office.clock.forward(days=-91)
    answer = get(office, path)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
