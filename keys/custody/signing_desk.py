"""The signer without its socket: how a request passes from thread to thread, and how it all ends.

Threads hand each other slices of a request, so that a token signs without pause:

    each connection   reads drafts and approvals, and judges them: `signing_admission`
    one signing       asks clock, quotas and stop switch, then the backend, whose session is this thread's:
                      `signing_once`
    one checking      has verified what was signed: `signing_keeping`
    one keeping       writes all that has gathered to the journal with one flush: `signing_keeping`
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from threading import Event, Lock, Thread
from typing import Final

from keys.custody import CustodyError
from keys.custody.backend import BackendError, Batches, KeyBackend, in_batches
from keys.custody.checking_process import check
from keys.custody.journal import Journal
from keys.custody.list_states import ListStates
from keys.custody.log_heads import LogHeads
from keys.custody.pass_evidence import PassEvidence
from keys.custody.signing_admission import Admission
from keys.custody.signing_case import Answer, Case, Wanted
from keys.custody.signing_keeping import Checking, Keeping
from keys.custody.signing_once import SigningOnce
from keys.custody.signing_policy import SigningPolicy
from keys.custody.steady_clock import SteadyClock
from keys.custody.stop_switch import StopSwitch
from keys.jwk import PublicKey

SLICE: Final = 64  # drafts that are handed on together
WAITING: Final = 256  # slices; whoever brings more waits
CHECKED: Final = 2  # slices that are verified together at most
GATHERED: Final = 64  # slices that one flush takes at most


class DeskClosed(CustodyError):
    """The signer is ending; nothing was signed that is not in its journal: ask again."""

    hint = "see what the signer said when it ended, and start it again"


@dataclass(slots=True)
class _Slice:
    cases: list[Case]
    done: "Future[None]" = field(default_factory=Future)


class SigningDesk:
    """Takes requests from any thread. `on_failure` is called when it can go on no more.

    Without `heads` it signs no checkpoints of a log, without `lists` whatever a status list says.
    """

    def __init__(
        self,
        policy: SigningPolicy,
        journal: Journal,
        backend: KeyBackend | Batches,
        stop: StopSwitch,
        *,
        clock: Callable[[], int] | None = None,
        heads: LogHeads | None = None,
        lists: ListStates | None = None,
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        self.policy, self.journal, self.stop = policy, journal, stop
        self.failure: str | None = None
        self.on_failure = on_failure
        self.check: Checking = lambda found: check(self.public, found)
        clock = clock or SteadyClock(not_before=journal.last_at)
        in_flight: dict[bytes, bytes] = {}
        evidence = PassEvidence(policy, lambda: self.public, journal.lookup, lists)
        self._admission = Admission(policy, journal, stop, clock, evidence)
        self._once = SigningOnce(policy, journal, in_batches(backend), stop, clock, in_flight, heads, lists)
        self._kept = Keeping(journal, lambda found: self.check(found), in_flight)
        self._to_sign: Queue[_Slice | None] = Queue(WAITING)
        self._to_check: Queue[_Slice | None] = Queue(WAITING)
        self._to_keep: Queue[_Slice | None] = Queue(WAITING)
        self._judging = Lock()  # in turn: side by side, Python would take them from one another
        self._closing = Event()
        self._opened: Future[None] = Future()
        self._threads = [
            Thread(target=self._guarded, args=(run,), daemon=True)
            for run in (self._signing, self._checking, self._keeping)
        ]

    @property
    def public(self) -> Mapping[str, PublicKey]:
        """The policy's keys, once they are open."""
        return self._once.public

    def start(self) -> None:
        """Open the backend and begin. Raises BackendError."""
        for thread in self._threads:
            thread.start()
        self._opened.result()

    def close(self) -> None:
        """Answer what was taken in, and end."""
        self._closing.set()
        self._to_sign.put(None)
        for thread in self._threads:
            thread.join()

    def sign(self, wanted: Sequence[Wanted], approvals: Sequence[str]) -> list[Answer]:
        """An answer for each draft, in their order. Raises DeskClosed, JournalError."""
        judge = self._admission.request(approvals)
        self.stop.look()
        slices = []
        for start in range(0, len(wanted), SLICE):
            with self._judging:
                slices.append(_Slice([judge(each) for each in wanted[start : start + SLICE]]))
            self._hand_on(slices[-1])
        for one in slices:
            self._until_ended(one.done.result)
        return [case.answer for one in slices for case in one.cases if case.answer is not None]

    def _hand_on(self, one: _Slice) -> None:
        if self._closing.is_set():
            raise DeskClosed(self.failure or "the signer is ending")
        if any(case.answer is None for case in one.cases):
            self._until_ended(lambda seconds: self._to_sign.put(one, timeout=seconds))
        else:
            one.done.set_result(None)

    def _until_ended(self, wait: Callable[[float], None]) -> None:
        """Wait for what a thread does, as long as there is one to do it. Raises DeskClosed."""
        while True:
            try:
                return wait(1.0)
            except (TimeoutError, Full):
                if all(thread.is_alive() for thread in self._threads):
                    continue
            except CancelledError:
                pass
            raise DeskClosed(self.failure or "the signer is ending")

    def _guarded(self, run: Callable[[], None]) -> None:
        """Whatever ends a thread ends the signer: nobody is left waiting for an answer."""
        ended = False
        try:
            run()
            ended = True
        except CustodyError as error:
            self.failure = self.failure or str(error)
        finally:
            if not ended:
                self.failure = self.failure or "the signer met an error of its own"
                self._closing.set()
                for queue in (self._to_sign, self._to_check, self._to_keep):
                    _cancel(queue)
                    queue.put(None)
                self.on_failure()

    def _signing(self) -> None:
        try:
            self._once.open()
        except BackendError as error:
            self._opened.set_exception(error)
            raise
        self._opened.set_result(None)
        try:
            while (one := self._to_sign.get()) is not None:
                with _cancelled_by_errors(one):
                    self._once.sign(one.cases)
                self._to_check.put(one)
        finally:
            self._once.close()
            self._to_check.put(None)

    def _checking(self) -> None:
        try:
            for group in _gathered(self._to_check, CHECKED):
                with _cancelled_by_errors(*group):
                    self._kept.check([case for one in group for case in one.cases])
                for one in group:
                    self._to_keep.put(one)
        finally:
            self._to_keep.put(None)

    def _keeping(self) -> None:
        for group in _gathered(self._to_keep, GATHERED):
            with _cancelled_by_errors(*group):
                self._kept.keep([case for one in group for case in one.cases if case.answer is None])
                for one in group:
                    one.done.set_result(None)


def _gathered(queue: "Queue[_Slice | None]", most: int) -> Iterator[list[_Slice]]:
    """What has come since the last time, together; until the queue's end."""
    ended = False
    while not ended:
        group = [queue.get()]
        while len(group) < most and group[-1] is not None:
            try:
                group.append(queue.get_nowait())
            except Empty:
                break
        ended = group[-1] is None
        if found := [one for one in group if one is not None]:
            yield found


@contextmanager
def _cancelled_by_errors(*slices: _Slice) -> Iterator[None]:
    """Whoever waits for these slices is told when they are not going to be done."""
    try:
        yield
    except BaseException:
        for one in slices:
            one.done.cancel()
        raise


def _cancel(queue: "Queue[_Slice | None]") -> None:
    while True:
        try:
            one = queue.get_nowait()
        except Empty:
            return
        if one is not None:
            one.done.cancel()
