"""Bring trust data on board: sea packs on drives, in files, or at an address; each trouble has its kind.

Nothing here draws: the screen runs it off its thread. What was held stays in force unless all went well.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from keys.regular_file import opener
from verifier import pack, pack_commands, pack_update
from verifier.intake import RefusedPack
from verifier.pack import PackError
from verifier.remembered import MustForget, NoRoot
from verifier.ui.work import WorkError
from verifier.unusable import Unusable, read_file

MOST_FILES: Final = 400  # that are looked at in one place
MOST_FOUND: Final = 6
_MAX_ROOT: Final = 1 << 20
_FINGERPRINT: Final = 32  # hexadecimal digits: 128 bits


class Trouble(Enum):
    """Why nothing was imported."""

    NOT_A_PACK = auto()
    REFUSED = auto()
    NO_ROOT = auto()
    FORGET = auto()  # what was held is damaged: to go on without it must be asked for
    FETCH = auto()
    FILE = auto()


class ImportFailed(WorkError):
    """Nothing was imported; `detail` is for support."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble, self.detail = trouble, detail


class RootFound(WorkError):
    """A root lies beside the pack, and a person has to say whether it is the right one."""

    def __init__(self, source: str, root: Path, fingerprint: str) -> None:
        super().__init__(str(root))
        self.source, self.root, self.fingerprint = source, root, fingerprint


class PackFile(NamedTuple):
    """A sea pack that was found."""

    path: Path
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be imported: a file, a folder or an address; and what the person has agreed to."""

    source: str
    root: Path | None = None
    forget: bool = False

    @property
    def is_web(self) -> bool:
        """Whether it is fetched."""
        return "://" in self.source


def found(places: Iterable[Path]) -> tuple[PackFile, ...]:
    """The sea packs in these folders, the newest first: known by how they begin, whatever they are called."""
    packs = [one for place in places for one in _packs_in(place)]
    return tuple(sorted(packs, key=lambda one: one.modified, reverse=True)[:MOST_FOUND])


def take_in(folder: Path, wanted: Wanted, at: datetime) -> None:
    """Import into `folder`. Raises ImportFailed, or RootFound where a root is to be agreed to."""
    root = None if wanted.root is None else str(wanted.root)
    try:
        if wanted.is_web or os.path.isdir(wanted.source):
            pack_update.update(wanted.source, root, at, folder=str(folder))
        else:
            data = read_file(wanted.source, pack.MAX_PACK + 1)
            pack_commands.keep(data, root, at, forget=wanted.forget, folder=str(folder))
    except NoRoot as error:
        beside = None if wanted.is_web else _root_beside(Path(wanted.source))
        if beside is None:
            raise ImportFailed(Trouble.NO_ROOT, str(error)) from None
        raise RootFound(wanted.source, beside, fingerprint(beside)) from None
    except MustForget as error:
        raise ImportFailed(Trouble.FORGET, str(error)) from None
    except PackError as error:
        raise ImportFailed(Trouble.NOT_A_PACK, str(error)) from None
    except RefusedPack as error:
        raise ImportFailed(Trouble.REFUSED, str(error)) from None
    except Unusable as error:
        raise ImportFailed(Trouble.FETCH if wanted.is_web else Trouble.FILE, str(error)) from None


def fingerprint(root: Path) -> str:
    """What two people read to each other: the first half of SHA-256 over the root's file, by fours."""
    try:
        digits = sha256(read_file(str(root), _MAX_ROOT)).hexdigest()[:_FINGERPRINT].upper()
    except Unusable as error:
        raise ImportFailed(Trouble.FILE, str(error)) from None
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def received(folder: Path) -> int:
    """How many bytes of what is being fetched have come (`download` keeps them there)."""
    try:
        return os.path.getsize(folder / "incoming")
    except OSError:
        return 0


def _packs_in(place: Path) -> list[PackFile]:
    packs = []
    try:
        with os.scandir(place) as entries:
            for _, entry in zip(range(MOST_FILES), entries, strict=False):
                if entry.is_file() and _begins_like_a_pack(entry.path):
                    about = entry.stat()
                    modified = datetime.fromtimestamp(about.st_mtime, UTC)
                    packs.append(PackFile(Path(entry.path), about.st_size, modified))
    except (OSError, OverflowError, ValueError):
        pass  # a drive that was just pulled out: what was found on it is not there any more
    return packs


def _begins_like_a_pack(path: str) -> bool:
    try:
        with open(path, "rb", opener=opener) as file:
            return file.read(len(pack.MAGIC)) == pack.MAGIC
    except OSError:
        return False


def _root_beside(source: Path) -> Path | None:
    """The one root in the pack's folder, by the names that a directory's publisher gives it."""
    folder = source if source.is_dir() else source.parent
    try:
        names = sorted(one for one in folder.iterdir() if one.name == "root.json" or _is_numbered(one.name))
    except OSError:
        return None
    return names[0] if names else None


def _is_numbered(name: str) -> bool:
    number, _, rest = name.partition(".")
    return rest == "root.json" and number.isdecimal()
