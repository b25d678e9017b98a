"""The wallet's encrypted store: two slots written in turn, so that the last good state outlives any crash.

A slot is the magic `OBV1`, the generation (8 bytes), the key's check value (8), a nonce (12) and JSON under
AES-256-GCM, with all that precedes the nonce as associated data. Generation n lives in slot n mod 2 and is
written whole, synced and renamed; opening takes the newest slot that decrypts.
"""

import contextlib
import fcntl
import os
import secrets
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.encoding import json_dumps, json_object
from wallet_app.core.contents import Contents
from wallet_app.core.shapes import NewerVersion

MAGIC: Final = b"OBV1"
CHECK_BYTES: Final = 8
NONCE_BYTES: Final = 12
HEADER_BYTES: Final = len(MAGIC) + 8 + CHECK_BYTES
MAX_BYTES: Final = 16 * 1024 * 1024
SLOTS: Final = ("vault-0", "vault-1")


class VaultError(Exception):
    """The store cannot be opened or written."""


class VaultDamaged(VaultError):
    """Neither slot can be read; nothing was changed."""


class VaultLocked(VaultError):
    """The store belongs to another key: it came from another phone, or the key store was reset."""


class VaultNewer(VaultError):
    """The store was written by a newer version of this app, which alone can read it."""


class VaultInUse(VaultError):
    """Another window of the app has the store open."""


class _Slot(NamedTuple):
    generation: int
    contents: Contents


class Vault:
    """The open store. `contents` is a value; `update` swaps it for another, on disk first."""

    def __init__(self, folder: Path, key: bytes) -> None:
        """Open or begin the store in `folder`. Raises VaultDamaged, VaultLocked or VaultError."""
        self._folder = folder
        self._key = AESGCM(key)
        self._check = sha256(b"ombord vault key check\n" + key).digest()[:CHECK_BYTES]
        self._lock = threading.Lock()
        self.damage: str | None = None
        self._guard = _guard(folder)
        try:
            self._generation, self._contents = self._open()
        except VaultError:
            self.close()
            raise

    @property
    def contents(self) -> Contents:
        """What is stored now."""
        return self._contents

    def close(self) -> None:
        """Let another window open the store."""
        self._guard.close()

    def update(self, change: Callable[[Contents], Contents]) -> Contents:
        """Store `change(contents)`; when this returns it is on disk. Raises VaultError, and keeps the old."""
        with self._lock:
            if self._guard.closed:  # the app was closed while an answer was on its way
                raise VaultError("the store is closed")
            contents = change(self._contents)
            if contents != self._contents:
                self._write(self._generation + 1, contents)
                self._generation, self._contents = self._generation + 1, contents
            return contents

    def _open(self) -> _Slot:
        slots: list[_Slot] = []
        faults: list[VaultError] = []
        for name in SLOTS:
            try:
                slot = self._read(self._folder / name)
            except VaultError as fault:
                faults.append(fault)
            else:
                slots += [slot] if slot else []
        newer = next((fault for fault in faults if isinstance(fault, VaultNewer)), None)
        if newer is not None:  # the other slot is older, and writing to it would lose what is in this one
            raise newer
        if slots:
            self.damage = str(faults[0]) if faults else None
            return max(slots, key=lambda slot: slot.generation)
        if faults:
            raise next((fault for fault in faults if isinstance(fault, VaultLocked)), faults[0])
        return _Slot(0, Contents())

    def _read(self, path: Path) -> _Slot | None:
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise VaultError(f"{path.name} cannot be read: {error.strerror}") from error
        header, rest = data[:HEADER_BYTES], data[HEADER_BYTES:]
        if not header.startswith(MAGIC) or len(data) > MAX_BYTES:
            raise VaultDamaged(f"{path.name} is damaged: it is no store of this app")
        if header[-CHECK_BYTES:] != self._check:
            raise VaultLocked(f"{path.name} was encrypted by another phone's key")
        try:
            plain = self._key.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], header)
            contents = Contents.from_json(json_object(plain, max_size=MAX_BYTES))
        except NewerVersion as error:
            raise VaultNewer(f"{path.name} was {error}") from None
        except (InvalidTag, ValueError):
            raise VaultDamaged(f"{path.name} is damaged: {len(data)} bytes that do not decrypt") from None
        return _Slot(int.from_bytes(header[len(MAGIC) : len(MAGIC) + 8], "big"), contents)

    def _write(self, generation: int, contents: Contents) -> None:
        header = MAGIC + generation.to_bytes(8, "big") + self._check
        nonce = secrets.token_bytes(NONCE_BYTES)
        data = header + nonce + self._key.encrypt(nonce, json_dumps(contents.to_json()), header)
        if len(data) > MAX_BYTES:  # what `_read` would refuse must never take a good slot's place
            raise VaultError(f"the store is full: {len(data)} bytes; it holds {MAX_BYTES}")
        path = self._folder / SLOTS[generation % 2]
        try:
            _replace(path, data)
        except OSError as error:
            raise VaultError(f"the store cannot be written: {error.strerror}: {self._folder}") from error


def set_aside(folder: Path) -> list[Path]:
    """Rename what cannot be opened, so that a new store can begin; the damaged files stay."""
    moved = []
    for name in SLOTS:
        path = folder / name
        if path.exists():
            kept = path.with_name(f"{name}.damaged-{secrets.token_hex(4)}")
            path.rename(kept)
            moved.append(kept)
    return moved


def _guard(folder: Path) -> BinaryIO:
    """Hold the folder's lock file, so that two windows never write in turn. Raises VaultInUse."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        guard = (folder / "lock").open("wb")
    except OSError as error:
        raise VaultError(f"the store cannot be opened: {error.strerror}: {folder}") from error
    try:
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        guard.close()
        raise VaultInUse("the wallet is already open in another window") from None
    return guard


def _replace(path: Path, data: bytes) -> None:
    """Write beside `path`, sync, rename over it, sync the folder."""
    draft = path.with_name(f"{path.name}.draft")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
