"""An inspection: what is judged with, and what was shown last. Nothing of it is ever written to disk.

Screens ask it; it knows no Kivy. `clock` gives aware instants.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from verifier import decision, state
from verifier.inspection.identity import Identity
from verifier.inspection.ship import Ship
from verifier.inspector.core import settings as choices
from verifier.inspector.core.challenge import Challenge
from verifier.inspector.core.evidence import Evidence, NothingToJudgeWith, Shown
from verifier.inspector.core.trust import Trust, TrustState, damaged, open_trust
from verifier.inspector.core.unheld import unheld
from verifier.inspector.core.whose import seafarers
from verifier.policy import Policy
from verifier.verdict import Outcome, Verdict

CLEARED_AFTER: Final = timedelta(seconds=60)
Clock = Callable[[], datetime]


class Session:
    """Trust, ship and duty, and the person in front of the inspector."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Open the trust data and the settings in `folder`."""
        self.folder, self.clock = folder, clock
        self.settings = choices.read(folder)
        self.ship: Ship | None = None
        self.shown: Shown | None = None
        self.challenge: Challenge | None = None
        self.touched_at = clock()
        self.trust = Trust(state=TrustState.NONE)
        self.reopen()

    @property
    def policy(self) -> Policy:
        """What the inspector demands."""
        return self.settings.rules

    def reopen(self) -> None:
        """Look at the trust data again: after an import, another policy, or a day."""
        self.trust = open_trust(str(self.folder), self.policy, self.clock())

    def choose(self, **changes: object) -> None:
        """Take other settings and keep them. Raises SettingsNotKept: they hold until the app ends."""
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type] # fields of Settings
        self.reopen()
        choices.write(self.folder, self.settings)

    # Judging

    @property
    def judged_by(self) -> tuple[object, ...]:
        """What a verdict rests on besides the code: where it is another, judge again; so once an hour."""
        held, at = self.trust.held, self.clock()
        generation = None if held is None else held.generation
        return generation, self.trust.state, self.policy, at.date(), at.hour

    def judge(self, presented: str | bytes) -> Shown:
        """Judge what was scanned, pasted or read from a picture. Raises NothingToJudgeWith.

        A challenge asks one person: the next one's code ends it, and is judged without it.
        """
        at, challenge = self.clock(), self._open_challenge()
        found: tuple[Verdict, ...] | None = None
        for nonce in () if challenge is None else challenge.nonces:
            judged = self._verdicts(presented, at, nonce)
            if challenge is not None and _answers(judged):
                challenge.is_used = True
                return Shown(
                    presented=presented, verdicts=judged, at=at, nonce=nonce, judged_by=self.judged_by
                )
            found = found or judged
        if found is None or challenge is None or not challenge.is_for(seafarers(found)):
            self.challenge = None if found is not None else self.challenge
            found = self._verdicts(presented, at, None)
        return Shown(presented=presented, verdicts=found, at=at, judged_by=self.judged_by)

    def show(self, shown: Shown) -> None:
        """This is the person in front of the inspector now."""
        self.shown = shown

    def identify(self, identity: Identity) -> Shown | None:
        """Judge the person shown by the inspector's comparison with a document (rows P)."""
        if self.shown is None:
            return None
        judged = decision.assess(
            self.shown.verdicts, ship=self.ship, at=self.clock(), identity=identity, policy=self.policy
        )
        self.shown = replace(self.shown, identity=identity, assessment=judged)
        return self.shown

    def keep_up(self) -> Shown | None:
        """Judge the person shown again where they stand on other data, or on none; None if all stays."""
        shown = self.shown
        if shown is None or shown.judged_by in (None, self.judged_by):
            return None
        verdicts = self._once_more(shown)
        self.shown = replace(shown, verdicts=verdicts, judged_by=self.judged_by)
        if _headlines(verdicts) == _headlines(shown.verdicts):
            return None
        return self.shown if shown.identity is None else self.identify(shown.identity)

    def _once_more(self, shown: Shown) -> tuple[Verdict, ...]:
        try:
            return self.judge_again()(shown.evidence)
        except NothingToJudgeWith as error:
            self.lose(error)
            return tuple(map(unheld, shown.verdicts))

    def lose(self, error: NothingToJudgeWith) -> None:
        """A part of the trust data that was not read until now is damaged, if that is why."""
        if isinstance(error.__cause__, state.StateError):
            self.trust = damaged(error.__cause__)

    def judge_again(self) -> Callable[[Evidence], tuple[Verdict, ...]]:
        """What judges evidence once more by today's trust data, on any thread. Both raise NothingToJudgeWith.

        The phone's proof counts as when it was shown: one that held then holds, one that did not never does.
        """
        held, policy, at, last_clock = self.trust.held, self.policy, self.clock(), self.trust.last_clock
        if held is None:
            raise NothingToJudgeWith

        def again(evidence: Evidence) -> tuple[Verdict, ...]:
            waited = max(at - evidence.at, timedelta())
            window = policy.proof_window + waited if evidence.held else timedelta()
            try:
                return decision.verify_all(
                    evidence.presented,
                    directory=held.directory,
                    status=held.status,
                    policy=replace(policy, proof_window=window),
                    at=at,
                    challenge=evidence.nonce,
                    last_clock=last_clock,
                )
            except state.StateError as error:
                raise NothingToJudgeWith from error

        return again

    def _verdicts(self, presented: str | bytes, at: datetime, nonce: bytes | None) -> tuple[Verdict, ...]:
        held = self.trust.held
        if held is None:
            raise NothingToJudgeWith
        try:
            found = decision.verify_all(
                presented,
                directory=held.directory,
                status=held.status,
                policy=self.policy,
                at=at,
                challenge=nonce,
                last_clock=self.trust.last_clock,
            )
        except state.StateError as error:  # a part that was not read until now
            self.trust = damaged(error)
            raise NothingToJudgeWith from None
        if all(one.outcome("C10") is Outcome.PASS for one in found):
            state.remember_clock(str(self.folder), at, self.trust.last_clock)
        return found

    # Challenges

    def set_challenge(self) -> Challenge:
        """A new one; the one before counts no more."""
        asked = frozenset() if self.shown is None else seafarers(self.shown.verdicts)
        self.challenge = Challenge(self.clock(), asked=asked)
        return self.challenge

    def end_challenge(self) -> None:
        """Nobody is asked any more."""
        self.challenge = None

    @property
    def is_waiting(self) -> bool:
        """Whether a challenge counts still."""
        return self._open_challenge() is not None

    def _open_challenge(self) -> Challenge | None:
        challenge = self.challenge
        return challenge if challenge is not None and challenge.seconds_left(self.clock()) > 0 else None

    # Clearing

    def touch(self) -> None:
        """Somebody is there."""
        self.touched_at = self.clock()

    def is_forgotten(self) -> bool:
        """Whether nobody has touched the screen for so long that the person shown must be cleared."""
        gone = self.clock() - self.touched_at
        return gone >= CLEARED_AFTER or gone < -CLEARED_AFTER

    def forget(self) -> None:
        """Forget the person; a challenge says nothing of them, and counts as long as it does."""
        self.shown = None

    def clear(self) -> None:
        """Forget the person and the challenge; ship and trust stay."""
        self.shown = self.challenge = None


def _headlines(verdicts: tuple[Verdict, ...]) -> tuple[object, ...]:
    return tuple((one.headline, _headlines(one.members)) for one in verdicts)


def _answers(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether the phone's key signed this very challenge."""
    return any(one.outcome("C5") is Outcome.PASS and one.outcome("C13") is Outcome.PASS for one in verdicts)
