"""What is signed, each draft once: clock, quotas, stop switch, logs (S8 to S10, S12), the backend (S11)."""

from collections.abc import Callable, Mapping, Sequence

from keys.custody.backend import BackendError, BackendGone, KeyBackend
from keys.custody.journal import Journal
from keys.custody.log_heads import LogHeads
from keys.custody.signing_case import Answer, Case, known, stopped
from keys.custody.signing_draft import SigningDraft
from keys.custody.signing_policy import Check, Refusal, SigningPolicy, within_quota
from keys.custody.steady_clock import ClockJumped
from keys.custody.stop_switch import StopSwitch
from keys.jwk import PublicKey
from keys.transparency.checkpoint import Checkpoint


class SigningOnce:
    """The backend and its quotas; one thread alone calls it, whose the backend's session is.

    `in_flight` are signatures by draft that the journal does not have yet: whoever keeps takes them out.
    """

    def __init__(
        self,
        policy: SigningPolicy,
        journal: Journal,
        backend: KeyBackend,
        stop: StopSwitch,
        clock: Callable[[], int],
        in_flight: dict[bytes, bytes],
        heads: LogHeads | None = None,
    ) -> None:
        self.public: Mapping[str, PublicKey] = {}
        self._policy, self._journal, self._stop, self._clock = policy, journal, stop, clock
        self._backend = backend
        self._backend_usable = True
        self._hour = journal.last_hour
        self._in_flight = in_flight
        self._heads = heads

    def open(self) -> None:
        """Find the policy's keys, the very ones. Raises BackendError."""
        found = self._backend.open()
        for kid, key in self._policy.keys.items():
            if kid not in found:
                raise BackendError(f"the policy names key {kid}, and there is none")
            if found[kid] != (key.public or found[kid]) or found[kid] != self.public.get(kid, found[kid]):
                raise BackendError(f"key {kid} is another than the policy pins, or than it was before")
        self.public = {kid: found[kid] for kid in self._policy.keys}

    def close(self) -> None:
        """Let go of the keys."""
        self._backend.close()

    def sign(self, cases: Sequence[Case]) -> None:
        """Give those without an answer a signature, or the answer why not."""
        self._stop.look()
        try:
            at = self._clock()
        except ClockJumped as error:
            for case in cases:
                case.answer = case.answer or Refusal(Check.CLOCK, str(error))
            return
        for case in cases:
            if case.answer is None and case.draft is not None:
                case.at = at
                case.answer = self._sign_one(case, case.draft)

    def _sign_one(self, case: Case, draft: SigningDraft) -> Answer | None:
        if self._stop.stops(draft.purpose):
            return stopped(self._stop)
        # In this order: what is in flight becomes known before it ceases to be in flight.
        case.signature = self._in_flight.get(draft.digest, b"")
        if case.signature:
            return None  # somebody else asked for it a moment ago
        if draft.digest in self._journal:
            return known(self._journal, draft)
        over = within_quota(self._policy, draft.purpose, self._hour, at=case.at)
        if over is not None:
            return over
        if draft.checkpoint is not None and (contradiction := self._advance(draft.checkpoint)) is not None:
            return Refusal(Check.LOG, contradiction)
        try:
            case.signature = self._backend_sign(draft)
        except BackendError as error:
            return Refusal(Check.BACKEND, str(error))
        case.fresh = True
        self._hour.add(draft.purpose, at=case.at)
        self._in_flight[draft.digest] = case.signature
        return None

    def _advance(self, checkpoint: Checkpoint) -> str | None:
        """(S12) A log only grows. What is about to be signed is on the disk first. Raises LogHeadsError."""
        if self._heads is None:
            return "this signer keeps no heads of logs"
        contradiction = self._heads.objection(checkpoint)
        if contradiction is None:
            self._heads.advance(checkpoint)
        return contradiction

    def _backend_sign(self, draft: SigningDraft) -> bytes:
        """A token that has gone is looked for once more; one that refuses us is left alone."""
        if not self._backend_usable:
            raise BackendError("the keys could not be opened again: restart the signer")
        try:
            return self._backend.sign(draft.kid, draft.text)
        except BackendGone:
            pass
        try:
            self.open()
        except BackendGone:
            raise
        except BackendError:
            self._backend_usable = False  # a wrong PIN, tried again and again, locks the token
            raise
        return self._backend.sign(draft.kid, draft.text)
