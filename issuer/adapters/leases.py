"""Who has unfinished credentials in hand: a lease lives as long as the worker that holds it, and no longer.

On PostgreSQL a lease is an advisory lock of the worker's own session, so that the server itself ends it when
the worker dies, at whatever moment, and no clock decides. On SQLite, whose workers are threads of one
service, it is a number that this process remembers; a command that works beside the service relies on the
steps themselves, each of which is taken by one alone.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Column, ColumnElement, Connection, Engine, text
from sqlalchemy.exc import DBAPIError

_CLASS = 0x6F6D_4C53  # "omLS": the first half of every lease's advisory lock
_CLAIMING = 0x6F6D_434C_4D  # "omCLM": those who look for what is in nobody's hand do so one after the other
_LAST = 2**31 - 1

# Of this database alone: locks of others on the same server are listed too.
_HELD = text(
    "SELECT objid::bigint AS lease FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND classid = :class AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).bindparams(**{"class": _CLASS})


class Leases:
    """The leases of one process over one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._on_server = engine.dialect.name == "postgresql"
        self._lock = threading.Lock()
        self._mine: set[int] = set()
        self._session: Connection | None = None  # holds the locks, while there are leases

    @contextmanager
    def held(self) -> Iterator[int]:
        """A fresh lease, until the block ends, however it ends."""
        number = secrets.randbelow(_LAST) + 1
        with self._lock:
            if self._on_server:
                self._take(number)
            self._mine.add(number)
        try:
            yield number
        finally:
            with self._lock:
                self._mine.discard(number)
                if self._on_server:
                    self._give_back(number)

    def in_nobodys_hand(self, connection: Connection, lease: Column[int]) -> ColumnElement[bool]:
        """Rows whose lease nobody holds any more. Of several who ask, one works until it has committed."""
        if not self._on_server:
            with self._lock:
                return lease.is_(None) | lease.not_in(self._mine)
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CLAIMING})")
        held = connection.execute(_HELD).scalars().all()
        return lease.is_(None) | lease.not_in(held)

    def _take(self, number: int) -> None:
        """On the session that there is; on a new one where that has broken."""
        if self._session is not None:
            try:
                _lock(self._session, number)
            except DBAPIError:  # its locks are gone: what they stood for is safe by the steps themselves
                self._end_session(broken=True)
            else:
                return
        session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            _lock(session, number)
        except BaseException:
            session.close()
            raise
        self._session = session

    def _give_back(self, number: int) -> None:
        if self._session is None:
            return
        try:
            self._session.exec_driver_sql(f"SELECT pg_advisory_unlock({_CLASS}, {number})")
        except DBAPIError:
            self._end_session(broken=True)
        else:
            if not self._mine:
                self._end_session(broken=False)

    def _end_session(self, *, broken: bool) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        if broken:
            session.invalidate()
        session.close()


def _lock(session: Connection, number: int) -> None:
    session.exec_driver_sql(f"SELECT pg_advisory_lock({_CLASS}, {number})")
