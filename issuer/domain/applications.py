"""An application's states and what leads from one to another; no I/O.

The states of the authority's design, without payment: a fee is told and recorded, and nothing waits for it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from issuer.domain.errors import IllegalTransition


class Asked(StrEnum):
    """What is applied for (Søfartsstyrelsen, Sønæringsbevis)."""

    FIRST = "first"
    UPGRADE = "upgrade"
    RENEWAL = "renewal"
    REACQUISITION = "reacquisition"
    LOST = "lost"


class ApplicationState(StrEnum):
    """Where an application is."""

    DRAFT = "draft"  # with the applicant: nothing is stored of it
    EVALUATING = "evaluating"
    SPOT_CHECK = "spot-check"
    MANUAL = "manual"
    IN_REVIEW = "in-review"
    AWAITING_INFORMATION = "awaiting-information"
    HEARING = "hearing"
    ISSUING = "issuing"
    ISSUED = "issued"
    REFUSED = "refused"
    APPEAL = "appeal"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """How a person ends a case."""

    GRANT = "grant"
    LIMIT = "limit"
    REFUSE = "refuse"


INTENTION: Final = "intend-refusal"  # kept as a decision is, and ends no case


class ApplicationEvent(StrEnum):
    """What happens to an application."""

    SUBMIT = "submit"
    ACCEPT = "accept"  # automatic, and not drawn
    DRAW = "draw"  # automatic, and drawn for a look
    REFER = "refer"  # a person has to decide
    LACK = "lack"  # something is missing
    EVALUATE = "evaluate"  # anew: evidence has come
    CLEAR = "clear"  # the look found nothing
    DOUBT = "doubt"
    ASSIGN = "assign"
    ASK = "ask"
    GRANT = "grant"
    LIMIT = "limit"
    INTEND_REFUSAL = "intend-refusal"
    ANSWER = "answer"  # the applicant's, to the intention
    RECONSIDER = "reconsider"  # the answer has changed something
    REFUSE = "refuse"
    RETURN = "return"  # the certificate was not approved, or not signed for good
    COMPLETE = "complete"  # the certificate is signed
    WITHDRAW = "withdraw"
    APPEAL = "appeal"


_S, _E = ApplicationState, ApplicationEvent
_BEFORE_ISSUING = (
    _S.EVALUATING,
    _S.SPOT_CHECK,
    _S.MANUAL,
    _S.IN_REVIEW,
    _S.AWAITING_INFORMATION,
    _S.HEARING,
)
TRANSITIONS: Mapping[tuple[ApplicationState, ApplicationEvent], ApplicationState] = {
    (_S.DRAFT, _E.SUBMIT): _S.EVALUATING,
    (_S.EVALUATING, _E.ACCEPT): _S.ISSUING,
    (_S.EVALUATING, _E.DRAW): _S.SPOT_CHECK,
    (_S.EVALUATING, _E.REFER): _S.MANUAL,
    (_S.EVALUATING, _E.LACK): _S.AWAITING_INFORMATION,
    (_S.AWAITING_INFORMATION, _E.EVALUATE): _S.EVALUATING,
    (_S.SPOT_CHECK, _E.CLEAR): _S.ISSUING,
    (_S.SPOT_CHECK, _E.DOUBT): _S.MANUAL,
    (_S.MANUAL, _E.ASSIGN): _S.IN_REVIEW,
    # Whoever is told by a machine that something is missing may have a person look at it (GDPR article 22).
    (_S.AWAITING_INFORMATION, _E.ASSIGN): _S.IN_REVIEW,
    (_S.IN_REVIEW, _E.ASK): _S.AWAITING_INFORMATION,
    (_S.IN_REVIEW, _E.GRANT): _S.ISSUING,
    (_S.IN_REVIEW, _E.LIMIT): _S.ISSUING,
    (_S.IN_REVIEW, _E.INTEND_REFUSAL): _S.HEARING,
    (_S.HEARING, _E.ANSWER): _S.HEARING,
    (_S.HEARING, _E.RECONSIDER): _S.IN_REVIEW,
    (_S.HEARING, _E.REFUSE): _S.REFUSED,
    (_S.ISSUING, _E.COMPLETE): _S.ISSUED,
    (_S.ISSUING, _E.RETURN): _S.MANUAL,
    (_S.REFUSED, _E.APPEAL): _S.APPEAL,
    **{(state, _E.WITHDRAW): _S.WITHDRAWN for state in _BEFORE_ISSUING},
}
CLOSED = frozenset((_S.ISSUED, _S.REFUSED, _S.APPEAL, _S.WITHDRAWN))


def next_state(state: ApplicationState, event: ApplicationEvent, case: str) -> ApplicationState:
    """The state after `event`; raises IllegalTransition, which names the case and what is possible."""
    target = TRANSITIONS.get((state, event))
    if target is None:
        possible = sorted(one.value for at, one in TRANSITIONS if at is state)
        hint = f"possible now: {', '.join(possible)}" if possible else "nothing more can happen to it"
        raise IllegalTransition(f"case {case} is {state.value}: {event.value} is not possible", hint=hint)
    return target
