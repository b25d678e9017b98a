"""Printable documents on the phone: one encrypted file each beside the vault, under a key made from its key.

A file is the magic `OBD1`, a nonce (12 bytes) and the PDF under AES-256-GCM, with the magic and its own name
as associated data, so that no file passes for another. Names are keyed hashes: the folder tells nothing.
All of it can be fetched again, so a file that does not decrypt counts as one that is not there.
"""

import contextlib
import hmac
import os
import re
import secrets
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC: Final = b"OBD1"
NONCE_BYTES: Final = 12
MAX_BYTES: Final = 1024 * 1024  # of one document
_NAME: Final = re.compile(r"[0-9a-f]{32}")


class DocumentsError(Exception):
    """A document cannot be stored; says why."""


class DocumentStore:
    """The folder of encrypted documents. `key` is the vault's; ours are made from it."""

    def __init__(self, folder: Path, key: bytes) -> None:
        """Use `folder`, which is made when there is something to store."""
        self._folder = folder
        self._cipher = AESGCM(_subkey(key, b"contents"))
        self._names = _subkey(key, b"names")

    def name(self, identity: str) -> str:
        """The file name of what `identity` identifies."""
        return hmac.new(self._names, identity.encode(), sha256).hexdigest()[:32]

    def has(self, identity: str) -> bool:
        """Whether there is a file; that it can be read is seen when it is."""
        return (self._folder / self.name(identity)).is_file()

    def read(self, identity: str) -> bytes | None:
        """The document; None when it is not there, or is damaged."""
        name = self.name(identity)
        try:
            with (self._folder / name).open("rb") as file:
                data = file.read(2 * MAX_BYTES)
        except OSError:
            return None
        head = len(MAGIC) + NONCE_BYTES
        if not data.startswith(MAGIC):
            return None
        try:
            return self._cipher.decrypt(data[len(MAGIC) : head], data[head:], MAGIC + name.encode())
        except (InvalidTag, ValueError):
            return None

    def write(self, identity: str, document: bytes) -> None:
        """Store it, whole or not at all. Raises DocumentsError."""
        if len(document) > MAX_BYTES:
            raise DocumentsError(f"a document of {len(document)} bytes; at most {MAX_BYTES} are kept")
        name = self.name(identity)
        nonce = secrets.token_bytes(NONCE_BYTES)
        data = MAGIC + nonce + self._cipher.encrypt(nonce, document, MAGIC + name.encode())
        draft = self._folder / f"{name}.draft"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(file, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(self._folder / name)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise DocumentsError(f"a document cannot be stored: {error.strerror}") from error

    def keep_only(self, identities: Collection[str]) -> None:
        """Remove what belongs to none of these: old editions, deleted certificates, drafts of a crash."""
        kept = {self.name(identity) for identity in identities}
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if path.name not in kept and _NAME.fullmatch(path.name.removesuffix(".draft")):
                    path.unlink(missing_ok=True)


def _subkey(key: bytes, purpose: bytes) -> bytes:
    """A key of its own for one purpose (HKDF-Expand, RFC 5869 § 2.3, one block: `key` is uniform)."""
    return hmac.new(key, b"ombord documents " + purpose + b"\x01", sha256).digest()
