"""The credential endpoint: every refusal of OpenID4VCI 1.0, 8.3.1, and the byte-identical repetition."""

from collections.abc import Callable
from typing import Any

import pytest
from support.issuer_app import Office, register
from support.pickup_wallet import PickUpWallet
from support.scenario import competency
from support.simulator import seeded_signer

COC = "NO-COC-0001"
Body = Callable[[PickUpWallet], Any]


def jwt(wallet: PickUpWallet) -> dict[str, list[str]]:
    return {"jwt": [wallet.proof(wallet.nonce())]}


REFUSED: dict[str, tuple[Body, str]] = {
    "nothing": (lambda _: {}, "invalid_credential_request"),
    "both names": (
        lambda w: {"credential_identifier": COC, "credential_configuration_id": "competency"},
        "invalid_credential_request",
    ),
    "configuration that the token does not cover": (
        lambda w: {"credential_configuration_id": "tanker", "proofs": jwt(w)},
        "unknown_credential_configuration",
    ),
    "unknown configuration": (
        lambda w: {"credential_configuration_id": "driving-licence", "proofs": jwt(w)},
        "unknown_credential_configuration",
    ),
    "identifier that is a number": (lambda w: {"credential_identifier": 7}, "invalid_credential_request"),
    "unknown identifier": (
        lambda w: {"credential_identifier": "NO-COC-9999", "proofs": jwt(w)},
        "unknown_credential_identifier",
    ),
    "no proofs": (lambda _: {"credential_identifier": COC}, "invalid_proof"),
    "proofs that are a list": (lambda w: {"credential_identifier": COC, "proofs": []}, "invalid_proof"),
    "no proof among the proofs": (
        lambda w: {"credential_identifier": COC, "proofs": {"jwt": []}},
        "invalid_proof",
    ),
    "proof of another kind": (
        lambda w: {"credential_identifier": COC, "proofs": {"di_vp": [{}]}},
        "invalid_proof",
    ),
    "two kinds of proof": (
        lambda w: {"credential_identifier": COC, "proofs": {**jwt(w), "attestation": ["x"]}},
        "invalid_proof",
    ),
    "a batch": (
        lambda w: {"credential_identifier": COC, "proofs": {"jwt": jwt(w)["jwt"] * 2}},
        "invalid_proof",
    ),
    "proof that is no text": (
        lambda w: {"credential_identifier": COC, "proofs": {"jwt": [None]}},
        "invalid_proof",
    ),
    "proof that is no JWT": (
        lambda w: {"credential_identifier": COC, "proofs": {"jwt": ["x"]}},
        "invalid_proof",
    ),
    "old draft's single proof": (
        lambda w: {"credential_identifier": COC, "proof": {"proof_type": "jwt", "jwt": "x"}},
        "invalid_proof",
    ),
    "proof for another issuer": (
        lambda w: {
            "credential_identifier": COC,
            "proofs": {"jwt": [w.proof(w.nonce(), aud="https://other.example")]},
        },
        "invalid_proof",
    ),
    "nonce of our own making": (
        lambda w: {"credential_identifier": COC, "proofs": {"jwt": [w.proof("made-up")]}},
        "invalid_nonce",
    ),
    "encrypted answer": (
        lambda w: {
            "credential_identifier": COC,
            "proofs": jwt(w),
            "credential_response_encryption": {"jwk": {}, "enc": "A256GCM"},
        },
        "invalid_encryption_parameters",
    ),
}


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_credential_request_is_refused_in_the_protocols_terms(
    shared_office: Office, body: Body, code: str
) -> None:
    wallet = shared_office.admitted_wallet()
    answer = wallet.ask(body(wallet))
    assert (answer.status_code, answer.json()["error"]) == (400, code)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["error_description"].isascii()
    assert "credentials" not in answer.json()


def test_unknown_parameters_are_ignored(shared_office: Office) -> None:
    wallet = shared_office.admitted_wallet()
    assert wallet.ask({"credential_identifier": COC, "proofs": jwt(wallet), "extra": True}).is_success


def test_nonce_is_good_once(shared_office: Office) -> None:
    wallet = shared_office.admitted_wallet()
    proof = wallet.proof(wallet.nonce())
    assert wallet.request(COC, proof).is_success
    assert wallet.request(COC, proof).json()["error"] == "invalid_nonce"


def test_nonce_expires(office: Office) -> None:
    wallet = office.admitted_wallet()
    nonce = wallet.nonce()
    office.clock.forward(minutes=5)
    assert wallet.request(COC, wallet.proof(nonce)).json()["error"] == "invalid_nonce"


def test_bad_proof_does_not_use_the_nonce_up(shared_office: Office) -> None:
    wallet = shared_office.admitted_wallet()
    nonce = wallet.nonce()
    assert wallet.request(COC, wallet.proof(nonce, aud="x")).json()["error"] == "invalid_proof"
    assert wallet.request(COC, wallet.proof(nonce)).is_success


