"""Hand a file to another app, a printer or a folder: a desktop saves it where the user keeps downloads."""

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple, Protocol

PDF: Final = "application/pdf"
MOST_NAME: Final = 80
MOST_ENDING: Final = 8
MOST_COPIES: Final = 100
# What some systems refuse in a file name, path separators among them.
_NOT_PLAIN: Final = re.compile(r"[^\w.-]+", re.ASCII)


class ShareError(Exception):
    """The file could not be handed over; says why."""


class Shared(NamedTuple):
    """Where the file went: a path to tell the user, or None where the system's own sheet has asked."""

    path: Path | None


class Share(Protocol):
    """Gives a file out of the app, because its user asked for that."""

    def share(self, name: str, data: bytes, media_type: str = PDF) -> Shared:
        """Hand over `data` under a plain form of `name`, with its ending. Raises ShareError."""


def plain_name(name: str) -> str:
    """`name` as every system takes it: no path, nothing hidden, at most 80 characters, its ending kept."""
    plain = _NOT_PLAIN.sub("-", name)
    stem, _, ending = plain.rpartition(".")
    if not (stem and ending.isalnum() and len(ending) <= MOST_ENDING):
        stem, ending = plain, ""
    stem = stem.strip(".-_")[: MOST_NAME - MOST_ENDING - 1] or "document"
    return f"{stem}.{ending}" if ending else stem


class FolderShare:
    """Saves into a folder, beside what is there; a file of the same bytes is not saved twice."""

    def __init__(self, folder: Path, show: Callable[[Path], None] = lambda _path: None) -> None:
        """Save into `folder`, which is made when first needed; `show` opens what was saved."""
        self._folder = folder
        self._show = show

    def share(self, name: str, data: bytes, media_type: str = PDF) -> Shared:
        """Save `data`, and show it. Raises ShareError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._save(plain_name(name), data)
        except OSError as error:
            raise ShareError(f"{self._folder}: {error.strerror or error}") from error
        self._show(path)
        return Shared(path)

    def _save(self, name: str, data: bytes) -> Path:
        stem, dot, ending = name.rpartition(".")
        names = [
            name,
            *(f"{stem if dot else name}-{n}{dot}{ending if dot else ''}" for n in range(2, MOST_COPIES)),
        ]
        for candidate in names:
            path = self._folder / candidate
            if not path.exists():
                return _write(path, data)
            if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
                return path
        raise OSError(0, f"there are {MOST_COPIES} files like {name} already")


def _write(path: Path, data: bytes) -> Path:
    """Whole or not at all, and never over another file."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    return path


def downloads(environment: Mapping[str, str], home: Path) -> Path:
    """Where this user's downloads go (XDG user directories), else the home folder's `Downloads`."""
    named = environment.get("XDG_DOWNLOAD_DIR", "")
    return Path(named) if named.startswith("/") else home / "Downloads"


class FakeShare:
    """Remembers what was handed over, or refuses."""

    def __init__(self, refuse: str = "") -> None:
        """Refuse with these words, if there are any."""
        self.refuse = refuse
        self.shared: list[tuple[str, bytes, str]] = []

    def share(self, name: str, data: bytes, media_type: str = PDF) -> Shared:
        """As the system's own sheet would. Raises ShareError when told to."""
        if self.refuse:
            raise ShareError(self.refuse)
        self.shared.append((plain_name(name), data, media_type))
        return Shared(None)
