"""What a comparison with a document comes to, on the verdict's screen: one that is another's turns it."""

from dataclasses import replace
from typing import Final

from verifier import decision
from verifier.inspection import table
from verifier.inspection.identity import Document
from verifier.inspector import texts, texts_crew
from verifier.inspector.core.evidence import Shown
from verifier.inspector.core.saying import reason, sentence
from verifier.inspector.core.verdict_state import Action, Concern, Signal, VerdictState
from verifier.ui.words import Words
from verifier.verdict import Check, Headline, Outcome, Standing, Valid, badness, standing

DOCUMENTS: Final = {
    Document.PASSPORT: texts.PASSPORT,
    Document.SEAFARERS_IDENTITY: texts.SEAFARERS_IDENTITY,
    Document.OTHER: texts.OTHER_DOCUMENT,
    Document.NONE: texts.NO_DOCUMENT,
}


def compared(state: VerdictState, shown: Shown, say: Words) -> VerdictState:
    """What the comparison came to; a person who is another one, or may be, turns the screen.

    Several certificates are compared with each other even where nobody has looked at a document.
    """
    assessment = shown.assessment or decision.assess(shown.verdicts, at=shown.at)
    first = next((one for one in assessment.checks if one.row == "P1"), None)
    if shown.identity is None:
        return state if first is None else _among_each_other(state, first, say)
    said = "" if first is None else reason(first, say)
    document = say(texts.COMPARED, document=say(DOCUMENTS[shown.identity.document]))
    outcome = Outcome.NOT_ASSESSED if first is None else first.outcome
    tone = {Outcome.PASS: "good", Outcome.REMARK: "caution", Outcome.FAIL: "bad"}.get(outcome, "caution")
    concern = Concern(tone, f"{document}. {said}")
    if outcome is Outcome.FAIL:
        worst = max(shown.verdicts, key=badness)
        if isinstance(worst, Valid) or standing(worst) is Standing.UNDETERMINED:
            changes = say(texts.COMPARE_CHANGES)
            turned = _another(state, assessment.headline, said, say)
            return replace(turned, action=Action.COMPARE, action_words=changes, compared=concern)
    if outcome is Outcome.UNKNOWN and state.signal in (Signal.GOOD, Signal.REMARK):
        changes = say(texts.COMPARE_CHANGES)
        return replace(_unconfirmed(state, said, say), action_words=changes, compared=concern)
    if state.action is Action.COMPARE:
        return replace(
            state, compared=concern, action=Action.SCAN, action_words=say(texts.DO_NEXT), advice=""
        )
    return replace(state, compared=concern)


def _among_each_other(state: VerdictState, first: Check, say: Words) -> VerdictState:
    """What the certificates say of each other (row P1), with no document compared."""
    said, is_green = reason(first, say), state.signal in (Signal.GOOD, Signal.REMARK)
    if first.outcome is Outcome.FAIL and (is_green or state.signal is Signal.UNKNOWN):
        turned = _another(state, Headline.NOT_THE_SAME_PERSON, said, say)
        return replace(turned, action=Action.SCAN, action_words=say(texts.DO_SCAN))
    if first.outcome is Outcome.UNKNOWN and is_green:
        return _unconfirmed(state, said, say)
    if first.outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        tone = "bad" if first.outcome is Outcome.FAIL else "caution"
        return replace(state, concerns=(*state.concerns, Concern(tone, said)))
    return state


def _another(state: VerdictState, headline: Headline, said: str, say: Words) -> VerdictState:
    """The screen of what is not one person's."""
    return replace(
        state,
        signal=Signal.FRAUD,
        icon="user-x",
        over=say(texts.FRAUD),
        headline=say(texts.HEADLINES.get(headline, str(headline))),
        reason=said,
        advice=sentence(say(table.advice(headline))),
    )


def _unconfirmed(state: VerdictState, said: str, say: Words) -> VerdictState:
    """The screen of what is good, but perhaps another's."""
    return replace(
        state,
        signal=Signal.UNKNOWN,
        icon="user-search",
        over=say(texts.CANNOT_TELL),
        headline=say(texts.HEADLINES[Headline.UNCONFIRMED]),
        what=f"{state.what}: {state.headline}",
        reason=said,
        advice=say(texts_crew.INPUT_IDENTITY),
        action=Action.COMPARE,
        action_words=say(texts.DO_COMPARE),
    )
