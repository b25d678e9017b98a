"""A helper process that holds a token's session and does nothing but sign what the signer lets through.

It has a pipe to the process that started it, and nothing else: who may ask, what for and how often is decided
there. Where it is killed, another is started, as for a token that was pulled out and put back.
"""

from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection

from keys.custody.backend import BackendError, BackendGone, KeyBackend, OneByOne, ToSignRaw
from keys.custody.helper_process import HelperProcess
from keys.jwk import PublicKey


class BackendProcess:
    """Batches of a backend that is opened there. One thread alone calls it."""

    def __init__(self, backend: KeyBackend) -> None:
        """`backend` is not open, and never is in this process."""
        self._backend = backend
        self._process: HelperProcess | None = None

    def open(self) -> Mapping[str, PublicKey]:
        """As the backend's. Raises BackendError, BackendGone."""
        if self._process is None:
            self._process = HelperProcess(_answer, self._backend)
        answer = self._ask(None)
        if isinstance(answer, dict):
            return answer
        raise answer if isinstance(answer, BackendError) else self._garbage()

    def sign_all(self, wanted: Sequence[ToSignRaw]) -> list[bytes | BackendError]:
        """As `OneByOne` there."""
        try:
            answer = self._ask(wanted)
            if not isinstance(answer, list) or len(answer) != len(wanted):
                raise self._garbage()
        except BackendGone as error:
            return [error] * len(wanted)
        return answer

    def close(self) -> None:
        """Log out, and end the process."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def _ask(self, question: Sequence[ToSignRaw] | None) -> object:
        answer = self._process.ask(question) if self._process is not None else None
        if answer is None:
            self.close()
            raise BackendGone("the process that has the token's session has ended")
        return answer

    def _garbage(self) -> BackendGone:
        self.close()
        return BackendGone("the process that has the token's session answered something else")


def _answer(pipe: Connection, backend: KeyBackend) -> None:
    keys = OneByOne(backend)
    try:
        while True:
            question = pipe.recv()
            pipe.send(_opened(backend) if question is None else keys.sign_all(question))
    finally:
        backend.close()


def _opened(backend: KeyBackend) -> dict[str, PublicKey] | BackendError:
    try:
        return dict(backend.open())
    except BackendError as error:
        return error
