"""Work that takes long, as the screens ask for it: what runs it is `background`'s, which knows Kivy."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

Result = TypeVar("Result")


class WorkError(Exception):
    """What a piece of work may end in; the base of each app's own kinds."""


class WorkBroken(WorkError):
    """The work stopped by a fault of our own, which is on stderr; the screen must not wait for ever."""


class Background(Protocol):
    """Runs one piece of work and calls back on the drawing thread."""

    def run(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[WorkError], None],
    ) -> None:
        """Call `done` with what `work` returns, or `failed` with the WorkError that it raises."""

    def hand_over(self, call: Callable[[], None]) -> None:
        """From within work: `call` between two frames, for progress."""

    def repeat(
        self, work: Callable[[], None], seconds: float, wait: Callable[[float], object] | None = None
    ) -> Callable[[], None]:
        """Do `work` every so many seconds until what is returned is called.

        `wait` may end a pause sooner, when there is something to do; on the thread that works.
        """

    def spare(self, steps: Iterator[None]) -> None:
        """Go through `steps` on the drawing thread, one now and then: what is not needed yet."""
