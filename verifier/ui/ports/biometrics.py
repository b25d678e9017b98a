"""A finger or a face in place of the PIN, where the device has a sensor for it; the PIN always works too."""

from collections.abc import Callable
from enum import Enum
from typing import Protocol


class Answer(Enum):
    """How the device's own question ended."""

    IS_OWNER = "is-owner"
    IS_NOT = "is-not"  # refused, cancelled or out of tries: the PIN is asked for


class Biometrics(Protocol):
    """The device's sensor, and the question that it puts by itself."""

    @property
    def is_available(self) -> bool:
        """Whether there is a sensor, and somebody enrolled."""

    def ask(self, reason: str, answered: Callable[[Answer], None]) -> None:
        """Ask with `reason` in view; `answered` is called once, on the drawing thread."""


class NoBiometrics:
    """A device without a sensor, as desktops are."""

    @property
    def is_available(self) -> bool:
        """None."""
        return False

    def ask(self, reason: str, answered: Callable[[Answer], None]) -> None:
        """Nobody can be told from the owner."""
        answered(Answer.IS_NOT)


class FakeBiometrics:
    """A sensor that knows who touches it; remembers the reasons it was given."""

    def __init__(self, answer: Answer = Answer.IS_OWNER) -> None:
        """Give `answer` to every question."""
        self.answer = answer
        self.asked: list[str] = []

    @property
    def is_available(self) -> bool:
        """It is one."""
        return True

    def ask(self, reason: str, answered: Callable[[Answer], None]) -> None:
        """At once."""
        self.asked.append(reason)
        answered(self.answer)
