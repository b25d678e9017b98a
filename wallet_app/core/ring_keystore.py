"""A desktop's own key ring as the key store, where there is one that encrypts; else the file, which says so.

That the keys are in the ring is remembered in a file without a secret: a key ring that is locked, or gone, is
named as such, and never taken for a new phone. The ring is PyPI's `keyring`, if it is installed.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

from keys.algorithms import Algorithm
from keys.encoding import EncodingError, b64url_decode, b64url_encode, json_dumps, json_object
from keys.signer import Signer, SoftwareSigner
from wallet_app.core.keystore import VAULT_KEY_BYTES, FileKeyStore, KeyStore, KeyStoreError, MemoryKeyStore

SERVICE: Final = "ombord-wallet"
NOTE: Final = "keys-in-key-ring"
FILE: Final = "keys.json"
TRUSTED: Final = frozenset(
    f"keyring.backends.{name}" for name in ("SecretService", "libsecret", "kwallet", "macOS", "Windows")
)


class RingError(Exception):
    """The key ring does not answer: it is locked, or there is none any more."""


class Ring(Protocol):
    """One secret by its name, as the operating system keeps it."""

    def get(self, name: str) -> str | None:
        """The secret, or None where there is none of that name. Raises RingError."""

    def put(self, name: str, secret: str) -> None:
        """Keep it. Raises RingError."""


class RingKeyStore:
    """Holder key and vault key as one secret in `ring`; `note` says that they are there."""

    def __init__(self, ring: Ring, note: Path) -> None:
        """Keys are made when first asked for."""
        self._ring = ring
        self._note = note
        self._keys: tuple[SoftwareSigner, bytes] | None = None

    def holder(self) -> Signer:
        """The key that certificates are bound to. Raises KeyStoreError."""
        return self._read()[0]

    def vault_key(self) -> bytes:
        """The key of the vault. Raises KeyStoreError."""
        return self._read()[1]

    def _read(self) -> tuple[SoftwareSigner, bytes]:
        if self._keys is None:
            name = str(self._note.resolve())
            try:
                secret = self._ring.get(name)
                if secret is None:
                    secret = self._make(name)
                self._note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._note.touch(mode=0o600)
            except RingError as error:
                raise KeyStoreError(
                    f"the key ring does not answer: {error}. Unlock it, and try again"
                ) from error
            except OSError as error:
                raise KeyStoreError(f"the phone's keys cannot be kept: {error.strerror}") from error
            self._keys = _parse(secret)
        return self._keys

    def _make(self, name: str) -> str:
        """New keys, unless they were there before: then the ring has lost them, and says so."""
        if self._note.exists():
            raise KeyStoreError(
                "the key ring no longer has this app's keys. Bring it back, or restore a backup elsewhere"
            )
        made = MemoryKeyStore()
        holder = made.holder()
        assert isinstance(holder, SoftwareSigner)  # noqa: S101 - what MemoryKeyStore makes
        text = {"holder": b64url_encode(holder.private_bytes()), "vault": b64url_encode(made.vault_key())}
        secret = json_dumps({**text}).decode()
        self._ring.put(name, secret)
        if self._ring.get(name) != secret:
            raise KeyStoreError("the key ring does not keep what it is given")
        return secret


class SystemRing:
    """What `keyring` finds on this system."""

    def get(self, name: str) -> str | None:
        """The secret of that name. Raises RingError."""
        ring, broken = self._ring()
        try:
            secret = ring.get_password(SERVICE, name)
        except broken as error:
            raise RingError(type(error).__name__) from error
        return secret if isinstance(secret, str) else None

    def put(self, name: str, secret: str) -> None:
        """Keep it. Raises RingError."""
        ring, broken = self._ring()
        try:
            ring.set_password(SERVICE, name, secret)
        except broken as error:
            raise RingError(type(error).__name__) from error

    @property
    def encrypts(self) -> bool:
        """Whether it is one of the systems' own; others may write plain text."""
        try:
            ring, _ = self._ring()
        except RingError:
            return False
        return type(ring.get_keyring()).__module__ in TRUSTED

    @staticmethod
    def _ring() -> tuple[Any, type[Exception]]:
        try:
            return import_module("keyring"), import_module("keyring.errors").KeyringError
        except ImportError as error:
            raise RingError("the package keyring is not installed") from error


def desktop_keys(home: Path, ring: SystemRing) -> KeyStore:
    """Where the keys are by now; a new wallet's go to the key ring, if that encrypts, else to a file."""
    note, file = home / NOTE, home / FILE
    if note.exists() or (not file.exists() and ring.encrypts):
        return RingKeyStore(ring, note)
    return FileKeyStore(file)


def _parse(secret: str) -> tuple[SoftwareSigner, bytes]:
    try:
        text = json_object(secret.encode())
        holder = SoftwareSigner.from_private_bytes(Algorithm.ES256, b64url_decode(str(text["holder"])))
        vault_key = b64url_decode(str(text["vault"]))
    except (EncodingError, KeyError, ValueError):
        raise KeyStoreError("what the key ring has for this app is damaged: restore a backup") from None
    if len(vault_key) != VAULT_KEY_BYTES:
        raise KeyStoreError("the vault's key in the key ring has the wrong length")
    return holder, vault_key
