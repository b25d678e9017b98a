"""What import has verified, on disk: records and raw status arrays, which a check opens at once.

    current        the generation that counts, a checksum, and the index: where everything lies
    g-000001/      trust: a record for each authority; states: raw status arrays; allow: allow lists;
                   memory: what the next import needs, keys as their flags signed them too (`memory.py`)
    clock          the clock last seen

`store` writes a generation whole and makes it current by one rename: whatever dies, the last good one stays.
Checksums find damage by accident; who can write here can also replace the program.
"""

import os
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

from keys.encoding import Json, json_object
from keys.regular_file import opener
from keys.trust import directory as trust
from keys.trust.allow_list import AllowList
from keys.trust.directory import Authority, Directory, Environment, TrustedKey
from keys.trust.record import Record, RecordError
from verifier.status import Missing, StatusBook, StatusList

if TYPE_CHECKING:
    from verifier.memory import Memory

FORMAT: Final = ("ombord-state", 2)
MAX_INDEX: Final = 8 << 20
MAX_PART: Final = 256 << 20
CURRENT: Final = "current"
CLOCK: Final = "clock"
FRESH: Final = ".new"  # what a name ends with until it is renamed
_DAY: Final = 86_400
_ANEW: Final = "import the newest sea pack again: ombord-verify pack import FILE --root ROOT.json"
ELSEWHERE: Final = "check the folder, or choose another: OMBORD_HOME"

K = TypeVar("K")
V = TypeVar("V")


class StateError(ValueError):
    """What import has stored cannot be used; `hint` says what to do."""

    def __init__(self, problem: str, hint: str = _ANEW) -> None:
        super().__init__(problem)
        self.hint = hint


class NoState(StateError):
    """Nothing was imported yet."""


def home() -> str:
    """Where the verifier keeps its state: OMBORD_HOME, else the user's data folder (XDG)."""
    chosen = os.environ.get("OMBORD_HOME")
    if chosen:
        return chosen
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(data, "ombord")


class State:
    """One generation, read as it is asked for; nothing of it changes under a check."""

    def __init__(self, folder: str) -> None:
        """Open what is current in `folder`. Raises NoState or StateError."""
        generation, content = current(folder)
        self._folder = os.path.join(folder, generation)
        try:
            index = Record(json_object(content, max_size=MAX_INDEX), "index")
            if (index.text("format"), index.number("version")) != FORMAT:
                raise RecordError("another release of this program has written it")
            self.pack = index.text("pack")
            self._issuers = index.record("issuers").members()
            self._lists = index.record("lists")
            self._allow = {(one.text("iss"), one.text("kid")): one for one in index.records("allow")}
            self._memory = index.members().get("memory")
            missing = index.record("missing").members() if "missing" in index else {}
            why = {uri: Missing(str(name)) for uri, name in missing.items()}
            self.directory = Directory(
                environment=Environment(index.text("environment")),
                authorities=_Lazy(self._authority, self._issuers),
                keys=_Lazy(self._key, ()),
                time_floor=index.instant("time_floor"),
                published_at=index.instant("published_at"),
                allow_lists=_Lazy(self._allow_list, self._allow),
            )
        except ValueError as error:  # EncodingError, RecordError or an unknown environment
            raise _damaged(folder, str(error)) from None
        self.status: StatusBook = _StoredBook(
            _Lazy(self._list, self._lists.members()), pack=self.pack, missing=why
        )
        self._parts: dict[str, Directory] = {}

    @property
    def generation(self) -> str:
        """Which one it is: another import makes another."""
        return os.path.basename(self._folder)

    def held(self, lists: Mapping[str, StatusList] | None = None) -> "Memory":
        """What the next import starts from, with all lists or these, and what the last had to say.

        Raises StateError.
        """
        from verifier import memory

        lists = self.status if lists is None else lists
        try:
            return memory.read(self._part("memory", self._memory), pack=self.pack, lists=lists)
        except ValueError as error:
            if isinstance(error, StateError):
                raise
            raise _damaged(self._folder, f"memory: {error}") from None

    def keys_of(self, authority: Authority) -> "Collection[TrustedKey]":
        """All keys of an authority, as listed. Raises StateError."""
        return self._trust(authority.issuers[0]).keys.values()

    def _authority(self, iss: str) -> Authority:
        return self._trust(iss).authorities[iss]

    def _key(self, pair: tuple[str, str]) -> TrustedKey:
        return self._trust(pair[0]).keys[pair]

    def _trust(self, iss: str) -> Directory:
        """The record of an issuer's authority. KeyError for an issuer that is in none."""
        record = self._parts.get(iss)
        if record is None:
            try:
                record = self._parts[iss] = self._read_trust(self._issuers[iss])
            except ValueError as error:  # DirectoryError, EncodingError, RecordError or JwkError
                if isinstance(error, StateError):
                    raise
                raise _damaged(self._folder, str(error)) from None
        return record

    def _read_trust(self, places: Json) -> Directory:
        """An authority's record, and the keys that its flag has signed, but for those that count for less."""
        place, *signed = places if isinstance(places, list) else [None]
        record = trust.from_json(self._part("trust", place))
        keys: dict[tuple[str, str], TrustedKey] = {}
        for file in signed:
            listed = Record(
                json_object(self._part("memory", file), max_size=trust.MAX_TRUST_FILE), "keys.json"
            )
            keys.update(
                ((key.issuer, key.kid), key) for key in map(trust.key_from_json, listed.records("keys"))
            )
        return replace(record, keys={**keys, **record.keys})

    def _allow_list(self, pair: tuple[str, str]) -> AllowList:
        return AllowList(self._part("allow", self._allow[pair].members().get("part")))

    def _list(self, uri: str) -> StatusList:
        if uri not in self._lists:
            raise KeyError(uri)
        try:
            entry = self._lists.record(uri)
            return StatusList(
                uri=uri,
                issuer=entry.text("issuer"),
                iat=entry.instant("iat"),
                exp=entry.instant("exp") if "exp" in entry else None,
                bits=entry.number("bits", 1, 8),
                states=self._part("states", entry.members().get("part")),
                number=entry.number("number") if "number" in entry else None,
                behind="behind" in entry,
                disputed="disputed" in entry,
            )
        except RecordError as error:
            raise _damaged(self._folder, str(error)) from None

    def _part(self, name: str, place: Json) -> bytes:
        """A part of a file: where it begins, how long it is, its checksum."""
        at, size, checksum = place if isinstance(place, list) and len(place) == 3 else (None, None, None)
        if type(at) is not int or type(size) is not int or type(checksum) is not int or at < 0:
            raise _damaged(self._folder, "index: a part without a place")
        if not 0 <= size <= MAX_PART:
            raise _damaged(self._folder, "index: a part of impossible size")
        data = self._read(name, at, size, checksum)
        if len(data) != size:
            raise _damaged(self._folder, f"{name}: cut off")
        return data

    def _read(self, name: str, at: int, size: int, checksum: int) -> bytes:
        try:
            with open(os.path.join(self._folder, name), "rb", opener=opener) as file:
                file.seek(at)
                data = file.read(size)
        except OSError as error:
            raise _damaged(self._folder, f"{name}: {error.strerror}") from None
        if zlib.crc32(data) != checksum:
            raise _damaged(self._folder, f"{name}: its checksum does not fit")
        return data


