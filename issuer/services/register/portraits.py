"""Seafarers' photographs: kept small beside the register, and sent in the pass alone.

They are personal data as names are, and lie in the database as those do: whoever may read it sees both.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from issuer.adapters.database import Database
from issuer.adapters.picture import normalised
from issuer.adapters.tables import portrait, seafarer
from issuer.domain.errors import NotFound, unknown_seafarer
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock

ENDING: Final = ".webp"  # of what `each` gives
_ROWS_AT_ONCE: Final = 1_000


class Portrait(NamedTuple):
    """A seafarer's photograph."""

    seafarer_id: str
    picture: bytes


class Portraits:
    """Stores photographs and takes them out again. Both are noted in the audit trail."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(self, seafarer_id: str, file: bytes, *, actor: str) -> bool:
        """Keep the picture in `file` as the seafarer's; returns whether that changed anything.

        Raises PictureRefused, and NotFound for a seafarer who is not in the register.
        """
        picture = normalised(file)
        with self._database.write() as connection:
            if not _lock(connection, seafarer_id):
                raise unknown_seafarer(seafarer_id)
            before = portrait_of(connection, seafarer_id)
            if before == picture:
                return False
            if before is None:
                statement = insert(portrait).values(seafarer_id=seafarer_id, picture=picture)
                connection.execute(statement)
            else:
                mine = update(portrait).where(portrait.c.seafarer_id == seafarer_id)
                connection.execute(mine.values(picture=picture))
            record(connection, self._clock, [AuditEvent("portrait-stored", seafarer_id, {}, actor)])
        return True

    def remove(self, seafarer_id: str, *, actor: str) -> None:
        """Forget the seafarer's photograph. Raises NotFound where there is none."""
        with self._database.write() as connection:
            done = connection.execute(delete(portrait).where(portrait.c.seafarer_id == seafarer_id))
            if not done.rowcount:
                raise NotFound(
                    f"the register has no photograph of seafarer {seafarer_id}",
                    hint="check the seafarer's id as `export` writes it",
                )
            record(connection, self._clock, [AuditEvent("portrait-removed", seafarer_id, {}, actor)])

    def each(self) -> Iterator[Portrait]:
        """All photographs, by seafarer."""
        with self._database.read() as connection:
            rows = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(
                select(portrait).order_by(portrait.c.seafarer_id)
            )
            for row in rows:
                yield Portrait(row.seafarer_id, row.picture)


def portrait_of(connection: Connection, seafarer_id: str) -> bytes | None:
    """The seafarer's photograph, if the register has one."""
    query = select(portrait.c.picture).where(portrait.c.seafarer_id == seafarer_id)
    found: bytes | None = connection.execute(query).scalar_one_or_none()
    return found


def _lock(connection: Connection, seafarer_id: str) -> bool:
    """Whether the register has the seafarer, locked so that two of these are one after the other."""
    query = select(seafarer.c.seafarer_id).where(seafarer.c.seafarer_id == seafarer_id).with_for_update()
    return connection.execute(query).scalar_one_or_none() is not None
