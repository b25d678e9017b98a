"""Faults that users of other issuers report, each shown not to be one of ours."""

import base64
import zlib
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError
from support.issuer_app import BASE_URL, Office, issuer_settings
from support.pickup_wallet import well_known

from keys import jws
from keys.encoding import json_object
from verifier.credential import sd_jwt
from verifier.status import Status

COC, MED = "NO-COC-0001", "NO-MED-0001"


def collected(office: Office, number: str) -> dict[str, Any]:
    """The claims of a credential that a phone has just picked up."""
    text = office.admitted_wallet().request(number).json()["credentials"][0]["credential"]
    claims: dict[str, Any] = json_object(sd_jwt.parse(text).jws.payload)
    return claims


@pytest.mark.parametrize(
    "base_url",
    [
        "https://certificates.example/",
        "https://certificates.example/no/",
        "https://certificates.example/no?flag=NO",
        "https://certificates.example/no#NO",
        "http://certificates.example/no",
        "certificates.example/no",
        "https:///no",
    ],
)
def test_address_that_wallets_would_get_wrong_is_refused_at_start(base_url: str) -> None:
    with pytest.raises(ValidationError):
        issuer_settings("sqlite://", base_url=base_url)


def test_metadata_keeps_its_promises(office: Office) -> None:
    """What is announced is what works: binding, algorithms, formats, types and anonymous wallets."""
    wallet = office.admitted_wallet()
    configurations = wallet.issuer["credential_configurations_supported"]
    for name, number in (("competency", COC), ("medical", MED)):
        text = wallet.request(number).json()["credentials"][0]["credential"]
        token = sd_jwt.parse(text).jws
        claims: dict[str, Any] = json_object(token.payload)
        promised = configurations[name]
        assert token.header["typ"] == promised["format"]
        assert token.header["alg"] in promised["credential_signing_alg_values_supported"]
        assert claims["vct"] == promised["vct"]
        assert claims["cnf"].keys() == set(promised["cryptographic_binding_methods_supported"])
        described = {claim["path"][0] for claim in promised["credential_metadata"]["claims"]}
        assert (
            claims.keys() - described == {"iss", "vct", "iat", "nbf", "exp", "cnf", "status"} & claims.keys()
        )


def test_key_of_a_credential_is_where_its_issuer_says(office: Office) -> None:
    claims = collected(office, COC)
    document = office.client.get(well_known(claims["iss"], "jwt-vc-issuer")).json()
    assert document["issuer"] == claims["iss"] == BASE_URL


def test_status_list_is_read_from_the_least_significant_bit(office: Office) -> None:
    """Read here by the specification's own words, not by our decoder (IETF token status list, 4.1)."""
    suspended = collected(office, COC)["status"]["status_list"]
    valid = collected(office, MED)["status"]["status_list"]
    office.suspend(COC)
    payload = office.client.get(suspended["uri"]).text.split(".")[1]
    content: dict[str, Any] = json_object(base64.urlsafe_b64decode(payload + "=="), max_size=10**6)
    encoded = content["status_list"]["lst"]
    states = zlib.decompress(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    assert content["status_list"]["bits"] == 2

    def state(idx: int) -> int:
        return states[idx // 4] >> (idx % 4 * 2) & 0b11

    assert state(suspended["idx"]) == Status.SUSPENDED
    assert state(valid["idx"]) == Status.VALID
    assert [idx for idx in range(len(states) * 4) if state(idx)] == [suspended["idx"]]


def test_newer_list_never_looks_older(office: Office) -> None:
    uri = collected(office, COC)["status"]["status_list"]["uri"]
    seen = []
    for forward in (0, 0, -60, 3_600):
        office.clock.forward(seconds=forward)
        office.rebind()
        collected(office, COC)
        claims = json_object(jws.parse(office.client.get(uri).text).payload, max_size=10**6)
        seen.append(claims["iat"])
    assert seen == sorted(seen)  # type: ignore[type-var] # integers


def test_no_answer_says_valid_when_there_is_no_list(office: Office) -> None:
    collected(office, COC)
    answer = office.client.get(f"{BASE_URL}/status/2")
    assert answer.status_code == 404
    assert answer.headers["content-type"] != "application/statuslist+jwt"


def test_wallets_clock_may_be_minutes_off(office: Office) -> None:
    wallet = office.admitted_wallet()
    for skew in (-240, 240):
        wallet.clock = partial(lambda by: office.clock() + by, timedelta(seconds=skew))
        assert wallet.request(COC).is_success


def test_no_error_hides_behind_200_and_every_one_says_why(office: Office) -> None:
    wallet = office.admitted_wallet()
    refused = [
        wallet.ask({}),
        wallet.ask({"credential_identifier": "x"}),
        wallet.request(COC, "no proof"),
        wallet.notify({}),
        wallet.exchange("000000"),
        wallet.http.post(wallet.issuer["credential_endpoint"], json={}),
        wallet.http.get(f"{BASE_URL}/oid4vci/offers/unknown"),
        wallet.http.get(f"{BASE_URL}/oid4vci/unknown"),
    ]
    for answer in refused:
        assert 400 <= answer.status_code < 500
        assert answer.json()["error"]
        assert answer.json()["error_description"]
