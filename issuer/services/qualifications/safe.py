"""Personal data at rest: AES-256-GCM under a key of each person's own, which the service's key wraps.

The associated data of what is sealed is its table, column and row: a value that is moved to another place
opens nowhere. Numbers are looked up by a keyed hash. Whoever destroys a person's key has erased what it
sealed; what the service's own key seals (refused reports of persons unknown) lives as long as its row.
"""

import hmac
import os
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from issuer.domain.errors import IssuerError

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12  # NIST SP 800-38D, 8.2.2: random; a person's key seals far fewer than 2^32 values
_FINGERPRINT: Final = 16


class SealBroken(IssuerError):
    """What was sealed does not open: another service key, a moved value, or a damaged one."""

    code = "seal-broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sealed value lies."""

    table: str
    column: str
    row: str

    @property
    def associated(self) -> bytes:
        """Unambiguous: none of the three holds a NUL."""
        return "\0".join((self.table, self.column, self.row)).encode()


class PersonKey:
    """One person's key, unwrapped."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, place: Place) -> bytes:
        """Nonce, ciphertext and tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, place.associated)

    def open(self, sealed: bytes, place: Place) -> bytes:
        """The plain text. Raises SealBroken."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.associated)
        except (InvalidTag, ValueError) as error:
            raise SealBroken(
                f"{place.table}.{place.column} does not open",
                hint="check that personal_data_key is the one that sealed it, or restore a backup",
            ) from error


class Safe:
    """The service's key: it wraps persons' keys, makes blind indexes and seals what is nobody's yet."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError(f"a service key has {KEY_BYTES} bytes")
        self._own = PersonKey(_derived(master, b"wrap"))
        self._index = _derived(master, b"index")
        self.fingerprint = sha256(_derived(master, b"name")).hexdigest()[:_FINGERPRINT]

    def new_key(self, seafarer_id: str) -> tuple[PersonKey, bytes]:
        """A person's key, and as it is stored."""
        key = os.urandom(KEY_BYTES)
        return PersonKey(key), self._own.seal(key, _wrapped(seafarer_id))

    def unwrap(self, wrapped: bytes, seafarer_id: str) -> PersonKey:
        """The key as stored, opened. Raises SealBroken."""
        return PersonKey(self._own.open(wrapped, _wrapped(seafarer_id)))

    def seal(self, plain: bytes, place: Place) -> bytes:
        """Under the service's own key: of somebody whom the register does not know."""
        return self._own.seal(plain, place)

    def open(self, sealed: bytes, place: Place) -> bytes:
        """What `seal` sealed. Raises SealBroken."""
        return self._own.open(sealed, place)

    def blind_index(self, kind: str, number: str) -> str:
        """By what a number is found again, and from which nobody without the key finds the number."""
        return hmac.digest(self._index, f"{kind}\0{number}".encode(), "sha256").hex()

    def digest(self, content: bytes) -> str:
        """Tells equal contents from others, and nothing else: short ones cannot be guessed."""
        return hmac.digest(self._index, b"content\0" + content, "sha256").hex()


def _derived(master: bytes, use: bytes) -> bytes:
    """RFC 5869; a key for each use."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"ombord personal data 1 " + use).derive(master)


def _wrapped(seafarer_id: str) -> Place:
    return Place(table="person", column="wrapped_key", row=seafarer_id)
