"""What happens to a request in the signer: checked, signed, verified, journaled, and only then answered.

Three kinds of threads hand each other slices of a request, so that a token signs without pause:

    each connection   reads drafts and approvals, and judges them (S1 to S7)
    one signing       clock, quotas, stop switch (S8 to S10), then the backend: its session is this thread's
    one keeping       has what was signed verified, writes all that has gathered to the journal with one flush
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Final, NamedTuple

from keys.custody import CustodyError, signing_draft
from keys.custody.approval import Approval, ApprovalError, verify
from keys.custody.backend import BackendError, BackendGone, KeyBackend
from keys.custody.checking_process import ToCheck, check
from keys.custody.journal import Entry, Journal
from keys.custody.signing_draft import DraftError, SigningDraft
from keys.custody.signing_policy import Check, Refusal, SigningPolicy, entitlement, within_quota
from keys.custody.steady_clock import ClockJumped, SteadyClock
from keys.custody.stop_switch import StopSwitch
from keys.jwk import PublicKey

SLICE: Final = 64  # drafts that are handed on together
WAITING: Final = 256  # slices; whoever brings more waits
GATHERED: Final = 64  # slices that one flush takes at most


class DeskClosed(CustodyError):
    """The signer is ending; nothing was signed that is not in its journal: ask again."""

    hint = "see what the signer said when it ended, and start it again"


class Signed(NamedTuple):
    """The signature that this draft has, now and whenever it is asked for again."""

    signature: bytes


class Wanted(NamedTuple):
    """A draft, and which of the request's approvals are for it."""

    text: str
    approvals: Sequence[int]


Answer = Signed | Refusal


@dataclass(slots=True)
class _Case:
    """One draft on its way; `answer` is set once it is known."""

    draft: SigningDraft | None = None
    answer: Answer | None = None
    signature: bytes = b""
    at: int = 0
    fresh: bool = False  # signed now, and not yet in the journal


@dataclass(slots=True)
class _Slice:
    cases: list[_Case]
    done: "Future[None]" = field(default_factory=Future)


