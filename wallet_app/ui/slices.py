"""Drawing that would take long, a slice between two frames: a tap is never waited for longer than that."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from kivy.clock import Clock

SLICE_SECONDS: Final = 0.012
Piece = Callable[[], object]


class Slices:
    """Does one piece after the other; what was begun before and is not done is forgotten."""

    def __init__(self) -> None:
        """Nothing to do."""
        self._waiting: Iterator[Piece] = iter(())
        self._go_on = Clock.create_trigger(self._do)

    def begin(self, pieces: Iterable[Piece]) -> None:
        """Do the first of these now, and the others in the frames to come."""
        self._go_on.cancel()
        self._waiting = iter(pieces)
        self._do()

    def _do(self, *_: object) -> None:
        """By Kivy's clock, which does not run in a test: there all is done at once."""
        until = Clock.time() + SLICE_SECONDS
        for piece in self._waiting:
            piece()
            if Clock.time() >= until:
                self._go_on()
                return
