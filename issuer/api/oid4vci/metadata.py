"""What a wallet reads first: the metadata of the issuer and of its authorization server.

OpenID4VCI 1.0, 12.2 and 12.3; RFC 8414. Each value here is what the endpoints do; tests hold them to it.
"""

from issuer.api.addresses import Addresses
from issuer.api.oid4vci.display import ISSUED_TYPES, credential_metadata
from issuer.api.oid4vci.proof import PROOF_ALGORITHM
from issuer.api.oid4vci.token import AUTHORIZATION_DETAILS_TYPE, PRE_AUTHORIZED_CODE
from keys.algorithms import Algorithm
from keys.encoding import Json
from verifier.credential.model import CertificateType

FORMAT = "dc+sd-jwt"


def issuer_metadata(addresses: Addresses, authority_name: str, signing: Algorithm) -> dict[str, Json]:
    """`authorization_servers` is left out: the issuer is its own (12.2.4)."""
    return {
        "credential_issuer": addresses.issuer,
        "credential_endpoint": addresses.url("oid4vci", "credential"),
        "nonce_endpoint": addresses.url("oid4vci", "nonce"),
        "notification_endpoint": addresses.url("oid4vci", "notification"),
        "display": [{"name": authority_name}],
        "credential_configurations_supported": {
            kind.value: _configuration(kind, signing) for kind in ISSUED_TYPES
        },
    }


def _configuration(kind: CertificateType, signing: Algorithm) -> dict[str, Json]:
    return {
        "format": FORMAT,
        "vct": kind.vct,
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": [signing.value],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": [PROOF_ALGORITHM.value]}},
        "credential_metadata": credential_metadata(kind),
    }


def authorization_server_metadata(addresses: Addresses) -> dict[str, Json]:
    """`response_types_supported` is empty: there is no authorization endpoint (12.3)."""
    return {
        "issuer": addresses.issuer,
        "token_endpoint": addresses.url("oid4vci", "token"),
        "token_endpoint_auth_methods_supported": ["none"],
        "grant_types_supported": [PRE_AUTHORIZED_CODE],
        "response_types_supported": [],
        "pre-authorized_grant_anonymous_access_supported": True,
        "authorization_details_types_supported": [AUTHORIZATION_DETAILS_TYPE],
    }
