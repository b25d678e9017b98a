"""What may be signed: each draft is read and judged with what comes with it (checks S1 to S7, S13)."""

from collections.abc import Callable, Mapping, Sequence

from keys.custody import signing_draft
from keys.custody.approval import Approval, ApprovalError, verify
from keys.custody.journal import Journal
from keys.custody.pass_evidence import PassEvidence
from keys.custody.signing_case import Case, Wanted, known, stopped
from keys.custody.signing_draft import DraftError
from keys.custody.signing_policy import Check, Refusal, SigningPolicy, not_entitled
from keys.custody.steady_clock import ClockJumped
from keys.custody.stop_switch import StopSwitch
from keys.jwk import PublicKey


class Admission:
    """Judges drafts; each connection's thread may ask at once."""

    def __init__(
        self,
        policy: SigningPolicy,
        journal: Journal,
        stop: StopSwitch,
        clock: Callable[[], int],
        evidence: PassEvidence,
    ) -> None:
        self._policy, self._journal, self._stop, self._clock = policy, journal, stop, clock
        self._evidence = evidence
        self._people = {kid: one.key for kid, one in policy.approvers.items()}
        self._rules = {kid: one.key for kid, one in policy.rule_keys.items()}

    def request(self, tokens: Sequence[str]) -> Callable[[Wanted], Case]:
        """The judge of one request, whose approvals these are."""
        approvals = _Approvals(tokens, self._people, self._rules)
        return lambda wanted: self._judge(wanted, approvals)

    def _judge(self, wanted: Wanted, approvals: "_Approvals") -> Case:
        """Unless this draft was signed before: then it gets what it got."""
        try:
            draft = signing_draft.read(wanted.text)
            if draft.digest in self._journal:
                is_stopped = self._stop.stops(draft.purpose)
                return Case(draft, stopped(self._stop) if is_stopped else known(self._journal, draft))
            at = self._clock()
            refusal = not_entitled(self._policy, draft, approvals.of(wanted), at=at)
            refusal = refusal or self._evidence.objection(draft, wanted.evidence, at=at)
        except DraftError as error:
            return Case(answer=Refusal(Check.DRAFT, str(error)))
        except ApprovalError as error:
            return Case(answer=Refusal(Check.APPROVAL, str(error)))
        except ClockJumped as error:
            return Case(answer=Refusal(Check.CLOCK, str(error)))
        return Case(draft, refusal)


class _Approvals:
    """One request's approvals, each verified once, when the first draft needs it."""

    def __init__(
        self, tokens: Sequence[str], people: Mapping[str, PublicKey], rules: Mapping[str, PublicKey]
    ) -> None:
        self._tokens, self._people, self._rules = tokens, people, rules
        self._verified: dict[int, Approval | ApprovalError] = {}

    def of(self, wanted: Wanted) -> list[Approval]:
        """Those that are for this draft. Raises ApprovalError."""
        return [self._approval(place) for place in wanted.approvals]

    def _approval(self, place: int) -> Approval:
        found = self._verified.get(place)
        if found is None:
            try:
                found = verify(self._tokens[place], self._people, self._rules)
            except ApprovalError as error:
                found = error
            self._verified[place] = found
        if isinstance(found, ApprovalError):
            raise found
        return found
