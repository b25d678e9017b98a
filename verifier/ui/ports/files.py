"""Files that the user kept outside of the app, by their ending: on a desktop in the downloads folder."""

from pathlib import Path
from typing import Final, Protocol

MOST_FOUND: Final = 5


class Files(Protocol):
    """Where an app may look for what it gave out before."""

    def found(self, ending: str) -> tuple[Path, ...]:
        """At most five files with that ending, the newest first."""


class FolderFiles:
    """Looks into one folder, and not into what is below it."""

    def __init__(self, folder: Path) -> None:
        """Look into `folder`, whether or not it is there."""
        self._folder = folder

    def found(self, ending: str) -> tuple[Path, ...]:
        """The newest of that ending; none where the folder cannot be read."""
        try:
            paths = [(path.stat().st_mtime, path) for path in self._folder.iterdir() if path.suffix == ending]
        except OSError:
            return ()
        return tuple(path for _, path in sorted(paths, reverse=True)[:MOST_FOUND])
