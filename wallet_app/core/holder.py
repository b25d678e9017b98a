"""Showing a certificate: a presentation with a proof by this phone's key that is at most 15 seconds old."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from keys.signer import Signer
from verifier.credential import carrier, presentation
from wallet_app.core.challenge import Challenge

PERIOD_SECONDS: Final = 15
MOST_CHARACTERS: Final = 3_391  # alphanumeric mode, version 40, level M (ISO/IEC 18004 table 7)
NONCE_BYTES: Final = 8
END_OF_PROOFS: Final = 2**32  # Unix seconds: what four bytes on the wire cannot hold


class CannotShow(ValueError):
    """A credential that no QR code holds; says how large it is."""


class ClockIsWrong(CannotShow):
    """A time that no proof can state; says which."""


@dataclass(frozen=True, slots=True)
class LiveCode:
    """The text of one QR. A fresh one is due at `fresh_until`."""

    qr_text: str
    made_at: datetime
    fresh_until: datetime


class Showable(Protocol):
    """A certificate or a pass: what was signed, and whether this phone's key is the one in it."""

    @property
    def text(self) -> str:
        """As it was signed."""

    @property
    def is_ours(self) -> bool:
        """Bound to this phone's key."""


def live_code(held: Showable, signer: Signer, at: datetime, challenge: Challenge | None = None) -> LiveCode:
    """A presentation of `held` made at `at`, as QR text; without a proof where the key is not ours.

    One that answers a `challenge` is good until that runs out. Raises CannotShow, as ClockIsWrong where the
    proof's four bytes cannot hold the time (until 2106).
    """
    text = proven(held.text, signer, at, challenge) if held.is_ours else held.text
    try:
        qr_text = carrier.to_qr_text(carrier.pack(text))
    except carrier.MalformedCarrier as error:
        raise CannotShow(str(error)) from None
    if len(qr_text) > MOST_CHARACTERS:
        raise CannotShow(f"{len(qr_text)} characters; a code holds {MOST_CHARACTERS}")
    return LiveCode(qr_text, at, good_until(at, challenge))


def proven(text: str, signer: Signer, at: datetime, challenge: Challenge | None = None) -> str:
    """The SD-JWT `text` with a holder proof, of the time or of a challenge. Raises ClockIsWrong.

    A challenge needs no clock: a time that the proof cannot state is left at the nearest that it can.
    """
    seconds = int(at.timestamp())
    if challenge is not None:
        seconds = max(0, min(seconds, END_OF_PROOFS - 1))
        return presentation.make(
            text, signer, at=seconds, nonce=challenge.nonce, audience=presentation.Audience.CHALLENGE
        )
    if not 0 <= seconds < END_OF_PROOFS:
        raise ClockIsWrong(f"no proof can be made at {at}")
    nonce = secrets.token_bytes(NONCE_BYTES)
    return presentation.make(text, signer, at=seconds, nonce=nonce, audience=presentation.Audience.TIME)


def good_until(at: datetime, challenge: Challenge | None = None) -> datetime:
    """When the next code is due, or the challenge's answer ends. Raises ClockIsWrong."""
    if challenge is not None:
        return challenge.until
    try:
        return at + timedelta(seconds=PERIOD_SECONDS)
    except OverflowError:
        raise ClockIsWrong(f"no proof can be made at {at}") from None
