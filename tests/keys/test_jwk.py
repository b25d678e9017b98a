"""Public keys as values, held against RFC 7638, RFC 8037 and `cryptography`."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from keys.algorithms import Algorithm, SignatureMismatch
from keys.jwk import JwkError, PublicKey
from keys.signer import SoftwareSigner

# RFC 8037 appendix A.2 and A.3.
RFC8037_JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
RFC8037_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
# RFC 7515 appendix A.3.
RFC7515_JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}


def test_thumbprint_is_that_of_rfc_8037() -> None:
    assert PublicKey.from_jwk(RFC8037_JWK).thumbprint() == RFC8037_THUMBPRINT


@pytest.mark.parametrize("jwk", [RFC7515_JWK, RFC8037_JWK], ids=["P-256", "Ed25519"])
def test_a_key_comes_back_as_it_went_in(jwk: dict[str, str]) -> None:
    key = PublicKey.from_jwk({**jwk, "kid": "NO-2026a", "use": "sig"})
    assert key.to_jwk() == jwk
    assert key == PublicKey.from_jwk(jwk)
    assert len({key, PublicKey.from_jwk(jwk)}) == 1
    assert key != object()


def test_the_coordinates_are_those_of_cryptography_and_come_back() -> None:
    for _ in range(8):
        key = SoftwareSigner.generate().public_key
        assert PublicKey.from_coordinates(key.coordinates()) == key
        native = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + key.coordinates())
        assert PublicKey.from_native(native) == key


BAD = {
    "no kty": {k: v for k, v in RFC7515_JWK.items() if k != "kty"},
    "RSA": {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
    "symmetric": {"kty": "oct", "k": "AAAA"},
    "other curve": {**RFC7515_JWK, "crv": "P-384"},
    "X25519": {**RFC8037_JWK, "crv": "X25519"},
    "y missing": {k: v for k, v in RFC7515_JWK.items() if k != "y"},
    "y no text": {**RFC7515_JWK, "y": 7},
    "x too short": {**RFC7515_JWK, "x": "f83OJ3D2"},
    "x padded": {**RFC7515_JWK, "x": RFC7515_JWK["x"][:-1] + "="},
    "x with a spare bit": {**RFC7515_JWK, "x": RFC7515_JWK["x"][:-1] + "V"},
    "y with a spare bit": {**RFC7515_JWK, "y": RFC7515_JWK["y"][:-1] + "1"},
    "off the curve": {**RFC7515_JWK, "y": RFC7515_JWK["x"]},
    "zero point": {**RFC7515_JWK, "x": "A" * 43, "y": "A" * 43},
    "x not below p": {**RFC7515_JWK, "x": "_" * 42 + "8"},
    "private": {**RFC7515_JWK, "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"},
    "alg of another kind": {**RFC7515_JWK, "alg": "RS256"},
}


@pytest.mark.parametrize("jwk", BAD.values(), ids=BAD.keys())
def test_what_is_no_public_key_of_ours_is_refused(jwk: dict[str, object]) -> None:
    with pytest.raises(JwkError):
        PublicKey.from_jwk(jwk)  # type: ignore[arg-type]


@pytest.mark.parametrize("point", [b"", bytes(64), b"\xff" * 64, b"\x01" * 63, b"\x04" + b"\x01" * 64])
def test_what_is_no_point_of_the_curve_is_refused(point: bytes) -> None:
    with pytest.raises(JwkError, match="not on P-256"):
        PublicKey.from_coordinates(point)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_software_signer_survives_its_private_bytes(algorithm: Algorithm) -> None:
    signer = SoftwareSigner.generate(algorithm)
    again = SoftwareSigner.from_private_bytes(algorithm, signer.private_bytes())
    assert again.public_key == signer.public_key
    signer.public_key.verify(b"message", again.sign(b"message"))
    with pytest.raises(SignatureMismatch):
        signer.public_key.verify(b"other", again.sign(b"message"))


def test_private_bytes_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="31 bytes"):
        SoftwareSigner.from_private_bytes(Algorithm.ES256, bytes(31))


def test_only_p256_has_two_coordinates() -> None:
    with pytest.raises(JwkError):
        PublicKey.from_jwk(RFC8037_JWK).coordinates()
