"""The port behind which private keys live: sign a message. With a software signer for holders and tests."""

from typing import Protocol, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys import algorithms
from keys.algorithms import Algorithm, NativePrivateKey
from keys.jwk import PublicKey

PRIVATE_KEY_BYTES = 32


class Signer(Protocol):
    """Something that signs under one key: a sealed file, a signer process, a phone's key store."""

    @property
    def algorithm(self) -> Algorithm:
        """What it signs with."""

    @property
    def public_key(self) -> PublicKey:
        """The key that its signatures verify under."""

    def sign(self, message: bytes) -> bytes:
        """64 raw bytes over `message`, which is hashed here (RFC 7518 § 3.4; RFC 8037 § 3.1)."""


class SoftwareSigner:
    """A signer whose private key is in this process's memory."""

    __slots__ = ("_key", "public_key")

    def __init__(self, key: NativePrivateKey) -> None:
        """Take a P-256 or Ed25519 private key. Raises JwkError for another curve."""
        self._key = key
        self.public_key = PublicKey.from_native(key.public_key())

    @classmethod
    def generate(cls, algorithm: Algorithm = Algorithm.ES256) -> Self:
        """A signer with a new random key."""
        if algorithm is Algorithm.ES256:
            return cls(ec.generate_private_key(ec.SECP256R1()))
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_private_bytes(cls, algorithm: Algorithm, data: bytes) -> Self:
        """The signer of a 32-byte private key (the P-256 scalar, or the Ed25519 seed). Raises ValueError."""
        if len(data) != PRIVATE_KEY_BYTES:
            raise ValueError(f"a private key of {len(data)} bytes; {PRIVATE_KEY_BYTES} are needed")
        if algorithm is Algorithm.ES256:
            return cls(ec.derive_private_key(int.from_bytes(data, "big"), ec.SECP256R1()))
        return cls(Ed25519PrivateKey.from_private_bytes(data))

    def private_bytes(self) -> bytes:
        """The 32 bytes that `from_private_bytes` takes: keep them sealed."""
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.private_bytes_raw()
        return self._key.private_numbers().private_value.to_bytes(PRIVATE_KEY_BYTES, "big")

    @property
    def algorithm(self) -> Algorithm:
        """What it signs with."""
        return self.public_key.algorithm

    def sign(self, message: bytes) -> bytes:
        """64 raw bytes over `message`."""
        return algorithms.sign(self._key, message)
