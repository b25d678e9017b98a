"""A challenge that the inspector sets: a nonce as a QR code, and six characters for who cannot scan it.

Two minutes, and once (docs/credential-format.md, section 5): a proof over it was made after it was set. It
needs no clock that two devices agree on.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from verifier.credential import presentation
from verifier.inspector.core.whose import Seafarer

LIFETIME: Final = timedelta(minutes=2)


@dataclass(slots=True)
class Challenge:
    """One challenge, by two nonces: the code's and the characters'; either may be answered, once."""

    made_at: datetime
    nonce: bytes = field(default_factory=lambda: secrets.token_bytes(presentation.NONCE_BYTES))
    characters: str = field(
        default_factory=lambda: "".join(
            secrets.choice(presentation.TYPED_ALPHABET) for _ in range(presentation.TYPED)
        )
    )
    is_used: bool = False
    asked: frozenset[Seafarer] = frozenset()  # whom; nobody: whoever shows a code first

    @property
    def qr_text(self) -> str:
        """What the wallet scans."""
        return presentation.challenge_text(self.nonce)

    @property
    def nonces(self) -> tuple[bytes, bytes]:
        """What an answer may be over."""
        return self.nonce, presentation.typed_challenge(self.characters)

    def is_for(self, shown: frozenset[Seafarer]) -> bool:
        """Whether it was set for one of these; what says nothing of its holder is anybody's."""
        self.asked = self.asked or shown
        return not shown or bool(self.asked & shown)

    def seconds_left(self, at: datetime) -> float:
        """How long it still counts; nothing once it was answered, or where the clock was set back."""
        gone = at - self.made_at
        if self.is_used or gone < timedelta(seconds=-1):
            return 0.0
        return max(0.0, (LIFETIME - gone).total_seconds())
