"""A second process that verifies what the first has signed: Python's lock would make both wait.

A verification costs as much as a signature on a token, and both leave Python; but thousands of times a second
two threads take the lock from one another. What this process cannot do is done where it was asked for.
"""

from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple

from keys.algorithms import SignatureMismatch
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


class CheckingProcess:
    """A process of its own for `check`; it ends with whoever started it, however that ends."""

    def __init__(self, keys: Mapping[str, PublicKey]) -> None:
        """Start it; it is ready a moment later, and asked only then."""
        self._keys = keys
        context = get_context("spawn")  # a copy of this process would also be one of its token's session
        mine, theirs = context.Pipe()
        jwks = {kid: key.to_jwk() for kid, key in keys.items()}
        self._process = context.Process(target=_answer, args=(theirs, jwks), daemon=True)
        self._process.start()
        theirs.close()  # when we are gone, it reads the end
        self._pipe: Connection | None = mine

    def __call__(self, found: Sequence[ToCheck]) -> list[bool]:
        """As `check`. One thread alone asks."""
        if self._pipe is not None:
            try:
                self._pipe.send([tuple(one) for one in found])
                answer = self._pipe.recv()
                if isinstance(answer, list) and len(answer) == len(found):
                    return [one is True for one in answer]
            except (OSError, EOFError):
                pass
            self.close()
        return check(self._keys, found)

    def close(self) -> None:
        """End it."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
            self._process.join(5)
            if self._process.is_alive():
                self._process.kill()


def _answer(pipe: Connection, jwks: Mapping[str, Mapping[str, Json]]) -> None:
    import signal

    for number in (signal.SIGINT, signal.SIGTERM):  # sent to the whole group; the first process ends this one
        signal.signal(number, signal.SIG_IGN)
    keys = {kid: PublicKey.from_jwk(jwk) for kid, jwk in jwks.items()}
    try:
        while True:
            pipe.send(check(keys, [ToCheck(*one) for one in pipe.recv()]))
    except (OSError, EOFError):
        return


def _verifies(key: PublicKey, one: ToCheck) -> bool:
    try:
        key.verify(one.message, one.signature)
    except SignatureMismatch:
        return False
    return True
