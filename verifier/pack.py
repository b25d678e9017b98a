"""The sea pack as bytes: trust metadata, keys and status lists in one file. `intake` verifies what it says.

    magic "OMBPACK" 0x02, then lengths: head deflated, head inflated, values, lists (4 bytes each, big-endian)
    head: raw deflate of  index (compact JSON), NUL, then each text file without its values (`pack_text`), NUL
    values lifted, then files that are no text, one after another
    lists: status list tokens, snapshots and deltas, one after another
    SHA-256 over all before

The digest is checked before anything is parsed. It finds damage, not forgery: every part is signed in itself.
A pack's id does not depend on these bytes: see `pack_id`.
"""

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct
from typing import Final

from keys.encoding import EncodingError, Json, json_dumps, json_object
from verifier import pack_text

__all__ = ["MAX_PACK", "Pack", "PackError", "build", "read"]

MAGIC: Final = b"OMBPACK\x02"
ANY: Final = "any"  # the base of what adds to whatever a device holds
MAX_PACK: Final = 64 << 20
MAX_HEAD: Final = 4 << 20  # 200 flags with 50 keys each
MAX_PARTS: Final = 4_096
MAX_INDEX: Final = 1 << 20
DIGEST_SIZE: Final = 32

_LENGTHS: Final = Struct(">IIII")
_START: Final = len(MAGIC) + _LENGTHS.size
# Names are keys, never paths on a disk: no folder above, nothing hidden. `*` is the file's own hash.
_PART: Final = r"[0-9A-Za-z_*-][0-9A-Za-z._*-]{0,127}"
_NAME: Final = re.compile(rf"(?:{_PART}/){{0,3}}{_PART}", re.ASCII)
_WHOLE: Final = ("format", "version", "files", "others", "lists")  # an index, and what updates add to it
_MEMBERS: Final = (_WHOLE, (*_WHOLE, "base"), (*_WHOLE, "base", "completes"))
_ID: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{12}", re.ASCII)


class PackError(ValueError):
    """A file that is no sea pack, or a damaged one; says what is wrong."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The contents of a pack, unverified.

    `base` names the pack that an update builds on (or `ANY`), and `completes` the one that the two make
    together: words and no more, nothing is trusted because of them.
    """

    files: Mapping[str, bytes]
    lists: tuple[bytes, ...]
    base: str | None = None
    completes: str | None = None


def build(
    files: Mapping[str, bytes],
    lists: Iterable[bytes],
    *,
    base: str | None = None,
    completes: str | None = None,
) -> bytes:
    """The pack of these published trust files and status lists, in their order.

    Raises PackError if it is too large, or would not be read.
    """
    texts = sorted((name for name in files if pack_text.is_text(files[name])), key=_place)
    others = sorted(files.keys() - set(texts))
    short = [pack_text.short_name(name, files[name]) for name in texts]
    hashes = [
        sha256(files[n]).hexdigest() for n, s in zip(texts, short, strict=True) if pack_text.OWN_HASH in s
    ]
    lifter = pack_text.Lifter(hashes)
    lifted = [lifter.lift(files[name]) for name in texts]
    blobs = tuple(lists)
    index: dict[str, Json] = {
        "format": "ombord-pack",
        "version": 2,
        "files": [*short],
        "others": [[pack_text.short_name(name, files[name]), len(files[name])] for name in others],
        "lists": [len(blob) for blob in blobs],
    }
    if base is not None:
        index["base"] = base
    if completes is not None:
        index["completes"] = completes
    head = b"\0".join((json_dumps(index), *lifted)) + b"\0"
    values = b"".join((lifter.values, *(files[name] for name in others)))
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    deflated = compressor.compress(head) + compressor.flush()
    parts = b"".join(blobs)
    if len(head) > MAX_HEAD or len(deflated) + len(values) + len(parts) > MAX_PACK:
        raise PackError(f"{len(head)} bytes of metadata and {len(parts)} of lists: more than a pack may hold")
    lengths = _LENGTHS.pack(len(deflated), len(head), len(values), len(parts))
    body = b"".join((MAGIC, lengths, deflated, values, parts))
    data = body + sha256(body).digest()
    if (again := read(data)).files != files or again.lists != blobs:  # what we build, we can read
        raise PackError("these files do not survive a pack: is one named by its hash that is not?")
    return data


def _place(name: str) -> tuple[bool, str, str]:
    """Targets first, since others name their hashes; then like beside like, for deflate's window."""
    folder, _, file = name.rpartition("/")
    # Swapped: root and directory, which give the key ids, come before the flags, whose names are capitals.
    return not folder, "" if folder else file.partition(".")[2].swapcase(), name


def read(data: bytes) -> Pack:
    """Take a pack apart, strictly. Raises PackError."""
    end = _checked(data)
    deflated_size, head_size, values_size, parts_size = _LENGTHS.unpack_from(data, len(MAGIC))
    values_at = _START + deflated_size
    parts_at = values_at + values_size
    if parts_at + parts_size != end:
        raise PackError("the lengths in the sea pack do not add up")
    head = _inflate(data[_START:values_at], head_size)
    index, texts = _index(head)
    files = _files(index, texts, data[values_at:parts_at])
    lists = _cut(data[parts_at:end], [_size(one) for one in _entries(index, "lists")])
    return Pack(files, lists, _label(index, "base"), _label(index, "completes"))


