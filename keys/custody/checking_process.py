"""A helper process that verifies what the signer has signed, while the token signs what comes next.

What it cannot do, since it was killed, is done where it was asked for.
"""

from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from typing import NamedTuple

from keys.algorithms import SignatureMismatch
from keys.custody.helper_process import HelperProcess
from keys.encoding import Json
from keys.jwk import PublicKey


class ToCheck(NamedTuple):
    """A signature, and what it should be over."""

    kid: str
    message: bytes
    signature: bytes


def check(keys: Mapping[str, PublicKey], found: Sequence[ToCheck]) -> list[bool]:
    """Which of these signatures verify."""
    return [_verifies(keys[one.kid], one) for one in found]


class CheckingProcess(HelperProcess):
    """A process of its own for `check`."""

    def __init__(self, keys: Mapping[str, PublicKey]) -> None:
        """Start it."""
        self._keys = keys
        super().__init__(_answer, {kid: key.to_jwk() for kid, key in keys.items()})

    def __call__(self, found: Sequence[ToCheck]) -> list[bool]:
        """As `check`."""
        answer = self.ask([tuple(one) for one in found])
        if isinstance(answer, list) and len(answer) == len(found):
            return [one is True for one in answer]
        self.close()
        return check(self._keys, found)


def _answer(pipe: Connection, jwks: Mapping[str, Mapping[str, Json]]) -> None:
    keys = {kid: PublicKey.from_jwk(jwk) for kid, jwk in jwks.items()}
    while True:
        pipe.send(check(keys, [ToCheck(*one) for one in pipe.recv()]))


def _verifies(key: PublicKey, one: ToCheck) -> bool:
    try:
        key.verify(one.message, one.signature)
    except SignatureMismatch:
        return False
    return True
