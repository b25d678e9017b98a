"""An inspector's challenge, taken up: its nonce is answered once, and the answer is shown for two minutes.

Such a proof needs no clock on either side, and a recording of it is worth nothing.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from verifier.credential import presentation
from verifier.credential.presentation import NoChallenge
from wallet_app.core import history
from wallet_app.core.history import Event

GOOD_FOR: Final = timedelta(minutes=2)


class ChallengeAnswered(ValueError):
    """This phone has answered that challenge before: each is good for one answer."""


class Challenge(NamedTuple):
    """The 8 bytes to answer, and when they were taken up."""

    nonce: bytes
    taken_at: datetime

    @property
    def until(self) -> datetime:
        """The answer is shown no longer than this."""
        try:
            return self.taken_at + GOOD_FOR
        except OverflowError:
            return self.taken_at

    @property
    def words(self) -> str:
        """How both sides can tell that they mean the same one: as it was typed, else its last four digits."""
        typed = self.nonce[2:]
        if self.nonce[:2] == bytes(2) and typed.isalnum() and typed.isascii():
            return typed.decode("ascii")
        return self.nonce.hex().upper()[-4:]


def is_one(text: str) -> bool:
    """Whether a scanned text is an inspector's challenge; six characters alone are one when typed."""
    return text.startswith(presentation.CHALLENGE_PREFIX)


def take_up(text: str, answered: tuple[Event, ...], at: datetime) -> Challenge:
    """The challenge in `text`, scanned or typed. Raises NoChallenge or ChallengeAnswered."""
    if len(text) > 200:
        raise NoChallenge(f"a text of {len(text)} characters is no challenge")
    nonce = presentation.read_challenge(text.strip())
    if history.was_answered(answered, nonce):
        raise ChallengeAnswered("this phone has answered that challenge")
    return Challenge(nonce, at)
