"""The allow-list of signature algorithms, and our only calls to `cryptography`'s sign and verify."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

SIGNATURE_BYTES = 64

NativePublicKey = ec.EllipticCurvePublicKey | Ed25519PublicKey
NativePrivateKey = ec.EllipticCurvePrivateKey | Ed25519PrivateKey


class Algorithm(StrEnum):
    """JOSE names of what Ombord signs with (RFC 7518 § 3.4; RFC 9864 § 2.2)."""

    ES256 = "ES256"
    ED25519 = "Ed25519"


class SignatureMismatch(ValueError):
    """The signature is not this key's over this message."""


class _EcdsaSha256(ec.ECDSA):
    """ECDSA whose making asks nothing of the backend: ECDSA's own loads every cipher, 9 ms of each check."""

    algorithm = SHA256()
    deterministic_signing = False

    def __init__(self) -> None:
        pass


_ECDSA_SHA256 = _EcdsaSha256()
# Numbers of one length compare as their bytes do.
_ZERO = bytes(32)
_P256_ORDER = bytes.fromhex("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")


def verify(key: NativePublicKey, signature: bytes, message: bytes) -> None:
    """Return if `signature` (64 raw bytes) over `message` is `key`'s; else raise SignatureMismatch."""
    if len(signature) != SIGNATURE_BYTES:
        raise SignatureMismatch(f"a signature of {len(signature)} bytes; {SIGNATURE_BYTES} are needed")
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, message)
        else:
            key.verify(_der(signature), message, _ECDSA_SHA256)
    except InvalidSignature:
        raise SignatureMismatch("the signature does not fit the key and the message") from None


def pending(key: NativePublicKey, signature: bytes, message: bytes) -> Callable[[], None]:
    """What `verify` would compute, for `side_by_side.which_hold`. Raises SignatureMismatch as it does."""
    if len(signature) != SIGNATURE_BYTES:
        raise SignatureMismatch(f"a signature of {len(signature)} bytes; {SIGNATURE_BYTES} are needed")
    if isinstance(key, Ed25519PublicKey):
        return partial(key.verify, signature, message)
    return partial(key.verify, _der(signature), message, _ECDSA_SHA256)


def sign(key: NativePrivateKey, message: bytes) -> bytes:
    """64 raw bytes: r and s (RFC 7518 § 3.4), or the Ed25519 signature (RFC 8037 § 3.1)."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(message)
    r, s = decode_dss_signature(key.sign(message, _ECDSA_SHA256))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _der(signature: bytes) -> bytes:
    """SEQUENCE of two INTEGERs (RFC 3279 § 2.2.3), by hand: a third of the cost of making numbers."""
    both = _integer(signature[:32]) + _integer(signature[32:])
    return b"\x30%c%b" % (len(both), both)


def _integer(number: bytes) -> bytes:
    """One number, as the shortest two's complement of it, which is positive. Raises SignatureMismatch."""
    if not _ZERO < number < _P256_ORDER:
        raise SignatureMismatch("r or s of the ES256 signature is out of range")
    if number[0] >= 0x80:
        return b"\x02\x21\0" + number
    if number[0]:
        return b"\x02\x20" + number
    shortest = number.lstrip(b"\0")
    if shortest[0] >= 0x80:
        shortest = b"\0" + shortest
    return b"\x02%c%b" % (len(shortest), shortest)
