"""A power cut, for SQLite and for the files that we write: what was not flushed to the disk is lost.

The child notes what it flushes. After its death everything else is taken back, as the kernel's memory would
be lost: the end of SQLite's write-ahead log, renames in folders that were not flushed, contents of files that
were not. It shows that what is acknowledged was flushed before; it does not show what a disk does that lies.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

Note = Callable[[dict[str, object]], None]
_FULL = 2  # SQLite's `synchronous`: a commit waits for the disk


def note_flushes(note: Note, kept: Path) -> None:
    """In the child, for good: tell what was flushed; keep in `kept` what a rename overwrites."""
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    commit, fsync, rename = DefaultDialect.do_commit, os.fsync, os.replace

    def noting_commit(dialect: Any, connection: Any) -> None:
        waits = connection.execute("PRAGMA synchronous").fetchone()[0] >= _FULL
        path = connection.execute("PRAGMA database_list").fetchone()[2]
        commit(dialect, connection)
        if waits:
            note({"log": [f"{path}-wal", Path(f"{path}-wal").stat().st_size]})

    def noting_fsync(handle: int) -> None:
        fsync(handle)
        note({"flushed": os.readlink(f"/proc/self/fd/{handle}")})

    def noting_rename(source: Any, target: Any, **how: Any) -> None:
        before = kept / str(len(list(kept.iterdir())))
        if Path(target).exists():
            shutil.copy(target, before)
        else:
            before.with_suffix(".none").touch()
        note({"renamed": [str(source), str(target), str(before)]})
        rename(source, target, **how)

    DefaultDialect.do_commit = noting_commit  # type: ignore[assignment, method-assign]
    os.fsync = noting_fsync  # type: ignore[assignment]
    os.replace = noting_rename  # type: ignore[assignment]


def cut_the_power(record: Path, draw: random.Random | None = None) -> int:
    """Take back what was not flushed, or as much of the log's end as is drawn.

    Returns how much that was: bytes of the log, and renames.
    """
    notes = [json.loads(line) for line in record.read_text().splitlines()]
    logs = [note["log"] for note in notes if "log" in note]
    lost = _cut_log(logs[-1][0], logs[-1][1], draw) if logs else 0
    flushed: set[str] = set()
    pending: list[tuple[str, Path]] = []
    for note in notes:
        if "flushed" in note:
            flushed.add(note["flushed"])
            pending = [one for one in pending if str(Path(one[0]).parent) != note["flushed"]]
        if "renamed" in note:
            source, target, before = note["renamed"]
            assert source in flushed, f"{target} was put in place before its contents were on the disk"
            pending.append((target, Path(before)))
    for target, before in reversed(pending):
        if before.exists():
            shutil.copy(before, target)
        else:
            Path(target).unlink(missing_ok=True)
    return lost + len(pending)


def _cut_log(path: str, flushed: int, draw: random.Random | None) -> int:
    """Nothing is left of what came after the last flush, or anything, to the middle of a page."""
    size = os.stat(path).st_size
    left = draw.randrange(flushed, size + 1) if draw else flushed
    os.truncate(path, left)
    Path(path.removesuffix("-wal") + "-shm").unlink(missing_ok=True)
    return size - left
