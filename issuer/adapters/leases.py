"""Who has unfinished credentials in hand: a lease lives as long as the worker that holds it, and no longer.

On PostgreSQL a lease is an advisory lock of the very session that the worker writes through, so that the
server itself ends it when the worker dies, at whatever moment, and no clock decides. On SQLite, whose workers
are threads of one service, it is a number that this process remembers; a command that works beside the
service relies on the steps themselves, each of which is taken by one alone.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Column, ColumnElement, Connection, text
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

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mine: set[int] = set()

    @contextmanager
    def held(self, session: Connection | None) -> Iterator[int]:
        """A fresh lease, until the block ends, however it ends; of this session, on PostgreSQL."""
        number = secrets.randbelow(_LAST) + 1
        if session is not None:
            session.exec_driver_sql(f"SELECT pg_advisory_lock({_CLASS}, {number})")
            session.commit()  # the lock is the session's: it stays
        with self._lock:
            self._mine.add(number)
        try:
            yield number
        finally:
            with self._lock:
                self._mine.discard(number)
            if session is not None:
                _give_back(session, number)

    def in_nobodys_hand(self, connection: Connection, lease: Column[int]) -> ColumnElement[bool]:
        """Rows whose lease nobody holds any more. Of several who ask, one works until it has committed."""
        if connection.dialect.name != "postgresql":
            with self._lock:
                return lease.is_(None) | lease.not_in(self._mine)
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CLAIMING})")
        held = connection.execute(_HELD).scalars().all()
        return lease.is_(None) | lease.not_in(held)


def _give_back(session: Connection, number: int) -> None:
    """A session that broke has given it back already."""
    try:
        session.rollback()
        session.exec_driver_sql(f"SELECT pg_advisory_unlock({_CLASS}, {number})")
        session.commit()
    except DBAPIError:
        session.invalidate()
