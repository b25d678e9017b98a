"""The published directory as a folder of static files: read it, and replace it by the next publication."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from keys.custody import atomic_file
from keys.regular_file import opener
from keys.trust.register import RegisterError

TIMESTAMP = "timestamp.json"
ROOT = "1.root.json"


def read_folder(folder: Path) -> dict[str, bytes]:
    """A published directory as a bag of named bytes; empty when there is none. Raises OSError."""
    paths = [*folder.rglob("*.json"), *(folder / "targets").rglob("*.bin")]
    return {
        path.relative_to(folder).as_posix(): _read(path)
        for path in sorted(paths)
        if not path.name.startswith(".")
    }


def _read(path: Path) -> bytes:
    with open(path, "rb", opener=opener) as file:  # a pipe with such a name would be waited for
        return file.read()


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write what is new, roots first, the timestamp last: until then readers see what was before, whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(files, key=lambda name: (name == TIMESTAMP, not name.endswith(".root.json"))):
        path = folder / name
        if path.is_file() and path.read_bytes() == files[name]:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_file.write(path, files[name])


def check_successor(folder: Path, files: Mapping[str, bytes], at: datetime) -> None:
    """A device that has read this folder must accept these files next. Raises RegisterError, OSError."""
    from keys.trust.client import load
    from keys.trust.metadata import UntrustedMetadata

    there = read_folder(folder)
    if there.get(ROOT, files[ROOT]) != files[ROOT]:
        raise RegisterError(f"{folder} holds another directory", "publish into a folder of its own")
    if folder.exists() and ROOT not in there and any(folder.iterdir()):
        raise RegisterError(f"{folder} holds other files", "publish into a folder of its own")
    if TIMESTAMP not in there:
        return
    try:
        _, seen = load(there, root=files[ROOT], at=at)
    except UntrustedMetadata as error:
        raise RegisterError(f"{folder} is damaged: {error}", "remove it and publish again") from error
    try:
        load(files, root=files[ROOT], at=at, previous=seen)
    except UntrustedMetadata as error:
        raise RegisterError(
            f"{folder} was published later than this home remembers: {error}",
            "restore the newest backup of the home; devices refuse to go back",
        ) from error
