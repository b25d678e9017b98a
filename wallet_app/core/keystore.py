"""Where the phone's own keys live: the port, and the desktop's file of them.

On Android the holder's key is made inside AndroidKeyStore and never leaves it. A desktop has no such thing,
so a file that only its owner may read stands in; whoever can read that file can show the certificates.
"""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol, TypeVar

from keys.algorithms import Algorithm
from keys.custody.device_keys import SECRET_BYTES, DeviceKeys, DeviceKeysError
from keys.signer import Signer, SoftwareSigner

VAULT_KEY_BYTES: Final = SECRET_BYTES
Kept = TypeVar("Kept")


class KeyStoreError(Exception):
    """The keys cannot be had; says what to do."""


class KeyStore(Protocol):
    """A phone's hardware or a stand-in: one holder key for life, and the key of the vault."""

    def holder(self) -> Signer:
        """The P-256 key that certificates are bound to; made when first asked for."""

    def vault_key(self) -> bytes:
        """The 32 bytes under which the vault is encrypted; made when first asked for."""


class MemoryKeyStore:
    """Keys that last as long as the object: for tests and demonstrations."""

    def __init__(self) -> None:
        """Make both keys."""
        self._holder = SoftwareSigner.generate(Algorithm.ES256)
        self._vault_key = secrets.token_bytes(VAULT_KEY_BYTES)

    def holder(self) -> Signer:
        """The key made at the start."""
        return self._holder

    def vault_key(self) -> bytes:
        """The key made at the start."""
        return self._vault_key


class FileKeyStore:
    """Keys in a file with mode 0600: the desktop's stand-in for a phone's key store."""

    def __init__(self, path: Path) -> None:
        """Use `path`, which is made when a key is first asked for."""
        self._keys = DeviceKeys(path, signer="holder", secret="vault")

    def holder(self) -> Signer:
        """The key that certificates are bound to. Raises KeyStoreError."""
        return _asked(self._keys.signer)

    def vault_key(self) -> bytes:
        """The key of the vault. Raises KeyStoreError."""
        return _asked(self._keys.secret)


def _asked(get: Callable[[], Kept]) -> Kept:
    try:
        return get()
    except DeviceKeysError as error:
        raise KeyStoreError(
            f"{error}. Put back a copy of it, or remove it and the vault beside it, and pick up the "
            "certificates again"
        ) from error
