"""Files on a disk that may lose its power: written whole, synced together, removed without a trace."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from io import FileIO
from typing import Final

_AT_ONCE: Final = 5  # files and their folder: what an import writes


def write(files: Iterable[tuple[str, bytes]], *folders: str) -> None:
    """Write and sync each file, by its path, as it comes; then the folders that they are in. Raises OSError.

    Each on a thread of its own: of syncs that wait together a file system makes one commit, and commits are
    what an import waits for on a busy disk.
    """
    with ExitStack() as handles, ThreadPoolExecutor(_AT_ONCE) as meanwhile:
        synced = []
        for path, data in files:
            file = handles.enter_context(open(path, "wb", buffering=0))
            synced.append(meanwhile.submit(_write_all, file, data))
        synced += [meanwhile.submit(sync_folder, folder) for folder in folders]  # each file is made by now
        for one in synced:
            one.result()


def _write_all(file: FileIO, data: bytes) -> None:
    """Every byte: a disk that fills up takes a part of them, and says so at the next. Then sync."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
    os.fsync(file.fileno())


def sync_folder(path: str) -> None:
    """Make lasting which names a folder has. Raises OSError."""
    if os.name == "nt":
        return  # Windows cannot open a folder
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: str) -> None:
    """A file, or a flat folder, such as a generation's; none at all is as good. Raises OSError."""
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            for name in os.listdir(path):
                os.unlink(os.path.join(path, name))
            os.rmdir(path)
        else:
            os.unlink(path)
    except FileNotFoundError:
        return
