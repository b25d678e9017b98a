"""Version 1 of the sea pack, which is still read: every file whole in one deflated head, lists as tokens.

magic "OMBPACK" 0x01, then big-endian lengths: head deflated (4), head inflated (4), all lists (4)
head: raw deflate of  index length (4), index (JSON), the files one after another
lists: status list tokens, one after another
SHA-256 over all before, by which `pack` has known it for undamaged
"""

from struct import Struct
from typing import Final

from keys.encoding import Json
from verifier.pack import (
    DIGEST_SIZE,
    ELDER,
    MAX_INDEX,
    PackError,
    cut,
    entries,
    file_name,
    inflate,
    parse_index,
    size,
)

_LENGTHS: Final = Struct(">III")
_INDEX_LENGTH: Final = Struct(">I")
_START: Final = len(ELDER) + _LENGTHS.size


def read(data: bytes, end: int) -> tuple[dict[str, bytes], tuple[bytes, ...], str]:
    """Files, tokens and digest of a pack that ends, but for its digest, at `end`. Raises PackError."""
    if end < _START:
        raise PackError("the sea pack is cut short")
    deflated_size, head_size, blobs_size = _LENGTHS.unpack_from(data, len(ELDER))
    if _START + deflated_size + blobs_size != end:
        raise PackError("the lengths in the sea pack do not add up")
    blobs_at = _START + deflated_size
    files, sizes = _files(inflate(data[_START:blobs_at], head_size))
    blobs = data[blobs_at:end]
    if not blobs.isascii():
        raise PackError("a status list in the sea pack is no text")
    return files, cut(blobs, sizes), data[end : end + DIGEST_SIZE].hex()


def _files(head: bytes) -> tuple[dict[str, bytes], list[int]]:
    """Each file by its name, and the sizes of the lists."""
    start = _INDEX_LENGTH.size
    at = start + (_INDEX_LENGTH.unpack_from(head)[0] if len(head) >= start else 0)
    if not start < at <= min(len(head), start + MAX_INDEX):
        raise PackError("the index of the sea pack has an impossible length")
    index = parse_index(head[start:at], 1)
    files: dict[str, bytes] = {}
    for entry in entries(index, "files"):
        name, length = _entry(entry)
        if name in files:
            raise PackError("the sea pack holds a file twice")
        files[name] = head[at : at + length]
        at += length
    if at != len(head):
        raise PackError("the sizes of the files in the sea pack do not add up")
    return files, [size(one) for one in entries(index, "lists")]


def _entry(entry: Json) -> tuple[str, int]:
    name = file_name(entry.get("name") if isinstance(entry, dict) else None)
    if "*" in name or not isinstance(entry, dict):
        raise PackError(f"the index of the sea pack names a file that it may not: {name[:60]!r}")
    return name, size(entry.get("size"))
