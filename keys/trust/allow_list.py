"""What a stolen key truly signed: salted hashes of signing inputs, 16 bytes each, in one sorted file.

    "OBAL" 0x02, the first 8 bytes of SHA-256(key id), salt (16 bytes),
    then the first 16 bytes of SHA-256(salt || JWS signing input), sorted

A list is one key's: with another's it would void all that this one truly signed, and nobody would notice.
A thief can grind a false positive out of a Bloom filter; against 128 bits under a salt that was drawn after
the theft there is nothing to grind.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

MAGIC: Final = b"OBAL\x02"
KEY_BYTES: Final = 8
SALT_BYTES: Final = 16
ENTRY_BYTES: Final = 16
MAX_ENTRIES: Final = 2_000_000
_SALT: Final = len(MAGIC) + KEY_BYTES
_START: Final = _SALT + SALT_BYTES
MAX_FILE: Final = _START + MAX_ENTRIES * ENTRY_BYTES


class AllowListError(ValueError):
    """Bytes that are no allow list, or one that cannot be made; says why."""


class AllowList:
    """A key's allow list, searched in place: nothing is unpacked."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        """`data` is a file that `read` has checked, or that the device itself wrote down after that."""
        self.data = data

    @classmethod
    def read(cls, data: bytes, kid: str) -> "AllowList":
        """The list of key `kid`, of a file in its one spelling. Raises AllowListError."""
        if not data.startswith(MAGIC):
            raise AllowListError("not an allow list of a version that is known here")
        if len(data) >= _START and data[len(MAGIC) : _SALT] != _key_hash(kid):
            raise AllowListError(f"the allow list of another key than {kid}")
        size, rest = divmod(len(data) - _START, ENTRY_BYTES)
        if size < 0 or rest:
            raise AllowListError(f"an allow list of {len(data)} bytes, which no number of entries gives")
        if size > MAX_ENTRIES:
            raise AllowListError(f"an allow list of {size} entries; at most {MAX_ENTRIES} are read")
        listed = [data[at : at + ENTRY_BYTES] for at in range(_START, len(data), ENTRY_BYTES)]
        if any(one >= other for one, other in pairwise(listed)):
            raise AllowListError("an allow list out of order, or with an entry twice")
        return cls(data)

    def holds(self, signing_input: bytes) -> bool:
        """Whether the key's owner says that it truly signed this (`header.payload`, as in RFC 7515 § 5.1)."""
        data = self.data
        wanted = _entry(data[_SALT:_START], signing_input)
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            at = _START + middle * ENTRY_BYTES
            if data[at : at + ENTRY_BYTES] < wanted:
                low = middle + 1
            else:
                high = middle
        at = _START + low * ENTRY_BYTES
        return data[at : at + ENTRY_BYTES] == wanted

    def __len__(self) -> int:
        """How many signing inputs it holds."""
        return entries(len(self.data))

    def __eq__(self, other: object) -> bool:
        """The same file."""
        return isinstance(other, AllowList) and self.data == other.data

    def __hash__(self) -> int:
        """By its bytes."""
        return hash(self.data)

    def __repr__(self) -> str:
        """Say how many it holds."""
        return f"AllowList({len(self)} entries)"


def entries(length: int) -> int:
    """How many entries a file of so many bytes has."""
    return max(0, (length - _START) // ENTRY_BYTES)


def build(kid: str, signing_inputs: Iterable[bytes], salt: bytes) -> bytes:
    """The file of key `kid`; `salt` is 16 random bytes, drawn after the theft. Raises AllowListError."""
    if len(salt) != SALT_BYTES:
        raise AllowListError(f"a salt of {len(salt)} bytes; {SALT_BYTES} are needed")
    listed = sorted({_entry(salt, one) for one in signing_inputs})
    if len(listed) > MAX_ENTRIES:
        raise AllowListError(f"{len(listed)} signing inputs; an allow list holds {MAX_ENTRIES}")
    return b"".join((MAGIC, _key_hash(kid), salt, *listed))


def _key_hash(kid: str) -> bytes:
    from hashlib import sha256

    return sha256(kid.encode()).digest()[:KEY_BYTES]


def _entry(salt: bytes, signing_input: bytes) -> bytes:
    from hashlib import sha256  # loads OpenSSL a second time: most checks ask no allow list

    return sha256(salt + signing_input).digest()[:ENTRY_BYTES]
