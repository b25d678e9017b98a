"""What import has verified, on disk: a small trust file per authority, raw status arrays. A check opens it.

    current        the generation that counts, and the checksum of its index
    g-000001/      index.json, trust-N.json, list-N.bits; for import list-N.jwt, memory.json, root.json
    clock          the clock last seen

`store` writes a generation whole and makes it current by one rename: whatever dies, the last good one stays.
Checksums find damage by accident; who can write here can also replace the program.
"""

import os
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

from keys.encoding import json_object
from keys.trust import directory as trust
from keys.trust.directory import Authority, Directory, DirectoryError, Environment, TrustedKey
from keys.trust.record import Record, RecordError
from verifier.status import StatusBook, StatusList

if TYPE_CHECKING:
    from verifier.intake import Held

MAX_FILE: Final = 8 << 20
CURRENT: Final = "current"
CLOCK: Final = "clock"
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
        generation, checksum = current(folder)
        self._folder = os.path.join(folder, generation)
        try:
            index = Record(json_object(self._read("index.json", checksum), max_size=MAX_FILE), "index.json")
            if (index.text("format"), index.number("version")) != ("ombord-state", 1):
                raise RecordError("of another format or version")
            self.pack = index.text("pack")
            self._issuers = {one.text("iss"): one for one in index.records("issuers")}
            self._lists = {one.text("uri"): one for one in index.records("lists")}
            self._memory = {one.text("file"): one for one in index.records("memory")}
            seen = index.records("seen" if "seen" in index else "lists")
            self._seen = {one.text("uri"): one.instant("iat") for one in seen}
            self.directory = Directory(
                environment=Environment(index.text("environment")),
                authorities=_Lazy(self._authority, self._issuers),
                keys=_Lazy(self._key, ()),
                time_floor=index.instant("time_floor"),
                published_at=index.instant("published_at"),
            )
        except ValueError as error:  # EncodingError, RecordError or an unknown environment
            raise _damaged(folder, str(error)) from None
        self.status: StatusBook = _StoredBook(_Lazy(self._list, self._lists), self.pack)
        self._parts: dict[str, Directory] = {}

    def held(self) -> "Held":
        """What the next import starts from. Raises StateError."""
        from keys.trust.state import TrustState
        from verifier.intake import Held

        memory = {name: self._stored(one) for name, one in self._memory.items()}
        tokens = {uri: self._stored(one.record("token")).decode("ascii") for uri, one in self._lists.items()}
        try:
            trust_state = TrustState.from_json(memory["memory.json"])
            return Held(memory["root.json"], trust_state, tokens, self._seen)
        except (KeyError, ValueError) as error:
            raise _damaged(self._folder, str(error)) from None

    def _authority(self, iss: str) -> Authority:
        return self._part(iss).authorities[iss]

    def _key(self, pair: tuple[str, str]) -> TrustedKey:
        return self._part(pair[0]).keys[pair]

    def _part(self, iss: str) -> Directory:
        """The trust file of an issuer's authority. KeyError for an issuer that is in none."""
        part = self._parts.get(iss)
        if part is None:
            try:
                part = self._parts[iss] = trust.from_json(self._stored(self._issuers[iss]))
            except DirectoryError as error:
                raise _damaged(self._folder, str(error)) from None
        return part

    def _list(self, uri: str) -> StatusList:
        entry = self._lists[uri]
        states = self._stored(entry)
        try:
            return StatusList(
                uri=uri,
                issuer=entry.text("issuer"),
                iat=entry.instant("iat"),
                exp=entry.instant("exp") if "exp" in entry else None,
                bits=entry.number("bits", 1, 8),
                states=states,
            )
        except RecordError as error:
            raise _damaged(self._folder, str(error)) from None

    def _stored(self, entry: Record) -> bytes:
        try:
            return self._read(entry.text("file"), entry.number("checksum"))
        except RecordError as error:
            raise _damaged(self._folder, str(error)) from None

    def _read(self, name: str, checksum: int) -> bytes:
        try:
            with open(os.path.join(self._folder, name), "rb") as file:
                data = file.read(MAX_FILE + 1)
        except OSError as error:
            raise _damaged(self._folder, f"{name}: {error.strerror}") from None
        if len(data) > MAX_FILE or zlib.crc32(data) != checksum:
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

    def __init__(self, lists: Mapping[str, StatusList], pack: str) -> None:
        super().__init__(pack=pack)
        self._lists = lists


def current(folder: str) -> tuple[str, int]:
    """The generation that counts and its index's checksum. Raises NoState or StateError."""
    try:
        with open(os.path.join(folder, CURRENT), "rb") as file:
            generation, _, checksum = file.read(100).decode("ascii").strip().partition(" ")
        if not generation.startswith("g-") or not generation[2:].isdecimal():
            raise ValueError("names no generation")
        return generation, int(checksum, 16)
    except FileNotFoundError:
        raise NoState("no sea pack was imported yet") from None
    except NotADirectoryError:
        raise StateError(f"{folder} is a file, and a folder is needed", ELSEWHERE) from None
    except OSError as error:
        raise StateError(f"{folder}: {CURRENT}: {error.strerror}", ELSEWHERE) from None
    except ValueError as error:
        raise _damaged(folder, f"{CURRENT}: {error}") from None


def last_clock(folder: str) -> datetime | None:
    """The clock when it was last seen, or None where that is not known."""
    try:
        with open(os.path.join(folder, CLOCK), "rb") as file:
            return datetime.fromtimestamp(int(file.read(20)), UTC)
    except (OSError, ValueError, OverflowError):
        return None


def remember_clock(folder: str, at: datetime, seen: datetime | None = None) -> None:
    """Keep the clock for next time, at most once a day and never an earlier one than `seen`.

    A folder that cannot be written keeps none.
    """
    if seen is not None and (at - seen).total_seconds() < _DAY:
        return
    try:
        with open(os.path.join(folder, CLOCK), "wb") as file:
            file.write(b"%d" % int(at.timestamp()))
    except OSError:
        return


def _damaged(folder: str, what: str) -> StateError:
    return StateError(f"what was imported into {folder} is damaged ({what})")
