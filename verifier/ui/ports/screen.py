"""The screen while a code is shown: bright, and awake. A desktop has neither switch and needs none."""

from typing import Protocol


class Screen(Protocol):
    """Brightness and sleep of the device's screen."""

    def hold_up(self) -> None:
        """Full brightness, no dimming, no lock; again and again is fine."""

    def let_go(self) -> None:
        """As the user had it."""


class DesktopScreen:
    """A screen that its user sets by hand."""

    def hold_up(self) -> None:
        """Nothing to do."""

    def let_go(self) -> None:
        """Nothing to do."""


class FakeScreen:
    """Remembers what was asked of it."""

    def __init__(self) -> None:
        """Start as the user had it."""
        self.is_held_up = False

    def hold_up(self) -> None:
        """Full brightness."""
        self.is_held_up = True

    def let_go(self) -> None:
        """As before."""
        self.is_held_up = False
