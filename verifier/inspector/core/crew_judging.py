"""The judging of a crew, ready for another thread; once more where trust data or policy is another."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from verifier.inspection.identity import Identity
from verifier.inspector.core import crew as crews
from verifier.inspector.core.crew import Crew, Roll
from verifier.inspector.core.evidence import Evidence, NothingToJudgeWith
from verifier.inspector.core.session import Session
from verifier.inspector.core.ship_at_hand import ShipAtHand
from verifier.inspector.core.unheld import unheld
from verifier.verdict import Verdict


class Judged(NamedTuple):
    """The crew, its ship's document, and what they were judged by (`Session.judged_by`)."""

    crew: Crew
    aboard: ShipAtHand
    by: tuple[object, ...]


def ready(
    session: Session,
    roll: Roll,
    aboard: ShipAtHand,
    *,
    label: str,
    identities: Mapping[str, Identity],
    judged_by: tuple[object, ...],
) -> Callable[[], Judged]:
    """What judges all as of now; `judged_by` is what the verdicts on the roll stand on."""
    now_by = session.judged_by
    again = _again(session) if now_by != judged_by else None
    ship = session.ship if aboard.manning is None else aboard.told  # the document says the rest
    at, policy, identities = session.clock(), session.policy, dict(identities)

    def judge() -> Judged:
        now, document = (roll, aboard.verdict) if again is None else again(roll, aboard)
        crew = crews.judge(
            now,
            label=label,
            manning=aboard.manning,
            ship=ship,
            at=at,
            policy=policy,
            identities=identities,
            document=document,
        )
        return Judged(crew, replace(aboard, verdict=document), now_by)

    return judge


_Again = Callable[[Roll, ShipAtHand], tuple[Roll, Verdict | None]]


def _again(session: Session) -> _Again:
    """Where there is nothing to judge with any more, nobody is valid."""
    try:
        verdicts_on = session.judge_again()
    except NothingToJudgeWith:
        return _unheld

    def again(roll: Roll, aboard: ShipAtHand) -> tuple[Roll, Verdict | None]:
        try:
            return crews.again(roll, verdicts_on), _on(aboard.evidence, aboard.verdict, verdicts_on)
        except NothingToJudgeWith:  # a part that was not read until now is damaged
            return _unheld(roll, aboard)

    return again


def _on(
    evidence: Evidence | None, before: Verdict | None, verdicts_on: Callable[[Evidence], tuple[Verdict, ...]]
) -> Verdict | None:
    return before if evidence is None else verdicts_on(evidence)[0]


def _unheld(roll: Roll, aboard: ShipAtHand) -> tuple[Roll, Verdict | None]:
    return crews.unheld(roll), aboard.verdict and unheld(aboard.verdict)
