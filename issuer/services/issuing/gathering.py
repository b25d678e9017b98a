"""Group commit: threads that each want one thing at the same moment share one batch and its commits.

Whoever comes first leads: it takes all that wait, works through them as one batch, hands out the outcomes,
and lets the first of those who came meanwhile lead the next. Alone, one is a batch, and waits for nobody.
In a crowd, the next leader gives those who were just served a moment to come back with their next request:
without it there would be two half crowds, in turns, and twice as many waits for the disk.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_Wanted = TypeVar("_Wanted")
_Outcome = TypeVar("_Outcome")


PATIENCE = 0.1  # of the time that the batch before took


@dataclass(slots=True)
class _Ticket(Generic[_Wanted, _Outcome]):
    wanted: _Wanted
    woken: threading.Event = field(default_factory=threading.Event)
    outcome: list[_Outcome] = field(default_factory=list)  # one, once there is one
    leads: bool = False


class Gathering(Generic[_Wanted, _Outcome]):
    """Gathers calls of `one` into calls of `many`, one at a time, of at most `limit`."""

    def __init__(self, many: Callable[[Sequence[_Wanted]], Sequence[_Outcome]], limit: int) -> None:
        self._many = many
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting: list[_Ticket[_Wanted, _Outcome]] = []
        self._led = False
        self._crowd_until = 0.0  # on the monotonic clock: when those who were just served may be back

    def one(self, wanted: _Wanted) -> _Outcome:
        """The outcome for `wanted`. What the batch raises, its leader does; all others try again alone."""
        ticket: _Ticket[_Wanted, _Outcome] = _Ticket(wanted)
        with self._lock:
            if self._led:
                self._waiting.append(ticket)
            else:
                self._led = ticket.leads = True
        if not ticket.leads:
            ticket.woken.wait()
        if ticket.leads:
            self._lead(ticket)
        if ticket.outcome:
            return ticket.outcome[0]
        return self._many([wanted])[0]

    def _lead(self, own: _Ticket[_Wanted, _Outcome]) -> None:
        time.sleep(max(0.0, self._crowd_until - time.monotonic()))
        began = time.monotonic()
        with self._lock:
            others, self._waiting = self._waiting[: self._limit - 1], self._waiting[self._limit - 1 :]
        batch = [own, *others]
        try:
            outcomes = self._many([one.wanted for one in batch])
            for one, outcome in zip(batch, outcomes, strict=True):
                one.outcome.append(outcome)
        finally:
            ended = time.monotonic()
            self._crowd_until = ended + PATIENCE * (ended - began) if others else 0.0
            self._hand_over()
            for one in others:
                one.woken.set()

    def _hand_over(self) -> None:
        with self._lock:
            if not self._waiting:
                self._led = False
                return
            next_leader = self._waiting.pop(0)
        next_leader.leads = True
        next_leader.woken.set()
