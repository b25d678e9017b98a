"""Showing a certificate: a presentation with a proof by this phone's key that is at most 15 seconds old."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from keys.signer import Signer
from verifier.credential import carrier, presentation

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


def live_code(held: Showable, signer: Signer, at: datetime) -> LiveCode:
    """A presentation of `held` made at `at`, as QR text; without a proof where the key is not ours.

    Raises CannotShow, as ClockIsWrong where the proof's four bytes cannot hold the time (until 2106).
    """
    try:
        until = at + timedelta(seconds=PERIOD_SECONDS)
    except OverflowError:
        raise ClockIsWrong(f"no proof can be made at {at}") from None
    if held.is_ours and not 0 <= at.timestamp() < END_OF_PROOFS:
        raise ClockIsWrong(f"no proof can be made at {at}")
    if held.is_ours:
        nonce = secrets.token_bytes(NONCE_BYTES)
        audience = presentation.Audience.TIME
        text = presentation.make(held.text, signer, at=at, nonce=nonce, audience=audience)
    else:
        text = held.text
    try:
        qr_text = carrier.to_qr_text(carrier.pack(text))
    except carrier.MalformedCarrier as error:
        raise CannotShow(str(error)) from None
    if len(qr_text) > MOST_CHARACTERS:
        raise CannotShow(f"{len(qr_text)} characters; a code holds {MOST_CHARACTERS}")
    return LiveCode(qr_text, at, until)
