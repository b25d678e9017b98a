"""A status list's states and zlib's work on them: begun before the list is locked, done beside all the rest.

zlib takes as long as everything else that a signature needs, and lets go of the interpreter meanwhile.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import Connection, Row, bindparam, literal_column, select

from issuer.adapters.tables import credential
from verifier import status
from verifier.status import Status

_STATUS: Final = {status.value: status for status in Status}
# Made once: to make a query takes as long as to ask it.
_NOT_VALID: Final = select(credential.c.idx, credential.c.status).where(
    credential.c.list_number == bindparam("number"),
    credential.c.status != literal_column("0"),  # as its index says
)


class Prepared(NamedTuple):
    """A list's states at a revision, and what waits for zlib to be done with them."""

    revision: int
    states: bytes
    deflated: Callable[[], bytes]


class Preparing:
    """What is begun of lists that are soon to be signed. When the block ends, nothing of it goes on."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "zlib")
        self._begun: dict[int, Prepared] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def begin(self, connection: Connection, number: int, size: int, revision: int) -> None:
        """Read a list's entries. `revision` and `size` were read before them, by an earlier query."""
        if number not in self._begun:
            states = _states(connection, number, size)
            self._begun[number] = Prepared(revision, states, self._pool.submit(status.deflate, states).result)

    def take(self, connection: Connection, row: Row[Any]) -> Prepared:
        """A list as its `row` has it, which is locked: what was begun, or where it changed since, anew.

        Whoever changes an entry changes the revision in the same transaction. So entries that were read after
        a revision, which is still the list's, are still the list's too.
        """
        begun = self._begun.pop(row.number, None)
        if begun is not None and (begun.revision, len(begun.states) * 4) == (row.revision, row.size):
            return begun
        states = _states(connection, row.number, row.size)
        return Prepared(row.revision, states, lambda: status.deflate(states))


def _states(connection: Connection, number: int, size: int) -> bytes:
    """The raw array, of everything that is not valid."""
    found = connection.execute(_NOT_VALID, {"number": number}).all()
    return status.pack_states({idx: _STATUS[value] for idx, value in found}, size)
