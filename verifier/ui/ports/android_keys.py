"""AndroidKeyStore: a P-256 key that signs and never leaves the hardware, and a secret wrapped by another.

Java: `org.ombord.DeviceKeys`. The secret lies wrapped in a file: a copy of the file opens nothing elsewhere.
"""

import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from keys.algorithms import Algorithm
from keys.custody import atomic_file
from keys.jwk import PublicKey
from verifier.ui.ports.android_java import JavaError, as_bytes, call, java

SECRET_BYTES: Final = 32
_DEVICE_KEYS: Final = "org.ombord.DeviceKeys"
_MOST_WRAPPED: Final = 1024
_NUMBER_BYTES: Final = 32


class AndroidKeysError(Exception):
    """The phone's key store does not give the keys; says what to do."""


class AndroidSigner:
    """Signs under the key of one alias, as `keys.signer.Signer`."""

    def __init__(self, alias: str) -> None:
        """The key is made here if there is none. Raises AndroidKeysError."""
        self._alias = alias
        try:
            native = load_der_public_key(as_bytes(call(java(_DEVICE_KEYS).publicKey, alias)))
        except (JavaError, ValueError, UnsupportedAlgorithm) as error:
            raise AndroidKeysError(f"the phone's key store gives no key: {error}") from error
        if not isinstance(native, ec.EllipticCurvePublicKey) or not isinstance(native.curve, ec.SECP256R1):
            raise AndroidKeysError("the phone's key store gives a key that is not P-256")
        self.public_key = PublicKey.from_native(native)

    @property
    def algorithm(self) -> Algorithm:
        """ES256."""
        return Algorithm.ES256

    def sign(self, message: bytes) -> bytes:
        """64 raw bytes over `message` (RFC 7518 § 3.4). Raises AndroidKeysError."""
        try:
            r, s = decode_dss_signature(as_bytes(call(java(_DEVICE_KEYS).sign, self._alias, message)))
        except (JavaError, ValueError) as error:
            raise AndroidKeysError(f"the phone's key store does not sign: {error}") from error
        return r.to_bytes(_NUMBER_BYTES, "big") + s.to_bytes(_NUMBER_BYTES, "big")


class WrappedSecret:
    """32 random bytes in a file, under a key of the phone's that wraps it."""

    def __init__(self, path: Path, alias: str) -> None:
        """Use `path`, which is made when the secret is first asked for."""
        self._path, self._alias = path, alias
        self._secret: bytes | None = None

    def get(self) -> bytes:
        """The secret. Raises AndroidKeysError; what is there is never overwritten."""
        if self._secret is None:
            self._secret = self._read() if self._path.exists() else self._make()
        return self._secret

    def _make(self) -> bytes:
        secret = secrets.token_bytes(SECRET_BYTES)
        try:
            wrapped = as_bytes(call(java(_DEVICE_KEYS).wrap, self._alias, secret))
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            atomic_file.write(self._path, wrapped)
            os.chmod(self._path, 0o600)
        except JavaError as error:
            raise AndroidKeysError(f"the phone's key store wraps nothing: {error}") from error
        except OSError as error:
            raise AndroidKeysError(f"{self._path}: {error.strerror}") from error
        return secret

    def _read(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                wrapped = file.read(_MOST_WRAPPED)
            secret = as_bytes(call(java(_DEVICE_KEYS).unwrap, self._alias, wrapped))
        except OSError as error:
            raise AndroidKeysError(f"{self._path}: {error.strerror}") from error
        except JavaError as error:
            raise AndroidKeysError(
                "the phone's key store cannot open what was encrypted here, as after a move to a new phone: "
                f"restore a backup, or pick the certificates up again ({error})"
            ) from error
        if len(secret) != SECRET_BYTES:
            raise AndroidKeysError(f"a secret of {len(secret)} bytes: {self._path}")
        return secret
