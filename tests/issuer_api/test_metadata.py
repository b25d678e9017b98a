"""The metadata, at its address, saying what the service does."""

from typing import Any

import pytest
from support.issuer_app import BASE_URL, KEYS, Office
from support.pickup_wallet import PRE_AUTHORIZED, well_known

from verifier.credential.model import CertificateType

NAMES = ("openid-credential-issuer", "oauth-authorization-server", "jwt-vc-issuer")
LANGUAGES = {"en", "nb", "sv", "da"}


def metadata(office: Office, name: str = "openid-credential-issuer") -> dict[str, Any]:
    found: dict[str, Any] = office.client.get(well_known(office.settings.issuer, name)).json()
    return found


@pytest.mark.parametrize("name", NAMES)
def test_document_is_found_between_host_and_path_and_nowhere_else(shared_office: Office, name: str) -> None:
    host, path = "https://certificates.example", "/no"
    assert shared_office.client.get(f"{host}/.well-known/{name}{path}").status_code == 200
    for wrong in (f"{path}/.well-known/{name}", f"/.well-known/{name}", f"/.well-known/{name}{path}/"):
        assert shared_office.client.get(host + wrong).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_issuer_without_a_path_is_found_too(rootless_office: Office, name: str) -> None:
    answer = rootless_office.client.get(f"https://certificates.example/.well-known/{name}")
    assert answer.status_code == 200
    document = answer.json()
    assert document.get("credential_issuer", document.get("issuer")) == "https://certificates.example"


@pytest.mark.parametrize("name", NAMES)
def test_identifier_is_the_issuers_to_the_letter_whatever_the_host_header(
    shared_office: Office, name: str
) -> None:
    address = well_known(BASE_URL, name)
    document = shared_office.client.get(address, headers={"Host": "evil.example"}).json()
    assert document.get("credential_issuer", document.get("issuer")) == BASE_URL
    assert "evil" not in str(document)


def test_issuer_metadata_names_the_endpoints(shared_office: Office) -> None:
    found = metadata(shared_office)
    assert found["credential_endpoint"] == f"{BASE_URL}/oid4vci/credential"
    assert found["nonce_endpoint"] == f"{BASE_URL}/oid4vci/nonce"
    assert found["notification_endpoint"] == f"{BASE_URL}/oid4vci/notification"
    for absent in ("authorization_servers", "batch_credential_issuance", "deferred_credential_endpoint"):
        assert absent not in found


def test_each_configuration_says_how_it_is_bound_and_signed(shared_office: Office) -> None:
    configurations = metadata(shared_office)["credential_configurations_supported"]
    assert {"competency", "medical", "recognition", "tanker"} <= configurations.keys()
    assert "pass" not in configurations
    for name, configuration in configurations.items():
        assert configuration["format"] == "dc+sd-jwt"
        assert configuration["vct"] == CertificateType(name).vct
        assert configuration["cryptographic_binding_methods_supported"] == ["jwk"]
        assert configuration["proof_types_supported"] == {
            "jwt": {"proof_signing_alg_values_supported": ["ES256"]}
        }
        assert configuration["credential_signing_alg_values_supported"] == ["ES256"]
        assert "scope" not in configuration


def test_names_of_documents_and_claims_come_in_four_languages(shared_office: Office) -> None:
    for configuration in metadata(shared_office)["credential_configurations_supported"].values():
        described = configuration["credential_metadata"]
        for names in (described["display"], *(claim["display"] for claim in described["claims"])):
            assert {one["locale"] for one in names} == LANGUAGES
            assert all(one["name"] for one in names)
        paths = [str(claim["path"]) for claim in described["claims"]]
        assert len(paths) == len(set(paths))


def test_authorization_server_is_anonymous_and_says_so(shared_office: Office) -> None:
    assert metadata(shared_office, "oauth-authorization-server") == {
        "issuer": BASE_URL,
        "token_endpoint": f"{BASE_URL}/oid4vci/token",
        "token_endpoint_auth_methods_supported": ["none"],
        "grant_types_supported": [PRE_AUTHORIZED],
        "response_types_supported": [],
        "pre-authorized_grant_anonymous_access_supported": True,
        "authorization_details_types_supported": ["openid_credential"],
    }


def test_jwt_vc_issuer_publishes_the_key_of_every_credential(shared_office: Office) -> None:
    document = metadata(shared_office, "jwt-vc-issuer")
    keys = {key["kid"]: key for key in document["jwks"]["keys"]}
    assert keys["NO-2026a"]["x"] == KEYS.public("NO-2026a").to_jwk()["x"]
    assert all("d" not in key for key in keys.values())


def test_documents_are_cached_compressed_and_open_to_every_origin(shared_office: Office) -> None:
    answer = shared_office.client.get(well_known(BASE_URL, NAMES[0]))
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    tag = answer.headers["etag"]
    again = shared_office.client.get(well_known(BASE_URL, NAMES[0]), headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    plain = shared_office.client.get(well_known(BASE_URL, NAMES[0]), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content


def test_offer_is_served_by_reference_and_never_cached(shared_office: Office) -> None:
    offer = shared_office.offer()
    answer = shared_office.client.get(offer.uri)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    grant = answer.json()["grants"][PRE_AUTHORIZED]
    assert answer.json()["credential_issuer"] == BASE_URL
    assert answer.json()["credential_configuration_ids"] == ["competency", "medical"]
    assert grant["tx_code"]["input_mode"] == "numeric"
    assert grant["tx_code"]["length"] == len(offer.tx_code)
    assert len(grant["tx_code"]["description"]) <= 300
    assert offer.tx_code not in answer.text
    assert "authorization_server" not in grant


@pytest.mark.parametrize("handle", ["x", "A" * 43, "%2e%2e", "a b", "é"])
def test_unknown_offer_is_not_found(shared_office: Office, handle: str) -> None:
    answer = shared_office.client.get(f"{BASE_URL}/oid4vci/offers/{handle}")
    assert (answer.status_code, answer.json()["error"]) == (404, "invalid_request")


def test_link_fits_into_a_qr_code_that_phones_read(shared_office: Office) -> None:
    offer = shared_office.offer()
    assert offer.link.startswith("openid-credential-offer://?credential_offer_uri=https%3A%2F%2F")
    assert len(offer.link) < 200
    assert offer.code not in offer.link
