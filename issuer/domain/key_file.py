"""Public keys as organisations send them: a JWK, a JWK Set of one, or PEM."""

from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from issuer.domain.client_keys import ClientKey, client_key
from issuer.domain.errors import InvalidInput
from keys.encoding import EncodingError, json_object

MAX_KEY_FILE: Final = 65_536
_HINT: Final = "give a JWK, a JWK Set with one key, or PEM: `openssl pkey -in KEY -pubout` writes that"


def key_of(data: bytes, *, kid: str | None = None) -> ClientKey:
    """The key in a file. Raises InvalidInput, also for private keys."""
    text = data.strip()
    if text.startswith(b"{"):
        return client_key(_jwk(text), kid=kid)
    if b"PRIVATE KEY" in text:
        raise InvalidInput("this is a private key, which nobody but its owner should have", hint=_HINT)
    try:
        key = load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidInput("the file holds no public key", hint=_HINT) from error
    return client_key(_members(key), kid=kid)


def _jwk(text: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json_object(text, max_size=MAX_KEY_FILE)
    except EncodingError as error:
        raise InvalidInput(f"the file holds no JWK: {error}", hint=_HINT) from error
    if "keys" not in found:
        return found
    keys = found["keys"]
    if not isinstance(keys, list) or len(keys) != 1 or not isinstance(keys[0], dict):
        raise InvalidInput("the JWK Set holds more keys than one, or none", hint="register them one by one")
    return keys[0]


def _members(key: object) -> dict[str, Any]:
    if isinstance(key, EllipticCurvePublicKey):
        return ECAlgorithm.to_jwk(key, as_dict=True)
    if isinstance(key, RSAPublicKey):
        return RSAAlgorithm.to_jwk(key, as_dict=True)
    if isinstance(key, Ed25519PublicKey):
        return OKPAlgorithm.to_jwk(key, as_dict=True)
    return {"kty": type(key).__name__}
