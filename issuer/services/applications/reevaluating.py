"""New evidence takes up the cases that wait for it: marked with the report, evaluated soon after.

One that cannot be evaluated goes to a person, who is told why, and stops no other.
"""

from collections.abc import Callable, Collection
from typing import Final

from sqlalchemy import Connection, select, update

from issuer.adapters.database import Database
from issuer.adapters.repository import among
from issuer.adapters.tables_applications import application
from issuer.domain.applications import ApplicationEvent, ApplicationState
from issuer.domain.errors import IssuerError
from issuer.services.applications.cases import found, move
from issuer.services.applications.one_of_many import BROKEN, PASSES, said
from issuer.services.applications.settling import Settling, reopen
from issuer.services.clock import Clock

ACTOR: Final = "system"
AT_ONCE: Final = 100
_WAITS: Final = application.c.state == ApplicationState.AWAITING_INFORMATION.value


def mark_due(connection: Connection, seafarers: Collection[str]) -> None:
    """In the transaction that takes evidence in: their waiting cases are to be evaluated anew."""
    if seafarers:
        theirs = among(connection, application.c.seafarer_id, seafarers)
        connection.execute(update(application).where(_WAITS, theirs).values(due=1))


class Reevaluating:
    """Works off what was marked."""

    def __init__(self, database: Database, clock: Clock, settling: Settling) -> None:
        self._database = database
        self._clock = clock
        self._settling = settling

    def run(self, then: Callable[[str], object] = lambda _case: None) -> int:
        """Each marked case, in a transaction of its own; `then` is called with its number. How many."""
        done, after = 0, ""
        while cases := self._due(after):
            for case_id in cases:
                try:
                    self.one(case_id)
                except (IssuerError, *BROKEN) as error:
                    if isinstance(error, PASSES):
                        raise
                    self._refer(case_id, said(error))
                then(case_id)
            done, after = done + len(cases), cases[-1]
        return done

    def one(self, case_id: str) -> None:
        """Evaluate a marked case anew; one that is no longer waiting is as it was."""
        with self._database.write() as connection:
            row = found(connection, case_id, lock=True)
            if row.due and row.state == ApplicationState.AWAITING_INFORMATION:
                row = reopen(connection, self._clock, row, actor=ACTOR)
                self._settling.settle(connection, row, actor=ACTOR)

    def _refer(self, case_id: str, why: str) -> None:
        with self._database.write() as connection:
            row = found(connection, case_id, lock=True)
            if row.due and row.state == ApplicationState.AWAITING_INFORMATION:
                row = reopen(connection, self._clock, row, actor=ACTOR)
                note = f"it could not be evaluated: {why}"
                move(connection, self._clock, row, ApplicationEvent.REFER, by=ACTOR, note=note)

    def _due(self, after: str) -> list[str]:
        marked = application.c.due == 1, _WAITS, application.c.case_id > after
        query = select(application.c.case_id).where(*marked).order_by(application.c.case_id).limit(AT_ONCE)
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())