class _Lazy(Mapping[K, V]):
    """A mapping whose values are read when they are asked for."""

    def __init__(self, read: Callable[[K], V], keys: Collection[K]) -> None:
        self._value_of, self._keys = read, keys

    def __getitem__(self, key: K) -> V:
        return self._value_of(key)

    def __iter__(self) -> Iterator[K]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class _StoredBook(StatusBook):
    """Status lists on disk."""

    def __init__(self, lists: Mapping[str, StatusList], *, pack: str, missing: Mapping[str, Missing]) -> None:
        super().__init__(pack=pack, missing=missing)
        self._lists = lists


def current(folder: str) -> tuple[str, bytes]:
    """The generation that counts and the index of all that lies in it. Raises NoState or StateError."""
    try:
        with open(os.path.join(folder, CURRENT), "rb", opener=opener) as file:
            line, _, index = file.read(MAX_INDEX + 1).partition(b"\n")
        generation, _, checksum = line[:100].decode("ascii").partition(" ")
        if not generation.startswith("g-") or not generation[2:].isdecimal():
            raise ValueError("names no generation")
        if not index and os.path.exists(os.path.join(folder, generation, "index.json")):
            raise ValueError("an earlier release of this program has written it, which this one cannot read")
        if index_checksum(generation, index) != checksum:
            raise ValueError("its checksum does not fit")
        return generation, index
    except FileNotFoundError:
        raise NoState("no sea pack was imported yet") from None
    except NotADirectoryError:
        raise StateError(f"{folder} is a file, and a folder is needed", ELSEWHERE) from None
    except OSError as error:
        raise StateError(f"{folder}: {CURRENT}: {error.strerror}", ELSEWHERE) from None
    except ValueError as error:
        raise _damaged(folder, f"{CURRENT}: {error}") from None


def generations(folder: str) -> list[int]:
    """The numbers of all generations that lie there, whole or not."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return [int(name[2:]) for name in names if name.startswith("g-") and name[2:].isdecimal()]


def index_checksum(generation: str, index: bytes) -> str:
    """As it stands between the two in `current`."""
    return f"{zlib.crc32(index, zlib.crc32(generation.encode('ascii'))):08x}"


def last_clock(folder: str) -> datetime | None:
    """The clock when it was last seen, or None where that is not known."""
    try:
        with open(os.path.join(folder, CLOCK), "rb", opener=opener) as file:
            return datetime.fromtimestamp(int(file.read(20)), UTC)
    except (OSError, ValueError, OverflowError):
        return None


def remember_clock(folder: str, at: datetime, seen: datetime | None = None) -> None:
    """Keep the clock for next time, at most once a day and never an earlier one than `seen`.

    A folder that cannot be written keeps none.
    """
    if seen is not None and (at - seen).total_seconds() < _DAY:
        return
    path = os.path.join(folder, CLOCK)
    try:
        if os.path.lexists(path + FRESH):
            os.unlink(path + FRESH)  # what died there has left
        with open(path + FRESH, "xb") as file:
            file.write(b"%d" % int(at.timestamp()))
        os.replace(path + FRESH, path)  # a full disk, or an end just here, leaves the old one
    except OSError:
        return


def _damaged(folder: str, what: str) -> StateError:
    return StateError(f"what was imported into {folder} is damaged ({what})")
