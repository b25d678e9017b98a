"""An inspection: what is judged with, and what was shown last. Nothing of it is ever written to disk.

Screens ask it; it knows no Kivy. `clock` gives aware instants.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from verifier import decision, state
from verifier.inspection.identity import Identity
from verifier.inspection.ship import Ship
from verifier.inspector.core import settings as choices
from verifier.inspector.core.challenge import Challenge
from verifier.inspector.core.trust import Trust, TrustState, damaged, open_trust
from verifier.policy import Policy
from verifier.verdict import Assessment, Outcome, Verdict

CLEARED_AFTER: Final = timedelta(seconds=60)
Clock = Callable[[], datetime]


class NothingToJudgeWith(Exception):
    """There is no trust data that can be used: `Session.trust` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one scan brought, judged; and the inspector's answers on the person, if given."""

    presented: str | bytes  # QR text, a token, or the wire that moving frames restore
    verdicts: tuple[Verdict, ...]
    at: datetime
    is_answer: bool = False  # to a challenge of ours
    identity: Identity | None = None
    assessment: Assessment | None = None


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

    def judge(self, presented: str | bytes) -> Shown:
        """Judge what was scanned, pasted or read from a picture. Raises NothingToJudgeWith."""
        at, challenge = self.clock(), self._open_challenge()
        nonces = (None,) if challenge is None else challenge.nonces
        found = [self._verdicts(presented, at, nonce) for nonce in nonces]
        answer = next((one for one in found if challenge and _answers(one)), None)
        if challenge is not None and answer is not None:
            challenge.is_used = True
        return Shown(presented=presented, verdicts=answer or found[0], at=at, is_answer=answer is not None)

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
        self.challenge = Challenge(self.clock())
        return self.challenge

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

    def clear(self) -> None:
        """Forget the person; ship and trust stay."""
        self.shown = self.challenge = None


def _answers(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether the phone's key signed this very challenge."""
    return any(one.outcome("C5") is Outcome.PASS and one.outcome("C13") is Outcome.PASS for one in verdicts)
