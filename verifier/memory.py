"""What an import leaves for the next one, for `show` and for `export`, as one file of a generation.

sizes of the head and of all that follows, and the checksum of that (4 bytes each, big-endian); then the head
(JSON), the pinned root, the trust state, the verified trust files, the status list tokens, one after another

It tells by itself whether it is whole: `salvage` reads it where nothing beside it can be read.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from struct import Struct
from typing import TYPE_CHECKING, Final, NamedTuple

from keys.encoding import Json, json_dumps, json_object
from keys.trust.record import Record, RecordError, unix
from keys.trust.state import TrustState
from verifier import statement
from verifier.held import Held
from verifier.status import StatusList

if TYPE_CHECKING:
    from verifier.intake import Intake

_MAX_HEAD: Final = 32 << 20
_START: Final = Struct(">III")


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory(Held):
    """What is held, and what the last import had to say."""

    trust: TrustState
    numbers: Mapping[str, int]  # newest known to the signed index, by the list's address
    changes: tuple[str, ...]
    imported_at: datetime | None


class Written(NamedTuple):
    """The file of an import, and where in it each trust file begins."""

    data: bytes
    places: Mapping[str, int]


def write(intake: "Intake") -> Written:
    """The file of what was just taken in."""
    trust = intake.trust.to_json()
    statements = [one.statement for one in intake.lists.values() if one.statement is not None]
    head = json_dumps(
        {
            "format": "ombord-memory",
            "version": 1,
            "root": len(intake.root),
            "trust": len(trust),
            "parts": sorted(intake.parts),
            "files": _sizes(intake.files),
            "tokens": _sizes(intake.tokens),
            "statements": [statement.to_json(one) for one in statements],
            "seen": {uri: unix(signed_at) for uri, signed_at in intake.seen.items()},
            "numbers": dict(intake.directory.list_numbers),
            "changes": list(intake.changes),
            "imported_at": None if intake.at is None else unix(intake.at),
        }
    )
    before = (head, intake.root, trust)
    at = _START.size + sum(map(len, before))
    places = {}
    for name, data in intake.files.items():
        places[name] = at
        at += len(data)
    rest = b"".join((*before, *intake.files.values(), *intake.tokens.values()))
    return Written(_START.pack(len(head), len(rest), zlib.crc32(rest)) + rest, places)


def read(data: bytes, pack: str | None = None, lists: Mapping[str, StatusList] | None = None) -> Memory:
    """Read what `write` wrote; `lists` are the generation's, without statements. Raises ValueError."""
    if len(data) < _START.size:
        raise RecordError("memory: cut off")
    length, rest, checksum = _START.unpack_from(data)
    if rest != len(data) - _START.size or zlib.crc32(memoryview(data)[_START.size :]) != checksum:
        raise RecordError("memory: its checksum does not fit")
    at = _START.size + length
    head = Record(json_object(data[_START.size : at], max_size=_MAX_HEAD), "memory")
    if (head.text("format"), head.number("version")) != ("ombord-memory", 1):
        raise RecordError("memory: of another format or version")
    files, tokens = _named(head, "files"), _named(head, "tokens")
    root, trust, *rest = _cut(
        data, at, [head.number("root"), head.number("trust"), *files.values(), *tokens.values()]
    )
    statements = {one.uri: one for one in map(statement.from_json, head.records("statements"))}
    seen, numbers = head.record("seen"), head.record("numbers")
    changes = head.members().get("changes")
    return Memory(
        root=root,
        pack=pack,
        parts=frozenset(head.texts("parts", empty=True)),
        trust=TrustState.from_json(trust),
        files=dict(zip(files, rest, strict=False)),
        tokens=dict(zip(tokens, rest[len(files) :], strict=True)),
        lists={uri: replace(one, statement=statements.get(uri)) for uri, one in (lists or {}).items()},
        seen={uri: seen.instant(uri) for uri in seen.members()},
        numbers={uri: numbers.number(uri) for uri in numbers.members()},
        changes=tuple(str(one) for one in changes) if isinstance(changes, list) else (),
        imported_at=None if head.members().get("imported_at") is None else head.instant("imported_at"),
    )


def _sizes(blobs: Mapping[str, bytes]) -> list[Json]:
    return [[name, len(blob)] for name, blob in blobs.items()]


def _named(head: Record, member: str) -> dict[str, int]:
    sizes: dict[str, int] = {}
    entries = head.members().get(member)
    for entry in entries if isinstance(entries, list) else [None]:
        name, size = entry if isinstance(entry, list) and len(entry) == 2 else (None, None)
        if not isinstance(name, str) or type(size) is not int or size < 0:
            head.refuse(member, "a list of names and sizes")
        sizes[name] = size
    return sizes


def _cut(data: bytes, at: int, sizes: Sequence[int]) -> list[bytes]:
    parts = []
    for size in sizes:
        parts.append(data[at : at + size])
        at += size
    if at != len(data):
        raise RecordError("memory: its parts do not add up")
    return parts
