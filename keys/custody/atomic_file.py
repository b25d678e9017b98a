"""Replace a file whole or not at all: what was there stays until its successor is on the disk."""

import os
import secrets
from pathlib import Path


def write(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write beside, flush to the disk, rename over; the old file survives any failure. Raises OSError."""
    replace(path, data, mode=mode)
    flush_folder(Path(os.path.realpath(path)).parent)


def replace(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """As `write`, but after a power cut the old file may be back until its folder was flushed too."""
    path = Path(os.path.realpath(path))  # a link keeps pointing to where the file lies
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}.new")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)  # whatever the umask says
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def flush_folder(folder: Path) -> None:
    """The rename itself survives a power cut only when the folder is flushed too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
