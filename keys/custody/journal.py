"""The signer's journal: which draft got which signature, on the disk before anybody is told.

A text file that is only ever appended to. Its first line names it; then batches, each of lines

    SHA-256 of the draft, signature, Unix seconds, purpose, key id

and a closing line `= COUNT CHAIN`, where CHAIN is SHA-256(the chain before, these lines). A batch is written
and flushed as one, so that only the last can be torn, and what is torn was answered to nobody: it is cut off,
and kept beside. Anything else that does not fit was changed by somebody or something: the file is refused.
"""

import fcntl
import os
import secrets
from collections.abc import Sequence
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import Final, NamedTuple

from keys.custody import CustodyError, atomic_file
from keys.custody.quota import LastHour
from keys.encoding import EncodingError, b64url_decode, b64url_encode

MAGIC: Final = b"ombord-signer-journal 1 "
MAX_LINE: Final = 320  # 43 + 86 + 10 + 17 + 64 and spaces
_COMMIT: Final = b"= "
_FIRST_LINE: Final = len(MAGIC) + 33


class JournalError(CustodyError):
    """The journal cannot be read, or cannot be written any more."""

    hint = "keep the file as it is, and see docs/custody.md: Recovering; nothing is signed without it"


class JournalBusy(JournalError):
    """Another process has this journal open."""

    hint = "one signer at a time: stop the other first"


class Entry(NamedTuple):
    """One signature that was given out, or may have been."""

    draft: bytes  # SHA-256 of the signing input
    signature: bytes
    at: int
    purpose: str
    kid: str


