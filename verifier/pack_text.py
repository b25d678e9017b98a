"""Metadata files as text that deflates well: hashes, keys and signatures lifted out as raw bytes, losslessly.

Hexadecimal costs deflate some 4.3 bits a digit and base64url 6.1 a character, where 4 and 6 are all there is;
key ids follow from keys. What stands alone in quotes leaves one control byte, which no text has otherwise:

    0x01  64 small hexadecimal digits: 32 bytes
    0x02  128 small hexadecimal digits: 64 bytes
    0x03  43 characters of base64url: 32 bytes
    0x04  64 small hexadecimal digits: the SHA-256 of the next file, in order, that is named by its hash
    0x05  8 small hexadecimal digits: the id of the Ed25519 key that is the next value
    0x06  8 small hexadecimal digits, and a byte from 0x80 on: the id that 0x05 gave as the first, second, ...
"""

import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

from keys.encoding import EncodingError, b64url_decode, b64url_encode

OWN_HASH: Final = "*"  # in a name: the SHA-256 of the file itself, which needs no telling
_LIFTED: Final = re.compile(
    rb'"(?:([0-9a-f]{64})|([0-9a-f]{128})|([0-9A-Za-z_-]{43})'
    rb'|([0-9a-f]{8}))"(?=(?::\{"keytype":"ed25519","keyval":\{"public":"([0-9a-f]{64})")?)'
)
# One class first: the expression is asked for the next control byte, and not at every byte of the text.
_CONTROL: Final = re.compile(rb"([\x01-\x06](?:(?<=\x06)(?s:.))?)")
_TEXT: Final = bytes(range(0x20, 0x100))
_GROWS: Final = {1: 65, 2: 129, 3: 44, 4: 65, 5: 9, 6: 8}  # bytes that a control byte becomes more
_VALUES: Final = {1: 32, 2: 64, 3: 32}  # bytes of values that a control byte takes
_MOST_IDS: Final = 128
_URL: Final = bytes.maketrans(b"+/", b"-_")


class LiftingError(ValueError):
    """Control bytes and raw values that do not belong to each other."""


def is_text(data: bytes) -> bool:
    """Whether a file has no control characters, so that its values can be lifted."""
    return not data.translate(None, _TEXT)


def short_name(name: str, data: bytes) -> str:
    """A file's name, without its hash where it is named by that (TUF § 6.2, consistent snapshots)."""
    return name.replace(sha256(data).hexdigest(), OWN_HASH)


def grown(text: bytes) -> int:
    """How long lifted text becomes."""
    return len(text) + _sum(text, _GROWS)


def taken(text: bytes) -> int:
    """How many bytes of values go back into lifted text."""
    return _sum(text, _VALUES)


def _sum(text: bytes, worth: Mapping[int, int]) -> int:
    controls = text.translate(None, _TEXT)  # one pass over the text, however many kinds there are
    return sum(controls.count(control) * each for control, each in worth.items())


class Lifter:
    """Takes values out of one text after another; `hashes` are those of the files named by them, in order."""

    def __init__(self, hashes: Iterable[str]) -> None:
        self.values = bytearray()
        self._hashes = iter(hashes)
        self._awaited = next(self._hashes, "")
        self._ids: list[bytes] = []

    def lift(self, text: bytes) -> bytes:
        """The text with control bytes in its values' places."""
        return _LIFTED.sub(self._value, text)

    def _value(self, found: re.Match[bytes]) -> bytes:
        digits, signature, coordinate, id_, key = found.groups()
        if digits is not None:
            return self._hash(digits.decode("ascii"))
        if signature is not None:
            self.values += bytes.fromhex(signature.decode("ascii"))
            return b"\x02"
        if id_ is not None:
            return self._key_id(id_, key) or found[0]
        try:
            self.values += b64url_decode(coordinate)
        except EncodingError:
            return found[0]  # 43 characters of something else, such as a name
        return b"\x03"

    def _hash(self, digits: str) -> bytes:
        if digits == self._awaited:
            self._awaited = next(self._hashes, "")
            return b"\x04"
        self.values += bytes.fromhex(digits)
        return b"\x01"

    def _key_id(self, id_: bytes, key: bytes | None) -> bytes | None:
        if key is not None and _id_of(bytes.fromhex(key.decode("ascii"))) == id_:
            self._ids.append(id_)
            return b"\x05"
        known = self._ids[:_MOST_IDS]
        return b"\x06%c" % (0x80 + known.index(id_)) if id_ in known else None


def restore(names: Iterable[str], texts: Sequence[bytes], values: bytes) -> Iterator[tuple[str, bytes]]:
    """The files, by their full names, that `Lifter` took values out of. Raises LiftingError."""
    if taken(b"".join(texts)) != len(values):  # before anything is made of values that have no place
        raise LiftingError("the values and their places do not add up")
    restorer = _Restorer(values)
    for name, text in zip(names, texts, strict=True):
        pieces = _CONTROL.split(text)
        pieces[1::2] = map(restorer.value, pieces[1::2])
        data = b"".join(pieces)
        if OWN_HASH in name:
            digest = sha256(data).hexdigest()
            restorer.hashes.append(digest.encode("ascii"))
            name = name.replace(OWN_HASH, digest)
        yield name, data


class _Restorer:
    """Puts values back, in the order in which they were taken out."""

    def __init__(self, values: bytes) -> None:
        self._values, self._digits, self.at = values, values.hex().encode("ascii"), 0
        self.hashes: list[bytes] = []  # of the files named by them, as they come
        self._used = 0
        self._ids: list[bytes] = []

    def value(self, control: bytes) -> bytes:
        """What a control byte stands for."""
        start = self.at
        if control == b"\x03":
            self.at = end = start + 32
            return b'"%s"' % b2a_base64(self._values[start:end], newline=False)[:43].translate(_URL)
        if control in b"\x01\x02":
            self.at = end = start + (32 if control == b"\x01" else 64)
            return b'"%s"' % self._digits[2 * start : 2 * end]
        return b'"%s"' % (self._hash() if control == b"\x04" else self._key_id(control))

    def _hash(self) -> bytes:
        self._used += 1
        if self._used > len(self.hashes):
            raise LiftingError("a hash of a file that has not come yet")
        return self.hashes[self._used - 1]

    def _key_id(self, code: bytes) -> bytes:
        if code == b"\x05":
            self._ids.append(_id_of(self._values[self.at : self.at + 32]))
            return self._ids[-1]
        which = code[-1] - 0x80
        if not 0 <= which < len(self._ids):
            raise LiftingError("a key id that has not come yet")
        return self._ids[which]


def _id_of(key: bytes) -> bytes:
    """The short id of an Ed25519 key, as `keys.trust.plan.key_id` has it (RFC 7638's first 4 bytes)."""
    members = b'{"crv":"Ed25519","kty":"OKP","x":"%s"}' % b64url_encode(key).encode("ascii")
    return sha256(members).hexdigest()[:8].encode("ascii")
