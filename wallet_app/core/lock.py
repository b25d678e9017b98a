"""The PIN: what the vault keeps to know it by, and when it is looked at.

It is asked for, it encrypts nothing: six digits are 10^6 guesses, so what is at rest is the key store's to
protect. What the vault keeps is Argon2id (RFC 9106) of the PIN, so that nobody who reads it reads the PIN.
"""

import hmac
import secrets
from dataclasses import replace
from enum import Enum
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from wallet_app.core.records import PinRecord
from wallet_app.core.tries import Tries
from wallet_app.core.vault import Vault

DIGITS: Final = 6
MEMORY_KIB: Final = 65_536
ITERATIONS: Final = 3
SALT_BYTES: Final = 16
_RUN: Final = "01234567890123456789"


class Answer(Enum):
    """What came of a PIN."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_YET = "not-yet"  # it was not looked at: a pause is running


def is_guessable(pin: str) -> bool:
    """The first that a thief tries: one digit throughout, two in turn, or a run up or down."""
    return pin[:2] * (len(pin) // 2) == pin or pin in _RUN or pin in _RUN[::-1]


class Lock:
    """The PIN of one open vault."""

    def __init__(self, vault: Vault, tries: Tries) -> None:
        """`tries` must be of the same phone."""
        self._vault = vault
        self.tries = tries

    @property
    def is_set(self) -> bool:
        """Whether a PIN was chosen."""
        return self._vault.contents.pin is not None

    def choose(self, pin: str) -> None:
        """From now on this PIN. Takes as long as a try; raises VaultError and keeps the old one."""
        salt = secrets.token_bytes(SALT_BYTES)
        record = PinRecord(salt, _derive(pin, salt, MEMORY_KIB, ITERATIONS), MEMORY_KIB, ITERATIONS)
        self._vault.update(lambda contents: replace(contents, pin=record))
        self.tries.clear()

    def attempt(self, pin: str) -> Answer:
        """Look at a PIN, unless a pause is running. Takes a part of a second, and 64 MiB."""
        record = self._vault.contents.pin
        if self.tries.wait():
            return Answer.NOT_YET
        self.tries.count_one()
        if record is None or not hmac.compare_digest(
            _derive(pin, record.salt, record.memory, record.iterations), record.check
        ):
            return Answer.WRONG
        self.tries.clear()
        return Answer.RIGHT


def _derive(pin: str, salt: bytes, memory: int, iterations: int) -> bytes:
    return Argon2id(salt=salt, length=32, iterations=iterations, lanes=1, memory_cost=memory).derive(
        pin.encode()
    )
