"""What is signed, each draft once: clock, quotas, stop switch, logs and lists (S8 to S14), the backend."""

from collections.abc import Callable, Mapping, Sequence

from keys.custody.backend import BackendError, BackendGone, Batches, ToSignRaw
from keys.custody.journal import Journal
from keys.custody.list_states import ListStates
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
        backend: Batches,
        stop: StopSwitch,
        clock: Callable[[], int],
        in_flight: dict[bytes, bytes],
        heads: LogHeads | None = None,
        lists: ListStates | None = None,
    ) -> None:
        self.public: Mapping[str, PublicKey] = {}
        self._policy, self._journal, self._stop, self._clock = policy, journal, stop, clock
        self._backend = backend
        self._backend_usable = True
        self._hour = journal.last_hour
        self._in_flight = in_flight
        self._heads, self._lists = heads, lists

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
        new: dict[bytes, Case] = {}
        asked_twice: list[tuple[Case, bytes]] = []
        for case in cases:
            if case.answer is not None or case.draft is None:
                continue
            case.at, digest = at, case.draft.digest
            if digest in new:
                asked_twice.append((case, digest))
                continue
            case.answer = self._answer_without_signing(case, case.draft)
            if case.answer is None and not case.signature:
                new[digest] = case
        if new:
            self._sign_new([(case, case.draft) for case in new.values() if case.draft is not None])
        for case, digest in asked_twice:
            case.signature, case.answer = new[digest].signature, new[digest].answer

    def _answer_without_signing(self, case: Case, draft: SigningDraft) -> Answer | None:
        """None, and no signature: it is about to be signed, and counts."""
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
        if self._lists is not None and (contradiction := _advance_list(self._lists, draft)) is not None:
            return Refusal(Check.LIST, contradiction)
        self._hour.add(draft.purpose, at=case.at)
        return None

    def _sign_new(self, new: Sequence[tuple[Case, SigningDraft]]) -> None:
        found = self._signatures([(draft.kid, draft.text) for _, draft in new])
        for (case, draft), one in zip(new, found, strict=True):
            if isinstance(one, BackendError):
                self._hour.add(draft.purpose, at=case.at, count=-1)
                case.answer = Refusal(Check.BACKEND, str(one))
            else:
                case.signature, case.fresh = one, True
                self._in_flight[draft.digest] = one

    def _advance(self, checkpoint: Checkpoint) -> str | None:
        """(S12) A log only grows. What is about to be signed is on the disk first. Raises LogHeadsError."""
        if self._heads is None:
            return "this signer keeps no heads of logs"
        contradiction = self._heads.objection(checkpoint)
        if contradiction is None:
            self._heads.advance(checkpoint)
        return contradiction

    def _signatures(self, wanted: Sequence[ToSignRaw]) -> list[bytes | BackendError]:
        """A token that has gone is looked for once more; one that refuses us is left alone."""
        if not self._backend_usable:
            return [BackendError("the keys could not be opened again: restart the signer")] * len(wanted)
        found = self._backend.sign_all(wanted)
        gone = [place for place, one in enumerate(found) if isinstance(one, BackendGone)]
        if not gone:
            return found
        again: list[bytes | BackendError]
        try:
            self.open()
            again = self._backend.sign_all([wanted[place] for place in gone])
        except BackendError as error:
            # A wrong PIN, tried again and again, locks the token.
            self._backend_usable = isinstance(error, BackendGone)
            again = [error] * len(gone)
        for place, one in zip(gone, again, strict=True):
            found[place] = one
        return found


def _advance_list(lists: ListStates, draft: SigningDraft) -> str | None:
    """(S14) What a list has ended stays so, on the disk before it is signed; ships are told the same.

    Raises ListStatesError.
    """
    if draft.after is not None and not lists.agrees(draft.issuer, draft.after):
        return (
            f"what ships read of {draft.issuer} is not its list as it was last signed: sign that first"
            " (an issuer of an earlier version does it the other way round)"
        )
    if draft.states is None:
        return None
    contradiction = lists.objection(draft.issuer, draft.states)
    if contradiction is None:
        lists.advance(draft.issuer, draft.states)
    return contradiction
