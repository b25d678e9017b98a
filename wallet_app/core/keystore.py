"""Where the phone's own keys live: the port, and the desktop's file of them.

On Android the holder's key is made inside AndroidKeyStore and never leaves it. A desktop has no such thing,
so a file that only its owner may read stands in; whoever can read that file can show the certificates.
"""

import os
import secrets
import stat
from pathlib import Path
from typing import Protocol

from keys.algorithms import Algorithm
from keys.encoding import EncodingError, b64url_decode, b64url_encode, json_dumps, json_object
from keys.signer import Signer, SoftwareSigner

VAULT_KEY_BYTES = 32


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
        self._path = path
        self._keys: tuple[SoftwareSigner, bytes] | None = None

    def holder(self) -> Signer:
        """The key that certificates are bound to. Raises KeyStoreError."""
        return self._read()[0]

    def vault_key(self) -> bytes:
        """The key of the vault. Raises KeyStoreError."""
        return self._read()[1]

    def _read(self) -> tuple[SoftwareSigner, bytes]:
        if self._keys is None:
            try:
                if not self._path.exists():
                    self._create()
                self._keys = self._parse(self._path.read_bytes())
                self._narrow()
            except OSError as error:
                raise KeyStoreError(f"the phone's keys cannot be read: {error}") from error
        return self._keys

    def _create(self) -> None:
        """Write new keys beside `path`, then link them there: of two that start at once, the first wins."""
        holder, vault_key = SoftwareSigner.generate(Algorithm.ES256), secrets.token_bytes(VAULT_KEY_BYTES)
        text = {"holder": b64url_encode(holder.private_bytes()), "vault": b64url_encode(vault_key)}
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, json_dumps(text))
            os.fsync(file)
            os.link(draft, self._path)
        except FileExistsError:
            pass
        finally:
            os.close(file)
            draft.unlink()

    def _parse(self, data: bytes) -> tuple[SoftwareSigner, bytes]:
        try:
            text = json_object(data)
            holder = SoftwareSigner.from_private_bytes(Algorithm.ES256, b64url_decode(str(text["holder"])))
            vault_key = b64url_decode(str(text["vault"]))
        except (EncodingError, KeyError, ValueError):
            raise KeyStoreError(
                f"the file of the phone's keys is damaged: {self._path}. Put back a copy of it, or "
                "remove it and the vault beside it, and pick up the certificates again"
            ) from None
        if len(vault_key) != VAULT_KEY_BYTES:
            raise KeyStoreError(f"the vault's key has the wrong length: {self._path}")
        return holder, vault_key

    def _narrow(self) -> None:
        """Take away what others may do with the file, whoever gave it to them."""
        if stat.S_IMODE(self._path.stat().st_mode) & 0o077:
            self._path.chmod(0o600)
