"""A wallet by others picks certificates up from our running issuer, and verifiers by others accept them.

@openid4vc/openid4vci 0.4.6 goes the whole way over loopback: offer by reference, metadata of an issuer whose
address has a path, token with transaction code, nonce, one proof a certificate, notification.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from polaris_oid4vp import sdjwt as polaris
from support.issuer_app import Office
from support.issuer_server import serving
from support.node import Refused, ask
from support.simulator import NOW

from keys.jwk import PublicKey
from verifier.credential import sd_jwt

AT = int(NOW.timestamp())
pytestmark = [pytest.mark.loopback, pytest.mark.node]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Our issuer, serving a seafarer's two certificates at an address with a path."""
    with serving(tmp_path) as office:
        yield office


def test_openid4vci_completes_the_pre_authorized_flow_and_others_verify_what_it_received(
    office: Office,
) -> None:
    offer = office.offer()
    received = ask("receive_credentials.mjs", offer=offer.link, tx_code=offer.tx_code, at=AT)
    assert [one["identifier"] for one in received["credentials"]] == list(offer.document_numbers)
    holder = PublicKey.from_jwk(received["holder"])
    for one in received["credentials"]:
        claims = verified_by_others(office, one["credential"])
        assert claims["document_number"] == one["identifier"]
        assert PublicKey.from_jwk(claims["cnf"]["jwk"]) == holder


def test_openid4vci_is_told_why_a_wrong_transaction_code_is_refused(office: Office) -> None:
    offer = office.offer()
    wrong = "000000" if offer.tx_code != "000000" else "000001"
    with pytest.raises(Refused, match="invalid_grant"):
        ask("receive_credentials.mjs", offer=offer.link, tx_code=wrong, at=AT)


def test_openid4vci_cannot_redeem_an_offer_twice(office: Office) -> None:
    offer = office.offer()
    ask("receive_credentials.mjs", offer=offer.link, tx_code=offer.tx_code, at=AT)
    with pytest.raises(Refused):
        ask("receive_credentials.mjs", offer=offer.link, tx_code=offer.tx_code, at=AT)


def verified_by_others(office: Office, text: str) -> dict[str, Any]:
    """The claims, once PyJWT, polaris and sd-jwt-vc have all accepted the text by the published keys."""
    origin, _, path = office.settings.issuer.rpartition("/")
    metadata = httpx.get(f"{origin}/.well-known/jwt-vc-issuer/{path}").raise_for_status().json()
    assert metadata["issuer"] == office.settings.issuer
    keys = {key["kid"]: key for key in metadata["jwks"]["keys"]}
    issuer_jwk = keys[sd_jwt.parse(text).jws.kid]

    claims: dict[str, Any] = jwt.decode(
        text.rstrip("~"),
        key=jwt.PyJWK(issuer_jwk, algorithm="ES256"),
        algorithms=["ES256"],
        issuer=office.settings.issuer,
        options={
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
        },  # it takes the machine's time
    )
    verdict = polaris.verify_presentation(
        text,
        expected_nonce="not-used",
        expected_audience="not-used",
        issuer_jwks=[issuer_jwk],
        now=AT,
        require_key_binding=False,
    )
    assert verdict.authentic, verdict.reason
    reference = claims["status"]["status_list"]
    published = httpx.get(reference["uri"]).raise_for_status()
    assert published.headers["content-type"] == "application/statuslist+jwt"
    answer = ask(
        "verify_credential.mjs",
        text=text,
        issuer_jwk=issuer_jwk,
        status_jwk=keys[jwt.get_unverified_header(published.text)["kid"]],
        status_list=published.text,
        at=AT,
    )
    assert answer["claims"] == claims == verdict.claims
    return claims
