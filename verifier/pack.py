"""The sea pack as bytes: trust metadata, keys and status lists in one file. `intake` verifies what it says.

    magic "OMBPACK" 0x01, then big-endian lengths: head deflated (4), head inflated (4), all lists (4)
    head: raw deflate of  index length (4), index (JSON), the files one after another
    lists: status list tokens, one after another
    SHA-256 over all before

The digest is checked before anything is parsed. It finds damage, not forgery: every part is signed in itself.
"""

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct
from typing import Final

from keys.encoding import EncodingError, Json, json_dumps, json_object

MAGIC: Final = b"OMBPACK\x01"
MAX_PACK: Final = 64 << 20
MAX_HEAD: Final = 16 << 20
MAX_PARTS: Final = 4_096
MAX_INDEX: Final = 1 << 20

_LENGTHS: Final = Struct(">III")
_INDEX_LENGTH: Final = Struct(">I")
_DIGEST_SIZE: Final = 32
_START: Final = len(MAGIC) + _LENGTHS.size
# Names are keys, never paths on a disk: no folder above, nothing hidden.
_NAME: Final = re.compile(
    r"(?:[0-9A-Za-z_-][0-9A-Za-z._-]{0,127}/){0,3}[0-9A-Za-z_-][0-9A-Za-z._-]{0,127}", re.ASCII
)


class PackError(ValueError):
    """A file that is no sea pack, or a damaged one; says what is wrong."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The contents of a pack, unverified. `digest` names it."""

    files: Mapping[str, bytes]
    lists: tuple[str, ...]
    digest: str


def build(files: Mapping[str, bytes], lists: Iterable[str]) -> bytes:
    """The pack of these published trust files and status list tokens. Raises PackError if it is too large."""
    tokens = [token.encode("ascii") for token in lists]
    index = json_dumps(
        {
            "format": "ombord-pack",
            "version": 1,
            "files": [{"name": name, "size": len(files[name])} for name in sorted(files)],
            "lists": [len(token) for token in tokens],
        }
    )
    head = b"".join((_INDEX_LENGTH.pack(len(index)), index, *(files[name] for name in sorted(files))))
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    deflated = compressor.compress(head) + compressor.flush()
    blobs = b"".join(tokens)
    if len(head) > MAX_HEAD or len(deflated) + len(blobs) > MAX_PACK:
        raise PackError(f"{len(head)} bytes of metadata and {len(blobs)} of lists: more than a pack may hold")
    body = b"".join((MAGIC, _LENGTHS.pack(len(deflated), len(head), len(blobs)), deflated, blobs))
    data = body + sha256(body).digest()
    read(data)  # what we build, we can read
    return data


def read(data: bytes) -> Pack:
    """Take a pack apart, strictly. Raises PackError."""
    if len(data) > MAX_PACK:
        raise PackError(f"{len(data)} bytes; a sea pack has at most {MAX_PACK}")
    if not data.startswith(MAGIC[:-1]):
        raise PackError("this is no sea pack")
    if len(data) < _START + _DIGEST_SIZE:
        raise PackError("the sea pack is cut short")
    body, digest = data[:-_DIGEST_SIZE], data[-_DIGEST_SIZE:]
    if sha256(body).digest() != digest:
        raise PackError("the sea pack is damaged: its digest does not fit; fetch it again")
    if not data.startswith(MAGIC):
        raise PackError(f"a sea pack of version {data[len(MAGIC) - 1]}, which this version does not read")
    deflated_size, head_size, blobs_size = _LENGTHS.unpack_from(data, len(MAGIC))
    if _START + deflated_size + blobs_size != len(body):
        raise PackError("the lengths in the sea pack do not add up")
    blobs_at = _START + deflated_size
    files, sizes = _files(_inflate(body[_START:blobs_at], head_size))
    return Pack(files, _tokens(body[blobs_at:], sizes), digest.hex())


def _inflate(deflated: bytes, size: int) -> bytes:
    if size > MAX_HEAD:
        raise PackError(f"metadata of {size} bytes; at most {MAX_HEAD} are read")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        head = inflater.decompress(deflated, size + 1)
    except zlib.error:
        raise PackError("the metadata in the sea pack cannot be inflated") from None
    if len(head) != size or not inflater.eof or inflater.unused_data:
        raise PackError("the metadata in the sea pack has another length than it says")
    return head


def _files(head: bytes) -> tuple[dict[str, bytes], list[int]]:
    """Each file by its name, and the sizes of the lists."""
    start = _INDEX_LENGTH.size
    at = start + (_INDEX_LENGTH.unpack_from(head)[0] if len(head) >= start else 0)
    if not start < at <= min(len(head), start + MAX_INDEX):
        raise PackError("the index of the sea pack has an impossible length")
    try:
        index = json_object(head[start:at], max_size=MAX_INDEX)
    except EncodingError as error:
        raise PackError(f"the index of the sea pack: {error}") from None
    if (index.get("format"), index.get("version")) != ("ombord-pack", 1):
        raise PackError("the index of the sea pack is of another format or version")
    files: dict[str, bytes] = {}
    for entry in _entries(index, "files"):
        name, size = (entry.get("name"), _size(entry.get("size"))) if isinstance(entry, dict) else (None, 0)
        if not isinstance(name, str) or _NAME.fullmatch(name) is None or name in files:
            raise PackError(f"the index of the sea pack names a file that it may not: {str(name)[:60]!r}")
        files[name] = head[at : at + size]
        at += size
    if at != len(head):
        raise PackError("the sizes of the files in the sea pack do not add up")
    return files, [_size(size) for size in _entries(index, "lists")]


def _tokens(blobs: bytes, sizes: list[int]) -> tuple[str, ...]:
    if sum(sizes) != len(blobs) or not blobs.isascii():
        raise PackError("the sizes of the lists in the sea pack do not add up")
    tokens, at = [], 0
    for size in sizes:
        tokens.append(blobs[at : at + size].decode("ascii"))
        at += size
    return tuple(tokens)


def _entries(index: Mapping[str, Json], name: str) -> list[Json]:
    value = index.get(name)
    if not isinstance(value, list) or len(value) > MAX_PARTS:
        raise PackError(f"the index of the sea pack has no list of {name}, or one too long")
    return value


def _size(value: Json) -> int:
    if type(value) is not int or not 0 < value <= MAX_PACK:
        raise PackError("the index of the sea pack has an impossible size")
    return value
