"""The OpenID4VCI client against answers that no honest issuer would give."""

from typing import Any

import pytest
from support.simulator import NOW, seeded_signer
from support.wallet import Scripted

from keys import jws
from keys.encoding import json_object
from wallet_app.core import issuer_metadata, oid4vci
from wallet_app.core.issuer_metadata import Authority
from wallet_app.core.offer import Offer, TransactionCode
from wallet_app.core.oid4vci import ExpiredNonce
from wallet_app.core.records import Item, PickUp
from wallet_app.core.transport import Response
from wallet_app.core.troubles import PickUpError, Trouble

ISSUER = "https://no.example/path"
METADATA = "https://no.example/.well-known/openid-credential-issuer/path"
OAUTH = "https://no.example/.well-known/oauth-authorization-server/path"
GOOD_METADATA: dict[str, Any] = {
    "credential_issuer": ISSUER,
    "credential_endpoint": f"{ISSUER}/credential",
    "nonce_endpoint": f"{ISSUER}/nonce",
    "display": [{"name": "Sjøfartsdirektoratet", "locale": "nb"}, {"name": "NMA", "locale": "en"}],
}
GOOD_OAUTH: dict[str, Any] = {
    "issuer": ISSUER,
    "token_endpoint": f"{ISSUER}/token",
    "pre-authorized_grant_anonymous_access_supported": True,
}
AUTHORITY = Authority(
    issuer=ISSUER, name="NMA", documents={}, token_endpoint=f"{ISSUER}/token",
    nonce_endpoint=f"{ISSUER}/nonce", credential_endpoint=f"{ISSUER}/credential", notification_endpoint=None,
)  # fmt: skip
OFFER = Offer(ISSUER, ("competency",), "code", TransactionCode(True, 6, ""))
TOKEN: dict[str, Any] = {
    "access_token": "t",
    "token_type": "Bearer",
    "expires_in": 60,
    "authorization_details": [
        {
            "type": "openid_credential",
            "credential_configuration_id": "competency",
            "credential_identifiers": ["NO-1", "NO-2"],
        }
    ],
}


def trouble(of: pytest.ExceptionInfo[PickUpError]) -> Trouble:
    return of.value.trouble


@pytest.mark.parametrize(
    ("issuer", "address"),
    [
        ("https://no.example", "https://no.example/.well-known/openid-credential-issuer"),
        ("https://no.example/", "https://no.example/.well-known/openid-credential-issuer"),
        ("https://no.example/a/b", "https://no.example/.well-known/openid-credential-issuer/a/b"),
        ("https://no.example:8443/a/", "https://no.example:8443/.well-known/openid-credential-issuer/a/"),
    ],
)
def test_well_known_stands_between_host_and_path(issuer: str, address: str) -> None:
    assert issuer_metadata.well_known(issuer, "openid-credential-issuer") == address


def test_authority_is_read_in_english_where_it_says_so() -> None:
    found = issuer_metadata.fetch_authority(Scripted({METADATA: GOOD_METADATA, OAUTH: GOOD_OAUTH}), ISSUER)
    assert found.name == "NMA"
    assert found.notification_endpoint is None


@pytest.mark.parametrize(
    ("metadata", "oauth", "expected"),
    [
        ({"credential_issuer": f"{ISSUER}/"}, {}, Trouble.NOT_ITSELF),
        ({"credential_issuer": ISSUER.upper()}, {}, Trouble.NOT_ITSELF),
        ({}, {"issuer": "https://other.example"}, Trouble.NOT_ITSELF),
        ({"nonce_endpoint": None}, {}, Trouble.NOT_UNDERSTOOD),
        ({"credential_endpoint": "http://no.example/c"}, {}, Trouble.NOT_SECURE),
        ({}, {"token_endpoint": "http://no.example/t"}, Trouble.NOT_SECURE),
        ({}, {"token_endpoint": "https://evil.example/t"}, Trouble.NOT_ITSELF),
        ({}, {"token_endpoint": "https://no.example:8443/t"}, Trouble.NOT_ITSELF),
        ({"nonce_endpoint": "https://no.example.evil.example/n"}, {}, Trouble.NOT_ITSELF),
        ({"credential_endpoint": "https://evil.example/c"}, {}, Trouble.NOT_ITSELF),
        ({"notification_endpoint": "https://evil.example/n"}, {}, Trouble.NOT_ITSELF),
        ({"authorization_servers": ["https://evil.example"]}, {}, Trouble.NOT_ITSELF),
        ({}, {"pre-authorized_grant_anonymous_access_supported": False}, Trouble.NOT_UNDERSTOOD),
        ({"error": "invalid"}, {}, Trouble.NOT_UNDERSTOOD),
    ],
)
def test_metadata_that_contradicts_itself_is_refused(
    metadata: dict[str, Any], oauth: dict[str, Any], expected: Trouble
) -> None:
    network = Scripted({METADATA: {**GOOD_METADATA, **metadata}, OAUTH: {**GOOD_OAUTH, **oauth}})
    with pytest.raises(PickUpError) as refused:
        issuer_metadata.fetch_authority(network, ISSUER)
    assert trouble(refused) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Response(200, "text/html", b"<html>"), Trouble.NOT_UNDERSTOOD),
        (Response(200, "application/json", b"[]"), Trouble.NOT_UNDERSTOOD),
        (Response(200, "application/json", b'{"a":1,"a":2}'), Trouble.NOT_UNDERSTOOD),
        (Response(302, "text/html", b""), Trouble.NOT_UNDERSTOOD),
        (Response(404, "application/json", b"{}"), Trouble.NOT_UNDERSTOOD),
        (Response(429, "application/json", b"{}"), Trouble.SERVICE),
        (Response(503, "text/html", b""), Trouble.SERVICE),
    ],
)
def test_answer_that_is_no_metadata_says_what_it_was(answer: Response, expected: Trouble) -> None:
    with pytest.raises(PickUpError) as refused:
        issuer_metadata.fetch_authority(Scripted({METADATA: answer}), ISSUER)
    assert trouble(refused) is expected


