"""The system's own file picker, where files lie that an app may not look for itself: on phones."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from verifier.ui.work import WorkError


class PickError(WorkError):
    """The file that was chosen cannot be read; says why."""


class Picker(Protocol):
    """Asks the person for a file; what is given up is told to nobody."""

    @property
    def is_available(self) -> bool:
        """Whether there is one; a desktop's apps take paths, and files that are dropped on them."""

    def pick(self, picked: Callable[[Path], None], failed: Callable[[PickError], None]) -> None:
        """Ask. One of the two is called once, on the drawing thread, with a copy of the file or why not."""


class NoPicker:
    """A desktop."""

    is_available = False

    def pick(self, picked: Callable[[Path], None], failed: Callable[[PickError], None]) -> None:
        """Nothing asks for it."""


class FakePicker:
    """The person chooses `chosen`, or what cannot be read."""

    is_available = True

    def __init__(self, chosen: Path | PickError | None = None) -> None:
        """None: they go back."""
        self.chosen = chosen

    def pick(self, picked: Callable[[Path], None], failed: Callable[[PickError], None]) -> None:
        """At once."""
        if isinstance(self.chosen, PickError):
            failed(self.chosen)
        elif self.chosen is not None:
            picked(self.chosen)
