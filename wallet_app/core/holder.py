"""Showing a certificate: a presentation with a proof by this phone's key that is at most 15 seconds old."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from keys.signer import Signer
from verifier.credential import carrier, presentation
from wallet_app.core.held import Held

PERIOD_SECONDS: Final = 15
NONCE_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class LiveCode:
    """The text of one QR. A fresh one is due at `fresh_until`."""

    qr_text: str
    made_at: datetime
    fresh_until: datetime


def live_code(held: Held, signer: Signer, at: datetime) -> LiveCode:
    """A presentation of `held` made at `at`, as QR text; without a proof where the key is not ours."""
    if held.is_ours:
        nonce = secrets.token_bytes(NONCE_BYTES)
        audience = presentation.Audience.TIME
        text = presentation.make(held.text, signer, at=at, nonce=nonce, audience=audience)
    else:
        text = held.text
    until = at + timedelta(seconds=PERIOD_SECONDS)
    return LiveCode(carrier.to_qr_text(carrier.pack(text)), at, until)
