"""What one scan brought, judged, and what it takes to judge it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from verifier.inspection.identity import Identity
from verifier.verdict import Assessment, Outcome, Verdict


class NothingToJudgeWith(Exception):
    """There is no trust data that can be used: `Session.trust` says why."""


class Evidence(NamedTuple):
    """What was presented, when, and in answer to what; `held`: the phone's proof held then (C13)."""

    presented: str | bytes
    at: datetime
    nonce: bytes | None
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one scan brought, judged; and the inspector's answers on the person, if given."""

    presented: str | bytes  # QR text, a token, or the wire that moving frames restore
    verdicts: tuple[Verdict, ...]
    at: datetime
    nonce: bytes | None = None  # of the challenge of ours that it answers
    identity: Identity | None = None
    assessment: Assessment | None = None
    judged_by: tuple[object, ...] | None = None  # `Session.judged_by` then; None: not by the session

    @property
    def evidence(self) -> Evidence:
        """What it takes to judge it again."""
        held = any(one.outcome("C13") is Outcome.PASS for one in self.verdicts)
        return Evidence(self.presented, self.at, self.nonce, held)

    @property
    def is_answer(self) -> bool:
        """Whether it answers a challenge of ours."""
        return self.nonce is not None
