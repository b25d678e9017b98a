"""The token endpoint: both codes, once, within few tries (OpenID4VCI 1.0, 6; RFC 6749, 5.2)."""

import pytest
from support.issuer_app import SEAFARER, Office
from support.pickup_wallet import PRE_AUTHORIZED

from issuer.services.phone.offering import Offer

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def wrong(tx_code: str) -> str:
    """Six digits that are not these."""
    return f"{(int(tx_code) + 1) % 1_000_000:06}"


def test_token_lists_one_identifier_for_each_certificate(shared_office: Office) -> None:
    offer = shared_office.offer()
    answer = shared_office.wallet(offer).exchange(offer.tx_code)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 600
    assert token["authorization_details"] == [
        {
            "type": "openid_credential",
            "credential_configuration_id": "competency",
            "credential_identifiers": ["NO-COC-0001"],
        },
        {
            "type": "openid_credential",
            "credential_configuration_id": "medical",
            "credential_identifiers": ["NO-MED-0001"],
        },
    ]


NARROWED = '[{"type":"openid_credential","credential_configuration_id":"medical"}]'


def test_wallet_may_ask_for_less_than_was_offered(shared_office: Office) -> None:
    offer = shared_office.offer()
    wallet = shared_office.wallet(offer)
    details = wallet.exchange(offer.tx_code, authorization_details=NARROWED).json()["authorization_details"]
    assert [detail["credential_identifiers"] for detail in details] == [["NO-MED-0001"]]
    assert wallet.request("NO-COC-0001").json()["error"] == "unknown_credential_identifier"


REFUSED = {
    "no grant type": ({"grant_type": None}, 400, "invalid_request"),
    "other grant type": ({"grant_type": "authorization_code"}, 400, "unsupported_grant_type"),
    "no code": ({"pre-authorized_code": None}, 400, "invalid_request"),
    "no tx_code": ({"tx_code": None}, 400, "invalid_request"),
    "empty tx_code": ({"tx_code": ""}, 400, "invalid_request"),
    "tx_code of a novel's length": ({"tx_code": "1" * 300}, 400, "invalid_request"),
    "wrong tx_code": ({"tx_code": "wrong"}, 400, "invalid_grant"),
    "unknown code": ({"pre-authorized_code": "x" * 43}, 400, "invalid_grant"),
    "client secret": ({"client_secret": "s"}, 401, "invalid_client"),
    "client assertion": ({"client_assertion": "e30.e30.e30"}, 401, "invalid_client"),
    "details that are no JSON": ({"authorization_details": "["}, 400, "invalid_authorization_details"),
    "details that are no array": ({"authorization_details": "{}"}, 400, "invalid_authorization_details"),
    "no details": ({"authorization_details": "[]"}, 400, "invalid_authorization_details"),
    "details of another type": (
        {"authorization_details": '[{"type":"payment"}]'},
        400,
        "invalid_authorization_details",
    ),
    "details without a configuration": (
        {"authorization_details": '[{"type":"openid_credential"}]'},
        400,
        "invalid_authorization_details",
    ),
    "details that were not offered": (
        {"authorization_details": NARROWED.replace("medical", "tanker")},
        400,
        "invalid_authorization_details",
    ),
}


