"""Where a stick or a drive shows up: on a desktop below the folders that systems mount them in."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

MOST_PLACES: Final = 40
_MOUNTS: Final = ("/run/media", "/media", "/mnt", "/Volumes")


class Drives(Protocol):
    """The folders in which somebody who was handed a stick finds its files."""

    def places(self) -> tuple[Path, ...]:
        """Those that can be read now."""


class DesktopDrives:
    """Mounted drives, and the downloads folder."""

    def places(self) -> tuple[Path, ...]:
        """What is mounted, then what was downloaded."""
        mounted = [place for root in _MOUNTS for place in _below(Path(root))]
        deeper = [inner for place in mounted for inner in _below(place)]
        return (*[*mounted, *deeper][:MOST_PLACES], Path.home() / "Downloads")


class FakeDrives:
    """The places that it was given."""

    def __init__(self, *places: Path) -> None:
        """Find these."""
        self.found = places

    def places(self) -> tuple[Path, ...]:
        """What it was given."""
        return self.found


def _below(folder: Path) -> Iterable[Path]:
    try:
        return sorted(one for one in folder.iterdir() if one.is_dir())[:MOST_PLACES]
    except OSError:
        return ()
