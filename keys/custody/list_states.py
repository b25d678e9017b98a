"""Each status list as the signer last signed it: on the disk before the next one is signed.

What was revoked or replaced stays so for ever: a list that takes it back gets no signature, nor does a pass
that sums up what the newest list does not call good, nor a statement for ships of other states than the list.

One file a list in a folder: the list's address and time in a line, then its states as they were deflated.
"""

from collections import OrderedDict
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

from keys.custody import CustodyError, atomic_file
from keys.custody.list_draft import ListDraft, inflated
from keys.custody.pass_draft import Place

REMEMBERED: Final = 64  # lists in memory; the rest are read when they are asked for
GOOD: Final = 0


class ListStatesError(CustodyError):
    """The folder cannot be read or written."""

    hint = "restore it from the backup that has the journal too (docs/custody.md: Status lists)"


class _Held(NamedTuple):
    iat: int
    states: bytes


class ListStates:
    """Lists by address. One thread advances them; any may ask."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when the first list is signed."""
        self._folder = folder
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = Lock()

    def of(self, place: Place) -> int | None:
        """The state of an entry; None where no such list was signed, or has no such entry."""
        held = self._get(place.uri)
        if held is None or place.idx >= len(held.states) * 4:
            return None
        return held.states[place.idx >> 2] >> (place.idx & 3) * 2 & 3

    def objection(self, uri: str, new: ListDraft) -> str | None:
        """Why this list contradicts what was signed of it before."""
        held = self._get(uri)
        if held is None:
            return None
        if new.iat < held.iat:
            return f"{uri} was signed at {held.iat}, and is to be signed as of {new.iat}"
        if len(new.states) < len(held.states):
            return f"{uri} was signed with {len(held.states) * 4} entries, and has {len(new.states) * 4}"
        lost = _taken_back(held.states, new.states)
        if lost:
            some = ", ".join(map(str, lost[:8]))
            return f"{uri}: {len(lost)} entries were revoked or replaced, and are so no more: {some}"
        return None

    def advance(self, uri: str, new: ListDraft) -> None:
        """Remember what is about to be signed: on the disk when this returns. Raises ListStatesError."""
        first = f"{uri} {new.iat}\n".encode()
        with self._lock:  # or what was before could be read meanwhile, and kept
            try:
                self._folder.mkdir(mode=0o700, exist_ok=True)
                atomic_file.write(self._path(uri), first + new.deflated, mode=0o600)
            except OSError as error:
                raise ListStatesError(f"{self._folder}: {error.strerror}") from error
            self._keep(uri, _Held(new.iat, new.states))

    def agrees(self, uri: str, digest: bytes) -> bool:
        """Whether these are the states of the list as it was last signed, by their SHA-256."""
        held = self._get(uri)
        return held is not None and sha256(held.states).digest() == digest

    def _get(self, uri: str) -> _Held | None:
        with self._lock:
            held = self._held.get(uri)
            if held is None and (held := self._read(uri)) is not None:
                self._keep(uri, held)
            return held

    def _keep(self, uri: str, held: _Held) -> None:
        self._held[uri] = held
        while len(self._held) > REMEMBERED:
            self._held.popitem(last=False)

    def _read(self, uri: str) -> _Held | None:
        path = self._path(uri)
        try:
            first, _, deflated = path.read_bytes().partition(b"\n")
            named, _, iat = first.decode().rpartition(" ")
            if named != uri:
                raise ListStatesError(f"{path} is no status list of {uri}")
            return _Held(int(iat), inflated(deflated))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ListStatesError(f"{path} cannot be read: {error}") from None

    def _path(self, uri: str) -> Path:
        return self._folder / sha256(uri.encode()).hexdigest()[:32]


def _taken_back(old: bytes, new: bytes) -> list[int]:
    """The entries that were ended (of states 1 and 3 the low bit is set) and are so no more."""
    ended = int.from_bytes(b"\x55" * len(old), "little")
    lost = int.from_bytes(old, "little") & ~int.from_bytes(new, "little") & ended
    found = []
    while lost:
        lowest = lost & -lost
        found.append((lowest.bit_length() - 1) // 2)
        lost ^= lowest
    return found
