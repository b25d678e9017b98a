"""Published files in a local folder: each replaced whole, one publication at a time."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from issuer.adapters.object_store import Held, StoreBusy, StoreUnusable, Upload, checked_name, overtaken
from keys.custody import atomic_file


class FolderStore:
    """The files below a folder. Their times and cache seconds are for the web server to say.

    A version is what the file system says of a file: reading that costs nothing, and another program that
    writes a file changes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: set[Path] = set()  # folders whose new names may not be on the disk yet

    @property
    def address(self) -> str:
        """The folder's own path, wherever it is named from."""
        return os.path.realpath(self._folder)

    def label(self, name: str) -> str:
        """The file's path."""
        return str(self._folder / name)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the folder's lock, if it has one; the system gives it back when the process dies."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise _unusable(self._folder, "written", error) from error
        try:
            yield _locked(handle, self._folder)
            self._flush()
        finally:
            os.close(handle)

    def names(self, prefix: str) -> dict[str, str]:
        """The versions of all files whose names begin so; hidden ones are none of ours."""
        inside, _, _ = prefix.rpartition("/")
        found: dict[str, str] = {}
        try:
            self._walk(f"{inside}/" if inside else "", prefix, found)
        except OSError as error:
            raise _unusable(Path(error.filename or self._folder), "read", error) from error
        return dict(sorted(found.items()))

    def _walk(self, inside: str, prefix: str, found: dict[str, str]) -> None:
        folder = self._folder / inside
        if not folder.is_dir():
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                name = inside + entry.name
                if entry.name.startswith(".") or not name.startswith(prefix):
                    continue
                if entry.is_dir():
                    self._walk(f"{name}/", prefix, found)
                elif entry.is_file():
                    found[name] = _version(entry.stat())

    def get(self, name: str) -> Held | None:
        """The file's bytes, and the version that they are of."""
        path = self._folder / checked_name(name)
        try:
            with path.open("rb") as file:
                return Held(file.read(), _version(os.fstat(file.fileno())))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(path, "read", error) from error

    def put(self, upload: Upload, *, over: str | None) -> str:
        """Write beside, flush, rename over. `alone` keeps other publications away between look and rename."""
        path = self._folder / checked_name(upload.name)
        try:
            if _version_of(path) != over:
                raise overtaken(str(path))
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic_file.replace(path, upload.data)
            self._written.add(path.parent)
            return _version(path.stat())
        except OSError as error:
            raise _unusable(path, "written", error) from error

    def _flush(self) -> None:
        """Once for all files of a folder: a folder takes as long as a file."""
        while self._written:
            folder = self._written.pop()
            try:
                atomic_file.flush_folder(folder)
            except OSError as error:
                raise _unusable(folder, "written", error) from error

    def delete(self, name: str) -> None:
        """Take a file away."""
        path = self._folder / checked_name(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _unusable(path, "removed", error) from error


def _version_of(path: Path) -> str | None:
    try:
        return _version(path.stat())
    except FileNotFoundError:
        return None


def _version(stat: os.stat_result) -> str:
    return f"{stat.st_ino}-{stat.st_size}-{stat.st_mtime_ns}-{stat.st_ctime_ns}"


def _locked(handle: int, folder: Path) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError as error:
        raise StoreBusy(f"another `publish` is writing {folder}", hint="wait until it is done") from error
    except OSError:  # a file system that has no locks: as good as it gets there
        return False


def _unusable(path: Path, what: str, error: OSError) -> StoreUnusable:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    hint = (
        "make room; the register has all that was signed: publish again" if full else "choose another folder"
    )
    return StoreUnusable(f"{path} cannot be {what}: {error.strerror}", hint=hint)
