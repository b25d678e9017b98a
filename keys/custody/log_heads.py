"""The largest checkpoint that the signer has signed of each log: on the disk before the next one is signed.

A log that is signed smaller than it was, or of one size with another root, was rewritten; a restored database
must not get the signature that says so. Between two sizes the signer cannot judge: that needs a proof of
consistency, and is the issuer's and every auditor's business.

One line a log, `ORIGIN SIZE ROOT` with the root in base64, written anew as a whole.
"""

import base64
import re
from pathlib import Path
from typing import Final

from keys.custody import CustodyError, atomic_file
from keys.transparency.checkpoint import Checkpoint, CheckpointError

MAX_FILE: Final = 1 << 16
_LINE: Final = re.compile(r"(\S{1,300}) (0|[1-9][0-9]{0,18}) ([A-Za-z0-9+/]{43}=)", re.ASCII)


class LogHeadsError(CustodyError):
    """The file cannot be read or written, or is missing although checkpoints were signed."""

    hint = "restore it from the backup that has the journal too (docs/custody.md: Checkpoints of the log)"


class LogHeads:
    """Heads by origin; one thread alone asks."""

    def __init__(self, path: Path, *, expected: bool) -> None:
        """Read the file; where checkpoints were signed before it is `expected`. Raises LogHeadsError."""
        self._path = path
        self._heads: dict[str, Checkpoint] = {}
        try:
            text = path.read_text("ascii") if path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise LogHeadsError(f"{path} cannot be read: {error}") from None
        if len(text) > MAX_FILE or (text and not text.endswith("\n")):
            raise LogHeadsError(f"{path} is no list of the log's heads")
        for line in text.splitlines():
            head = _head(line)
            if head is None or head.origin in self._heads:
                raise LogHeadsError(f"{path} is no list of the log's heads: {line[:80]!r}")
            self._heads[head.origin] = head
        if expected and not self._heads:
            raise LogHeadsError(f"{path} is missing, and the journal has checkpoints")

    def objection(self, new: Checkpoint) -> str | None:
        """Why this checkpoint contradicts what was signed before it."""
        held = self._heads.get(new.origin)
        if held is None or new.size > held.size:
            return None
        if new.size < held.size:
            return f"{new.origin} was signed with {held.size} entries, and is to be signed with {new.size}"
        if new.root != held.root:
            return f"{new.origin} was signed with another root of {new.size} entries"
        return None

    def advance(self, new: Checkpoint) -> None:
        """Remember what is about to be signed; when this returns it is on the disk. Raises LogHeadsError."""
        head = Checkpoint(new.origin, new.size, new.root)
        if self._heads.get(new.origin) == head:
            return
        heads = {**self._heads, new.origin: head}
        try:
            atomic_file.write(self._path, "".join(map(_line, heads.values())).encode("ascii"))
        except OSError as error:
            raise LogHeadsError(f"{self._path}: {error.strerror}") from error
        self._heads = heads


def _line(head: Checkpoint) -> str:
    return f"{head.origin} {head.size} {base64.b64encode(head.root).decode('ascii')}\n"


def _head(line: str) -> Checkpoint | None:
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    try:
        return Checkpoint(found[1], int(found[2]), base64.b64decode(found[3], validate=True))
    except (CheckpointError, ValueError):
        return None