class Journal:
    """An open journal; no other process has it open at the same time."""

    def __init__(self, path: Path, *, new: bool = False) -> None:
        """Open it, and read it through; a `new` one is made where there is none.

        Raises JournalBusy, JournalError, OSError: a journal that is missing is never quietly begun again,
        since what it held would be signed a second time.
        """
        self._path = path
        flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(path, flags | os.O_CREAT if new else flags, 0o600)
        self._places: dict[bytes, int] = {}
        self._broken = False
        self._chain = b""
        self._end = 0
        self.counts: dict[tuple[str, str], int] = {}  # distinct drafts by key id and purpose
        self.torn = 0  # bytes that were cut off at opening
        self.last_hour = LastHour()  # as of opening: from here on, whoever signs counts
        self.last_at = 0
        try:
            self._lock()
            if os.fstat(self._file).st_size < _FIRST_LINE:  # new, or one whose making a crash cut short
                self._begin()
            self._read_through()
        except BaseException:
            os.close(self._file)
            raise

    def __len__(self) -> int:
        """Distinct drafts that were signed."""
        return len(self._places)

    def __contains__(self, draft: bytes) -> bool:
        """Whether this draft was signed, and its signature is on the disk."""
        return draft in self._places

    @property
    def head(self) -> str:
        """The chain's last value: names all that was ever written, in its order."""
        return b64url_encode(self._chain)

    def lookup(self, draft: bytes) -> Entry | None:
        """What this draft got, if it was signed before. Raises JournalError if the file changed since."""
        place = self._places.get(draft)
        if place is None:
            return None
        entry = _entry(os.pread(self._file, MAX_LINE, place).partition(b"\n")[0])
        if entry is None or entry.draft != draft:
            raise self._damaged("it was changed while it was open")
        return entry

    def append(self, entries: Sequence[Entry]) -> None:
        """Write them and wait for the disk: when this returns they are safe. All of them are new.

        Raises JournalError when the disk fails; what it holds then only a new opening can tell.
        """
        if self._broken:
            raise JournalError(f"{self._path} could not be written before: start the signer again")
        lines = [_line(entry) for entry in entries]
        chain = sha256(self._chain + b"".join(lines)).digest()
        commit = b"= %d %b\n" % (len(lines), b64url_encode(chain).encode())
        try:
            self._write(b"".join(lines) + commit)
            os.fsync(self._file)
        except OSError as error:
            self._broken = True
            raise JournalError(f"{self._path}: {error.strerror}") from error
        self._chain = chain
        for entry, line in zip(entries, lines, strict=True):
            self._note(entry, self._end)
            self._end += len(line)
        self._end += len(commit)

    def close(self) -> None:
        """Let another process open it."""
        os.close(self._file)

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JournalBusy(f"another signer has {self._path} open") from None

    def _begin(self) -> None:
        """The name of a new journal: two journals never look alike."""
        if not MAGIC.startswith(os.pread(self._file, len(MAGIC), 0)):
            raise self._damaged("it does not begin as one")
        os.ftruncate(self._file, 0)
        self._write(MAGIC + secrets.token_hex(16).encode() + b"\n")
        os.fsync(self._file)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._file, rest) :]

    def _note(self, entry: Entry, place: int) -> None:
        self._places[entry.draft] = place
        name = (entry.kid, entry.purpose)
        self.counts[name] = self.counts.get(name, 0) + 1

    def _read_through(self) -> None:
        """Index all batches, and count the last hour's, by which quotas go on."""
        with open(self._path, "rb") as file:
            first = file.readline(MAX_LINE)
            if not first.startswith(MAGIC) or not first.endswith(b"\n"):
                raise self._damaged("it does not begin as one")
            self._chain, self._end = sha256(first).digest(), len(first)
            while batch := self._batch(file):
                for entry, place in batch:
                    if entry.draft in self._places:
                        raise self._damaged(f"a draft was signed twice, at byte {place}")
                    self._note(entry, place)
                    self.last_hour.add(entry.purpose, at=entry.at)
                self.last_at = batch[-1][0].at
                self.last_hour.used("", at=self.last_at)
                self._end = file.tell()
            self._cut(file)

    def _batch(self, file: BufferedReader) -> list[tuple[Entry, int]]:
        """The next whole batch; none at the end, or where what follows is not whole."""
        found: list[tuple[Entry, int]] = []
        lines: list[bytes] = []
        place = self._end
        for line in iter(lambda: file.readline(MAX_LINE), b""):
            if line.startswith(_COMMIT):
                chain = sha256(self._chain + b"".join(lines)).digest()
                if line != b"= %d %b\n" % (len(lines), b64url_encode(chain).encode()) or not lines:
                    return []
                self._chain = chain
                return found
            entry = _entry(line[:-1]) if line.endswith(b"\n") else None
            if entry is None:
                return []
            found.append((entry, place))
            lines.append(line)
            place += len(line)
        return []

    def _cut(self, file: BufferedReader) -> None:
        """Cut off a last batch that never reached the disk whole; refuse any other damage.

        A batch that was flushed has its closing line and no zeros, which are blocks that were never written.
        """
        file.seek(self._end)
        torn = file.read()
        if not torn:
            return
        closings = [line for line in torn.split(b"\n")[:-1] if line.startswith(_COMMIT)]
        if len(closings) > 1 or (closings and b"\0" not in torn):
            raise self._damaged(f"it was changed after byte {self._end}")
        atomic_file.write(
            self._path.with_name(f"{self._path.name}.torn-{self._end}-{secrets.token_hex(4)}"),
            torn,
            mode=0o600,
        )
        os.ftruncate(self._file, self._end)
        os.fsync(self._file)
        self.torn = len(torn)

    def _damaged(self, how: str) -> JournalError:
        return JournalError(f"{self._path} is no journal that this signer left: {how}")


def _line(entry: Entry) -> bytes:
    draft, signature = b64url_encode(entry.draft), b64url_encode(entry.signature)
    return f"{draft} {signature} {entry.at} {entry.purpose} {entry.kid}\n".encode()


def _entry(line: bytes) -> Entry | None:
    """The entry of a line, or None for anything that `_line` does not write."""
    words = line.split(b" ")
    try:
        draft, signature = b64url_decode(words[0]), b64url_decode(words[1])
        entry = Entry(draft, signature, int(words[2]), words[3].decode("ascii"), words[4].decode("ascii"))
    except (EncodingError, IndexError, ValueError):
        return None
    return entry if (len(draft), len(signature)) == (32, 64) and _line(entry) == line + b"\n" else None