def _checked(data: bytes) -> int:
    """Where a pack that is undamaged, and of this version, ends but for its digest."""
    if len(data) > MAX_PACK:
        raise PackError(f"{len(data)} bytes; a sea pack has at most {MAX_PACK}")
    if not data.startswith(MAGIC[:-1]):
        raise PackError("this is no sea pack")
    if len(data) < _START + DIGEST_SIZE:
        raise PackError("the sea pack is cut short")
    end = len(data) - DIGEST_SIZE
    if sha256(memoryview(data)[:end]).digest() != data[end:]:
        raise PackError("the sea pack is damaged: its digest does not fit; fetch it again")
    if not data.startswith(MAGIC):
        raise PackError(f"a sea pack of version {data[len(MAGIC) - 1]}, which this version does not read")
    return end


def _index(head: bytes) -> tuple[dict[str, Json], list[bytes]]:
    """The index and the text files, each ended by a NUL."""
    text, *texts = head.split(b"\0", MAX_PARTS + 2)
    if not texts or texts.pop():
        raise PackError("the metadata in the sea pack is cut off")
    try:
        index = json_object(text, max_size=MAX_INDEX)
    except EncodingError as error:
        raise PackError(f"the index of the sea pack: {error}") from None
    if (index.get("format"), index.get("version")) != ("ombord-pack", 2):
        raise PackError("the index of the sea pack is of another format or version")
    if tuple(index) not in _MEMBERS:
        raise PackError("the index of the sea pack has other members than it should, or in another order")
    if index.get("base") == ANY and "completes" in index:
        raise PackError("the index of the sea pack: what adds to any pack completes none")
    if json_dumps(index) != text:
        raise PackError("the index of the sea pack is not in its one spelling")
    return index, texts


def _files(index: Mapping[str, Json], texts: list[bytes], values: bytes) -> dict[str, bytes]:
    """Each file by its full name, values put back."""
    names = [_file_name(name) for name in _entries(index, "files")]
    if len(names) != len(texts):
        raise PackError("the index of the sea pack names another number of files than there are")
    if pack_text.grown(b"".join(texts)) > MAX_HEAD:
        raise PackError(f"metadata of over {MAX_HEAD} bytes, which is more than is read")
    others = []
    for entry in _entries(index, "others"):
        if not isinstance(entry, list) or len(entry) != 2:
            raise PackError("the index of the sea pack has a file without a size")
        others.append((_file_name(entry[0]), _size(entry[1])))
    lifted = len(values) - sum(length for _, length in others)
    if lifted < 0:
        raise PackError("the sizes of the files in the sea pack do not add up")
    try:
        found = [*pack_text.restore(names, texts, values[:lifted])]
    except pack_text.LiftingError as error:
        raise PackError(f"the metadata in the sea pack: {error}") from None
    contents = _cut(values[lifted:], [length for _, length in others])
    for (name, _), content in zip(others, contents, strict=True):
        found.append((name.replace(pack_text.OWN_HASH, sha256(content).hexdigest()), content))
    files = dict(found)
    if len(files) != len(found):
        raise PackError("the sea pack holds a file twice")
    return files


def _label(index: Mapping[str, Json], name: str) -> str | None:
    value = index.get(name)
    if value is None and name not in index:
        return None
    if not isinstance(value, str) or not (_ID.fullmatch(value) or (name, value) == ("base", ANY)):
        raise PackError(f"the index of the sea pack: {name} is no name of a pack")
    return value


def _inflate(deflated: bytes, length: int) -> bytes:
    """Raw deflate that must become exactly so long. Raises PackError."""
    if length > MAX_HEAD:
        raise PackError(f"metadata of {length} bytes; at most {MAX_HEAD} are read")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        head = inflater.decompress(deflated, length + 1)
    except zlib.error:
        raise PackError("the metadata in the sea pack cannot be inflated") from None
    if len(head) != length or not inflater.eof or inflater.unused_data:
        raise PackError("the metadata in the sea pack has another length than it says")
    return head


def _entries(index: Mapping[str, Json], name: str) -> list[Json]:
    """A list in the index, not too long. Raises PackError."""
    value = index.get(name)
    if not isinstance(value, list) or len(value) > MAX_PARTS:
        raise PackError(f"the index of the sea pack has no list of {name}, or one too long")
    return value


def _file_name(value: Json) -> str:
    """A name that a file may have. Raises PackError."""
    if not isinstance(value, str) or _NAME.fullmatch(value) is None or value.count(pack_text.OWN_HASH) > 1:
        raise PackError(f"the index of the sea pack names a file that it may not: {str(value)[:60]!r}")
    return value


def _size(value: Json) -> int:
    """A size in bytes. Raises PackError."""
    if type(value) is not int or not 0 < value <= MAX_PACK:
        raise PackError("the index of the sea pack has an impossible size")
    return value


def _cut(data: bytes, sizes: list[int]) -> tuple[bytes, ...]:
    """Parts that lie one after another. Raises PackError unless they fill `data`."""
    if sum(sizes) != len(data):
        raise PackError("the sizes of the lists in the sea pack do not add up")
    parts, at = [], 0
    for length in sizes:
        parts.append(data[at : at + length])
        at += length
    return tuple(parts)