def test_token_buys_one_item_per_identifier() -> None:
    network = Scripted({AUTHORITY.token_endpoint: TOKEN})
    bought = oid4vci.exchange(network, AUTHORITY, OFFER, "123456", NOW)
    assert bought.items == (Item("NO-1", "competency"), Item("NO-2", "competency"))
    assert bought.expires_at == int(NOW.timestamp()) + 60
    assert network.sent[0][2] is not None
    assert b"tx_code=123456" in network.sent[0][2]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Response(400, "application/json", b'{"error":"invalid_grant"}'), Trouble.CODE_REFUSED),
        (Response(400, "application/json", b'{"error":"invalid_request"}'), Trouble.REFUSED),
        (Response(400, "text/html", b"<html>"), Trouble.REFUSED),
        ({**TOKEN, "error": "invalid_grant"}, Trouble.NOT_UNDERSTOOD),
        ({**TOKEN, "access_token": "two words"}, Trouble.NOT_UNDERSTOOD),
        ({**TOKEN, "token_type": "DPoP"}, Trouble.NOT_UNDERSTOOD),
        ({**TOKEN, "authorization_details": []}, Trouble.NOT_UNDERSTOOD),
        ({**TOKEN, "authorization_details": "all"}, Trouble.NOT_UNDERSTOOD),
    ],
)
def test_token_answer_that_cannot_be_used_is_refused(answer: object, expected: Trouble) -> None:
    with pytest.raises(PickUpError) as refused:
        oid4vci.exchange(Scripted({AUTHORITY.token_endpoint: answer}), AUTHORITY, OFFER, "1", NOW)
    assert trouble(refused) is expected


def test_proof_names_the_issuer_and_carries_this_phones_key() -> None:
    signer = seeded_signer("phone")
    token = jws.parse(oid4vci.proof(signer, ISSUER, "nonce", NOW))
    payload = jws.verify(token, signer.public_key, typ="openid4vci-proof+jwt")
    assert json_object(payload) == {"aud": ISSUER, "iat": int(NOW.timestamp()), "nonce": "nonce"}
    assert token.header.keys() == {"alg", "typ", "jwk"}
    assert token.header["jwk"] == signer.public_key.to_jwk()


PICK_UP = PickUp(
    issuer=ISSUER, issuer_name="NMA", nonce_endpoint=f"{ISSUER}/nonce",
    credential_endpoint=f"{ISSUER}/credential", notification_endpoint=None,
    access_token="t", expires_at=2**40, items=(Item("NO-1", "competency"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Response(202, "application/json", b'{"transaction_id":"x"}'), Trouble.NOT_READY),
        (Response(401, "application/json", b'{"error":"invalid_token"}'), Trouble.ACCESS_ENDED),
        (Response(400, "application/json", b'{"error":"credential_request_denied"}'), Trouble.REFUSED),
        (Response(400, "application/json", b'{"error":"invalid_proof"}'), Trouble.PROOF_REFUSED),
        ({"credentials": []}, Trouble.NOT_UNDERSTOOD),
        ({"credentials": [{"credential": "a"}, {"credential": "b"}]}, Trouble.NOT_UNDERSTOOD),
        ({"credential": "a"}, Trouble.NOT_UNDERSTOOD),
        ({"error": "invalid_proof"}, Trouble.NOT_UNDERSTOOD),
    ],
)
def test_credential_answer_that_cannot_be_used_is_refused(answer: object, expected: Trouble) -> None:
    with pytest.raises(PickUpError) as refused:
        oid4vci.fetch_credential(
            Scripted({PICK_UP.credential_endpoint: answer}), PICK_UP, PICK_UP.items[0], "proof"
        )
    assert trouble(refused) is expected


def test_expired_nonce_is_told_apart_so_that_a_fresh_one_is_tried() -> None:
    answer = Response(400, "application/json", b'{"error":"invalid_nonce"}')
    with pytest.raises(ExpiredNonce):
        oid4vci.fetch_credential(
            Scripted({PICK_UP.credential_endpoint: answer}), PICK_UP, PICK_UP.items[0], "p"
        )