class SigningDesk:
    """The signer without its socket. `on_failure` is called when it can go on no more."""

    def __init__(
        self,
        policy: SigningPolicy,
        journal: Journal,
        backend: KeyBackend,
        stop: StopSwitch,
        *,
        clock: Callable[[], int] | None = None,
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        self.policy, self.journal, self.stop = policy, journal, stop
        self.public: Mapping[str, PublicKey] = {}
        self.failure: str | None = None
        self.on_failure = on_failure
        self._backend = backend
        self._backend_usable = True
        self._clock = clock or SteadyClock(not_before=journal.last_at)
        self._hour = journal.last_hour
        self._people = {kid: one.key for kid, one in policy.approvers.items()}
        self._rules = {kid: one.key for kid, one in policy.rule_keys.items()}
        self._to_sign: Queue[_Slice | None] = Queue(WAITING)
        self._to_keep: Queue[_Slice | None] = Queue(WAITING)
        self._in_flight: dict[bytes, bytes] = {}
        self.check: Callable[[Sequence[ToCheck]], list[bool]] = lambda found: check(self.public, found)
        self._closing = Event()
        self._opened: Future[None] = Future()
        self._threads = [
            Thread(target=self._guarded, args=(run,), daemon=True) for run in (self._signing, self._keeping)
        ]

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
        judge = _Judge(self, approvals)
        self.stop.look()
        slices = []
        for start in range(0, len(wanted), SLICE):
            slices.append(_Slice([judge(each) for each in wanted[start : start + SLICE]]))
            self._hand_on(slices[-1])
        for one in slices:
            self._until_ended(one.done.result)
        return [case.answer for one in slices for case in one.cases if case.answer is not None]

    def judge(self, text: str, approvals: Callable[[], Sequence[Approval]]) -> _Case:
        """Checks S1 to S7, unless this draft was signed before: then it gets what it got."""
        try:
            draft = signing_draft.read(text)
            if draft.digest in self.journal:
                return _Case(
                    draft, Refusal(Check.STOPPED, self.stopped()) if self.stop.on else self._known(draft)
                )
            found = entitlement(self.policy, draft, approvals(), at=self._clock())
        except DraftError as error:
            return _Case(answer=Refusal(Check.DRAFT, str(error)))
        except ApprovalError as error:
            return _Case(answer=Refusal(Check.APPROVAL, str(error)))
        except ClockJumped as error:
            return _Case(answer=Refusal(Check.CLOCK, str(error)))
        return _Case(draft, found if isinstance(found, Refusal) else None)

    def approval(self, token: str) -> Approval:
        """A verified approval. Raises ApprovalError."""
        return verify(token, self._people, self._rules)

    def stopped(self) -> str:
        """What to tell whoever asks while the stop switch is on."""
        return f"signing is stopped: {self.stop.reason() or 'it was just resumed'}"

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

    def _known(self, draft: SigningDraft) -> Signed:
        entry = self.journal.lookup(draft.digest)
        assert entry is not None, "the journal forgets nothing"  # noqa: S101
        return Signed(entry.signature)

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
                for queue in (self._to_sign, self._to_keep):
                    _cancel(queue)
                    queue.put(None)
                self.on_failure()

    # The signing thread

    def _signing(self) -> None:
        try:
            self._open()
        except BackendError as error:
            self._opened.set_exception(error)
            raise
        self._opened.set_result(None)
        try:
            while (one := self._to_sign.get()) is not None:
                with _cancelled_by_errors(one):
                    self._sign_slice(one)
                self._to_keep.put(one)
        finally:
            self._backend.close()
            self._to_keep.put(None)

    def _open(self) -> None:
        found = self._backend.open()
        for kid, key in self.policy.keys.items():
            if kid not in found:
                raise BackendError(f"the policy names key {kid}, and there is none")
            if found[kid] != (key.public or found[kid]) or found[kid] != self.public.get(kid, found[kid]):
                raise BackendError(f"key {kid} is another than the policy pins, or than it was before")
        self.public = {kid: found[kid] for kid in self.policy.keys}

    def _sign_slice(self, one: _Slice) -> None:
        self.stop.look()
        try:
            at = self._clock()
        except ClockJumped as error:
            for case in one.cases:
                case.answer = case.answer or Refusal(Check.CLOCK, str(error))
            return
        for case in one.cases:
            if case.answer is None and case.draft is not None:
                case.at = at
                case.answer = self._sign_one(case, case.draft)

    def _sign_one(self, case: _Case, draft: SigningDraft) -> Answer | None:
        if self.stop.on:
            return Refusal(Check.STOPPED, self.stopped())
        # In this order: what is in flight becomes known before it ceases to be in flight.
        case.signature = self._in_flight.get(draft.digest, b"")
        if case.signature:
            return None  # somebody else asked for it a moment ago
        if draft.digest in self.journal:
            return self._known(draft)
        over = within_quota(self.policy, draft.purpose, self._hour.used(draft.purpose, at=case.at))
        if over is not None:
            return over
        try:
            case.signature = self._backend_sign(draft)
        except BackendError as error:
            return Refusal(Check.BACKEND, str(error))
        case.fresh = True
        self._hour.add(draft.purpose, at=case.at)
        self._in_flight[draft.digest] = case.signature
        return None

    def _backend_sign(self, draft: SigningDraft) -> bytes:
        """A token that has gone is looked for once more; one that refuses us is left alone."""
        if not self._backend_usable:
            raise BackendError("the keys could not be opened again: restart the signer")
        try:
            return self._backend.sign(draft.kid, draft.text)
        except BackendGone:
            pass
        try:
            self._open()
        except BackendGone:
            raise
        except BackendError:
            self._backend_usable = False  # a wrong PIN, tried again and again, locks the token
            raise
        return self._backend.sign(draft.kid, draft.text)

    # The keeping thread

    def _keeping(self) -> None:
        while (one := self._to_keep.get()) is not None:
            group = [one]
            ended = False
            while len(group) < GATHERED and not ended:
                try:
                    more = self._to_keep.get_nowait()
                except Empty:
                    break
                ended = more is None
                group += [more] if more is not None else []
            with _cancelled_by_errors(*group):
                self._keep(group)
            if ended:
                return

    def _keep(self, group: Sequence[_Slice]) -> None:
        cases = [case for one in group for case in one.cases if case.answer is None]
        fresh = [case for case in cases if case.fresh]
        found = self.check([_to_check(case) for case in fresh]) if fresh else []
        if any(found):
            self.journal.append([_entry(case) for case, good in zip(fresh, found, strict=True) if good])
        for case in cases:
            if case.draft is None:
                continue
            if case.fresh:
                self._in_flight.pop(case.draft.digest, None)
            if case.draft.digest in self.journal:
                case.answer = Signed(case.signature)
            else:
                case.answer = Refusal(Check.BACKEND, "what the keys made is not a signature over this draft")
        for one in group:
            one.done.set_result(None)


class _Judge:
    """One request's approvals, each verified once, when the first draft needs it."""

    def __init__(self, desk: SigningDesk, tokens: Sequence[str]) -> None:
        self._desk, self._tokens = desk, tokens
        self._verified: dict[int, Approval | ApprovalError] = {}

    def __call__(self, wanted: Wanted) -> _Case:
        return self._desk.judge(wanted.text, lambda: [self._approval(one) for one in wanted.approvals])

    def _approval(self, place: int) -> Approval:
        found = self._verified.get(place)
        if found is None:
            try:
                found = self._desk.approval(self._tokens[place])
            except ApprovalError as error:
                found = error
            self._verified[place] = found
        if isinstance(found, ApprovalError):
            raise found
        return found


class _cancelled_by_errors:  # noqa: N801 - reads as what it does
    """Whoever waits for these slices is told when they are not going to be done."""

    def __init__(self, *slices: _Slice) -> None:
        self._slices = slices

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            for one in self._slices:
                one.done.cancel()


def _cancel(queue: "Queue[_Slice | None]") -> None:
    while True:
        try:
            one = queue.get_nowait()
        except Empty:
            return
        if one is not None:
            one.done.cancel()


def _to_check(case: _Case) -> ToCheck:
    assert case.draft is not None, "what is signed was read"  # noqa: S101
    return ToCheck(case.draft.kid, case.draft.text, case.signature)


def _entry(case: _Case) -> Entry:
    assert case.draft is not None, "what is signed was read"  # noqa: S101
    return Entry(case.draft.digest, case.signature, case.at, case.draft.purpose, case.draft.kid)