@pytest.mark.parametrize(("changes", "status", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_token_request_is_refused_in_oauths_terms(
    shared_office: Office, changes: dict[str, str | None], status: int, code: str
) -> None:
    offer = shared_office.offer()
    wallet = shared_office.wallet(offer)
    answer = wallet.exchange(offer.tx_code, **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert "access_token" not in answer.json()
    assert wallet.exchange(offer.tx_code).status_code == 200, "a refused request must not use the offer up"


def test_client_that_authenticates_by_header_is_challenged(shared_office: Office) -> None:
    offer = shared_office.offer()
    wallet = shared_office.wallet(offer)
    answer = wallet.http.post(wallet.server["token_endpoint"], data={"a": "b"}, auth=("wallet", "secret"))
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"
    assert answer.headers["www-authenticate"].startswith("Basic")


BODIES = {
    "JSON": ({"Content-Type": "application/json"}, b"{}", 415),
    "nothing": ({}, b"", 415),
    "parameter twice": (FORM, b"tx_code=1&tx_code=2", 400),
    "not a form": (FORM, b"\xff\xfe", 400),
    "huge": (FORM, b"tx_code=" + b"1" * 70_000, 413),
}


@pytest.mark.parametrize(("headers", "body", "status"), BODIES.values(), ids=BODIES.keys())
def test_body_that_is_no_form_is_refused(
    shared_office: Office, headers: dict[str, str], body: bytes, status: int
) -> None:
    wallet = shared_office.wallet(shared_office.offer())
    answer = wallet.http.post(wallet.server["token_endpoint"], content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (status, "invalid_request")


def test_unknown_parameters_are_ignored(shared_office: Office) -> None:
    offer = shared_office.offer()
    assert (
        shared_office.wallet(offer).exchange(offer.tx_code, client_id="some-wallet", resource="x").is_success
    )


def test_offer_is_redeemed_once(shared_office: Office) -> None:
    offer = shared_office.offer()
    first, second = shared_office.wallet(offer), shared_office.wallet(offer, "thief")
    assert first.exchange(offer.tx_code).is_success
    refused = second.exchange(offer.tx_code)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert first.request("NO-COC-0001").is_success, "the thief's try must not hurt the one who came first"


def test_five_wrong_tx_codes_are_the_end_also_for_the_right_one(office: Office) -> None:
    offer = office.offer()
    wallet = office.wallet(offer)
    for _ in range(5):
        assert wallet.exchange(wrong(offer.tx_code)).json()["error"] == "invalid_grant"
    assert wallet.exchange(offer.tx_code).json()["error"] == "invalid_grant"
    assert wallet.http.get(offer.uri).status_code == 404


def test_four_wrong_tx_codes_leave_one_try(shared_office: Office) -> None:
    offer = shared_office.offer()
    wallet = shared_office.wallet(offer)
    for _ in range(4):
        wallet.exchange(wrong(offer.tx_code))
    assert wallet.exchange(offer.tx_code).is_success


def test_missing_tx_code_is_no_try(shared_office: Office) -> None:
    offer = shared_office.offer()
    wallet = shared_office.wallet(offer)
    for _ in range(9):
        wallet.exchange(None)
    assert wallet.exchange(offer.tx_code).is_success


def test_offer_lasts_ten_minutes(office: Office) -> None:
    offer = office.offer()
    wallet = office.wallet(offer)
    office.clock.forward(minutes=10)
    assert wallet.exchange(offer.tx_code).json()["error"] == "invalid_grant"
    assert wallet.http.get(offer.uri).status_code == 404


def test_certificates_that_lapsed_since_the_offer_are_left_out(office: Office) -> None:
    offer = office.offer()
    wallet = office.wallet(offer)
    office.suspend("NO-COC-0001")
    details = wallet.exchange(offer.tx_code).json()["authorization_details"]
    assert [detail["credential_configuration_id"] for detail in details] == ["medical"]


def test_codes_of_different_offers_do_not_mix(shared_office: Office) -> None:
    one, other = shared_office.offer(), shared_office.offer()
    tx_code = other.tx_code if other.tx_code != one.tx_code else wrong(one.tx_code)
    assert shared_office.wallet(one).exchange(tx_code).json()["error"] == "invalid_grant"


def test_database_holds_neither_code_nor_token(office: Office) -> None:
    offer: Offer = office.offer()
    wallet = office.wallet(offer)
    wallet.exchange(offer.tx_code)
    stored = office.everything_stored()
    for secret in (offer.code, offer.handle, wallet.token):
        assert secret not in stored
    assert PRE_AUTHORIZED not in stored
    assert SEAFARER in stored
