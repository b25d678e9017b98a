"""A draft on its way through the signer: what was asked, what is known of it so far, and its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from keys.custody.journal import Journal
from keys.custody.signing_draft import SigningDraft
from keys.custody.signing_policy import Check, Refusal
from keys.custody.stop_switch import StopSwitch


class Wanted(NamedTuple):
    """A draft, which of the request's approvals are for it, and a pass' credentials."""

    text: str
    approvals: Sequence[int]
    evidence: Sequence[str] = ()


class Signed(NamedTuple):
    """The signature that this draft has, now and whenever it is asked for again."""

    signature: bytes


Answer = Signed | Refusal


@dataclass(slots=True)
class Case:
    """One draft on its way; `answer` is set once it is known."""

    draft: SigningDraft | None = None
    answer: Answer | None = None
    signature: bytes = b""
    at: int = 0
    fresh: bool = False  # signed now, and not yet in the journal
    good: bool = False  # and verified


def known(journal: Journal, draft: SigningDraft) -> Signed:
    """What a draft that is in the journal got."""
    entry = journal.lookup(draft.digest)
    assert entry is not None, "the journal forgets nothing"  # noqa: S101
    return Signed(entry.signature)


def stopped(stop: StopSwitch) -> Refusal:
    """(S10) What to tell whoever asks while the stop switch is on."""
    return Refusal(Check.STOPPED, f"signing is stopped: {stop.reason() or 'it was just resumed'}")
