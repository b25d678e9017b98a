"""The yardstick of all speeds: `cryptography` alone, with keys and signatures in its own form."""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

_ECDSA = ec.ECDSA(SHA256())


def raw_verify(message: bytes) -> Callable[[], None]:
    """A call that checks one ES256 signature over `message` and does nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    public, signature = key.public_key(), key.sign(message, _ECDSA)
    return lambda: public.verify(signature, message, _ECDSA)


def raw_sign(message: bytes) -> Callable[[], bytes]:
    """A call that makes one ES256 signature over `message` and does nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    return lambda: key.sign(message, _ECDSA)