def test_nonce_endpoint_needs_no_token_and_is_never_cached(shared_office: Office) -> None:
    wallet = shared_office.wallet(shared_office.offer())
    answers = [wallet.http.post(wallet.issuer["nonce_endpoint"]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].headers["cache-control"] == "no-store"
    assert answers[0].json()["c_nonce"] != answers[1].json()["c_nonce"]


def test_repeated_request_gets_the_same_bytes(office: Office) -> None:
    wallet = office.admitted_wallet()
    first = wallet.request(COC)
    office.clock.forward(minutes=4)
    assert wallet.request(COC).content == first.content


def test_same_phone_gets_the_same_credential_under_a_later_offer(office: Office) -> None:
    first = office.admitted_wallet().request(COC).json()
    office.clock.forward(days=3)
    again = office.admitted_wallet().request(COC).json()
    assert again["credentials"] == first["credentials"]
    assert again["notification_id"] != first["notification_id"]


def test_new_phone_gets_a_new_credential_and_so_does_the_old_one_if_it_comes_back(office: Office) -> None:
    old = office.admitted_wallet("old phone").request(COC).json()["credentials"]
    new = office.admitted_wallet("new phone").request(COC).json()["credentials"]
    back = office.admitted_wallet("old phone").request(COC).json()["credentials"]
    assert len({str(old), str(new), str(back)}) == 3


def test_corrected_name_reaches_the_same_phone_and_replaces_the_old_edition(office: Office) -> None:
    old = office.admitted_wallet().request(COC).json()["credentials"]
    office.rename("Aas")
    wallet = office.admitted_wallet()
    new = wallet.request(COC)
    assert new.json()["credentials"] != old
    assert wallet.request(COC).content == new.content
    assert office.statuses(COC) == ["replaced", "valid"]


def test_rebound_phone_that_is_found_again_gets_a_new_credential(office: Office) -> None:
    old = office.admitted_wallet().request(COC).json()["credentials"]
    office.rebind()
    assert office.admitted_wallet().request(COC).json()["credentials"] != old
    assert office.statuses(COC) == ["replaced", "valid"]


def test_one_token_serves_one_phone(shared_office: Office) -> None:
    wallet = shared_office.admitted_wallet()
    assert wallet.request(COC).is_success
    thief = seeded_signer("thief")
    answer = wallet.request("NO-MED-0001", wallet.proof(wallet.nonce(), thief))
    assert (answer.status_code, answer.json()["error"]) == (400, "credential_request_denied")
    assert wallet.request("NO-MED-0001").is_success


def test_certificate_suspended_meanwhile_is_denied(office: Office) -> None:
    wallet = office.admitted_wallet()
    office.suspend(COC)
    answer = wallet.request(COC)
    assert (answer.status_code, answer.json()["error"]) == (400, "credential_request_denied")


TOKENS = {
    "unknown token": "Bearer abc",
    "no token": "Bearer ",
    "other scheme": "Basic d2FsbGV0OnNlY3JldA==",
    "a novel": "Bearer " + "x" * 5_000,
}


@pytest.mark.parametrize("endpoint", ["credential_endpoint", "notification_endpoint"])
@pytest.mark.parametrize("header", TOKENS.values(), ids=TOKENS.keys())
def test_bad_access_token_is_challenged(shared_office: Office, endpoint: str, header: str) -> None:
    wallet = shared_office.admitted_wallet()
    answer = wallet.http.post(wallet.issuer[endpoint], json={}, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("endpoint", ["credential_endpoint", "notification_endpoint"])
def test_missing_access_token_is_challenged_without_an_error_code(
    shared_office: Office, endpoint: str
) -> None:
    wallet = shared_office.admitted_wallet()
    answer = wallet.http.post(wallet.issuer[endpoint], json={})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "error" not in answer.headers["www-authenticate"]


def test_access_token_expires(office: Office) -> None:
    wallet = office.admitted_wallet()
    office.clock.forward(minutes=10)
    assert wallet.request(COC).status_code == 401


BODIES = {
    "form": ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=1", 415),
    "encrypted request": ({"Content-Type": "application/jwt"}, b"e30.e30", 415),
    "broken JSON": ({"Content-Type": "application/json"}, b"{", 400),
    "name twice": (
        {"Content-Type": "application/json"},
        b'{"credential_identifier":"NO-COC-0001","credential_identifier":"NO-MED-0001"}',
        400,
    ),
    "huge": ({"Content-Type": "application/json"}, b'"' + b"x" * 70_000 + b'"', 413),
}


@pytest.mark.parametrize(("headers", "body", "status"), BODIES.values(), ids=BODIES.keys())
def test_body_that_is_no_strict_json_is_refused(
    shared_office: Office, headers: dict[str, str], body: bytes, status: int
) -> None:
    wallet = shared_office.admitted_wallet()
    endpoint = wallet.issuer["credential_endpoint"]
    answer = wallet.http.post(endpoint, content=body, headers={**headers, **wallet.authorization})
    assert (answer.status_code, answer.json()["error"]) == (status, "invalid_credential_request")


def test_get_is_not_allowed(shared_office: Office) -> None:
    wallet = shared_office.admitted_wallet()
    for endpoint in ("credential_endpoint", "nonce_endpoint", "notification_endpoint"):
        answer = wallet.http.get(wallet.issuer[endpoint])
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
        assert "error" in answer.json()


def test_a_wallet_that_knows_no_identifiers_gets_the_one_certificate_of_a_configuration(
    shared_office: Office,
) -> None:
    wallet = shared_office.admitted_wallet()
    by_identifier = wallet.request(COC).json()["credentials"]
    answer = wallet.ask({"credential_configuration_id": "competency", "proofs": jwt(wallet)})
    assert answer.json()["credentials"] == by_identifier


def test_a_configuration_that_could_mean_two_certificates_needs_an_identifier(office: Office) -> None:
    second = competency(document_number="NO-COC-0002")
    register(office.database, office.clock, office.settings, second)
    wallet = office.admitted_wallet()
    answer = wallet.ask({"credential_configuration_id": "competency", "proofs": jwt(wallet)})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_credential_request")
    assert "2 certificates" in answer.json()["error_description"]
    assert wallet.request("NO-COC-0002").is_success
