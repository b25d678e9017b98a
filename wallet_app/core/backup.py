"""Backups: the certificates in one encrypted file, which opens with six words on any phone.

A file is the magic `OBK1`, Argon2id's memory in KiB and its iterations (4 bytes each), a salt (16), a nonce
(12), JSON under AES-256-GCM with all before it as associated data, and SHA-256 of all that: so that a damaged
file is told apart from a wrong passphrase. The phone's key is not in it: certificates that come back on
another phone show what was issued, and prove nothing about who shows it until they are issued anew.
"""

import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from keys.encoding import json_dumps, json_object
from keys.jwk import PublicKey
from verifier.ui.work import WorkError
from wallet_app.core import held, history
from wallet_app.core.contents import Contents
from wallet_app.core.held import Held, Unreadable
from wallet_app.core.records import StoredCredential
from wallet_app.core.shapes import NewerVersion
from wallet_app.core.vault import Vault, VaultError

MAGIC: Final = b"OBK1"
ENDING: Final = ".ombord"
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
MEMORY_KIB: Final = 65_536  # 64 MiB and three passes, as for the keys of an authority
ITERATIONS: Final = 3
MOST_MEMORY: Final = 262_144
MOST_ITERATIONS: Final = 16
HEADER_BYTES: Final = len(MAGIC) + 8 + SALT_BYTES + NONCE_BYTES
DIGEST_BYTES: Final = 32
MAX_BYTES: Final = 16 * 1024 * 1024
STEPS: Final = 3


class Fault(Enum):
    """Why a backup was not made or not restored."""

    NO_BACKUP = "no-backup"
    DAMAGED = "damaged"
    WRONG_WORDS = "wrong-words"
    NEWER = "newer"
    OTHER_PERSON = "other-person"
    NOT_READ = "not-read"
    NOT_STORED = "not-stored"


class BackupError(WorkError):
    """Nothing was changed. `detail` is for support, and says nothing about a person."""

    def __init__(self, fault: Fault, detail: str) -> None:
        self.fault, self.detail = fault, detail
        super().__init__(f"{fault.value}: {detail}")


class Restored(NamedTuple):
    """How many certificates came back, how many were there already, and how many are another phone's."""

    added: int
    known: int
    not_bound: int


Tell = Callable[[float], None]


def seal(contents: Contents, words: Sequence[str], tell: Tell = lambda _: None) -> bytes:
    """The file: certificates and history, no secret of this phone. Takes a part of a second and 64 MiB."""
    kept = Contents(credentials=contents.credentials, shown=contents.shown)
    sizes = MEMORY_KIB.to_bytes(4, "big") + ITERATIONS.to_bytes(4, "big")
    header = MAGIC + sizes + secrets.token_bytes(SALT_BYTES + NONCE_BYTES)
    tell(1 / STEPS)
    key = _key(header, words)
    tell(2 / STEPS)
    body = header + AESGCM(key).encrypt(header[-NONCE_BYTES:], json_dumps(kept.to_json()), header)
    return body + sha256(body).digest()


def unseal(data: bytes, words: Sequence[str], tell: Tell = lambda _: None) -> Contents:
    """What is in the file. Raises BackupError; time and memory are bounded whatever the file says."""
    body = require_whole(data)
    header, rest = body[:HEADER_BYTES], body[HEADER_BYTES:]
    tell(1 / STEPS)
    key = _key(header, words)
    tell(2 / STEPS)
    try:
        plain = AESGCM(key).decrypt(header[-NONCE_BYTES:], rest, header)
    except InvalidTag:
        raise BackupError(Fault.WRONG_WORDS, "the file is whole and these words do not open it") from None
    try:
        return Contents.from_json(json_object(plain, max_size=MAX_BYTES))
    except NewerVersion as error:
        raise BackupError(Fault.NEWER, str(error)) from None
    except ValueError as error:
        raise BackupError(Fault.DAMAGED, str(error)) from None


def require_whole(data: bytes) -> bytes:
    """The file without its digest. Raises BackupError: no backup, one of a newer app, or a damaged one."""
    if len(data) > MAX_BYTES or not data.startswith(MAGIC[:3]):
        raise BackupError(Fault.NO_BACKUP, f"{len(data)} bytes that do not begin as a backup")
    body, digest = data[:-DIGEST_BYTES], data[-DIGEST_BYTES:]
    if len(body) <= HEADER_BYTES or sha256(body).digest() != digest:
        raise BackupError(Fault.DAMAGED, f"{len(data)} bytes whose digest does not fit")
    if not data.startswith(MAGIC):
        raise BackupError(Fault.NEWER, f"a backup of the form {data[:4]!r}")
    return body


def restore(vault: Vault, contents: Contents, holder_key: PublicKey) -> Restored:
    """Put what a backup held beside what is in the vault. Raises BackupError and changes nothing."""
    before = vault.contents
    there = {one.text for one in before.credentials}
    new = tuple(one for one in contents.credentials if one.text not in there)
    back = _readable(contents.credentials, holder_key)
    _require_same_person(_readable(before.credentials, holder_key), back)

    def beside(now: Contents) -> Contents:
        shown = history.merged(now.shown, contents.shown)
        return replace(now, credentials=(*now.credentials, *new), shown=shown)

    try:
        vault.update(beside)
    except VaultError as error:
        raise BackupError(Fault.NOT_STORED, str(error)) from error
    return Restored(len(new), len(contents.credentials) - len(new), sum(not one.is_ours for one in back))


def _require_same_person(here: Sequence[Held], others: Sequence[Held]) -> None:
    """A wallet holds one person's certificates (decision 0008)."""
    known = [one.certificate for one in here]
    strange = [
        one for one in others if known and not any(held.is_same_person(one.certificate, two) for two in known)
    ]
    if strange:
        raise BackupError(Fault.OTHER_PERSON, f"{len(strange)} certificates are another person's")


def _readable(credentials: Sequence[StoredCredential], holder_key: PublicKey) -> list[Held]:
    found = []
    for stored in credentials:
        with contextlib.suppress(Unreadable):
            found.append(held.read(stored, holder_key))
    return found


def _key(header: bytes, words: Sequence[str]) -> bytes:
    memory, iterations = (int.from_bytes(header[place : place + 4], "big") for place in (4, 8))
    if not (8 <= memory <= MOST_MEMORY and 1 <= iterations <= MOST_ITERATIONS):
        raise BackupError(Fault.DAMAGED, f"Argon2id with {memory} KiB and {iterations} iterations")
    salt = header[12 : 12 + SALT_BYTES]
    kdf = Argon2id(salt=salt, length=32, iterations=iterations, lanes=1, memory_cost=memory)
    return kdf.derive(" ".join(words).encode())
