"""Work that takes long, off the thread that draws; its results are handed over between frames."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, TypeVar

from kivy.clock import Clock

from verifier.ui.work import WorkBroken, WorkError

Result = TypeVar("Result")
SPARE_SECONDS: Final = 0.05  # between two steps of what is done ahead
ENDED: Final = object()


class ThreadBackground:
    """A thread for each piece of work; none of them keeps the app from closing."""

    def run(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[WorkError], None],
    ) -> None:
        """Start the thread."""
        threading.Thread(target=self._work, args=(work, done, failed), daemon=True).start()

    def hand_over(self, call: Callable[[], None]) -> None:
        """Through Kivy's clock, which takes calls from any thread and, as `window` has it, wakes for them."""
        schedule = getattr(Clock, "schedule_once_free", Clock.schedule_once)
        schedule(lambda _: call(), 0)

    def repeat(
        self, work: Callable[[], None], seconds: float, wait: Callable[[float], object] | None = None
    ) -> Callable[[], None]:
        """On a thread of its own; work that takes longer is not made up for."""
        stopped = threading.Event()
        pause = wait or stopped.wait

        def run() -> None:
            while not stopped.is_set():
                pause(seconds)
                if not stopped.is_set():
                    work()

        threading.Thread(target=run, daemon=True).start()
        return stopped.set

    def spare(self, steps: Iterator[None]) -> None:
        """Between frames, with time for others in between."""

        def step(_: float) -> None:
            if next(steps, ENDED) is not ENDED:
                Clock.schedule_once(step, SPARE_SECONDS)

        Clock.schedule_once(step, 0)

    def _work(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[WorkError], None],
    ) -> None:
        # A fault of our own goes to stderr as any other does; the screen must not wait for ever besides.
        outcome = partial(failed, WorkBroken("the app stopped; see its messages"))
        try:
            outcome = partial(done, work())
        except WorkError as error:
            outcome = partial(failed, error)
        finally:
            self.hand_over(outcome)


class ImmediateBackground:
    """Works at the next frame, on the drawing thread: for tests, where nothing really waits."""

    def run(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[WorkError], None],
    ) -> None:
        """At the next frame."""

        def act(_: float) -> None:
            try:
                result = work()
            except WorkError as error:
                failed(error)
            else:
                done(result)

        Clock.schedule_once(act, 0)

    def hand_over(self, call: Callable[[], None]) -> None:
        """At once."""
        call()

    def repeat(
        self, work: Callable[[], None], seconds: float, wait: Callable[[float], object] | None = None
    ) -> Callable[[], None]:
        """By Kivy's clock, which in tests is a virtual one; nothing waits on the thread that draws."""
        event = Clock.schedule_interval(lambda _: work(), seconds)
        return lambda: event.cancel()

    def spare(self, steps: Iterator[None]) -> None:
        """Never: a test that needs what is done ahead gets it done when it asks."""
