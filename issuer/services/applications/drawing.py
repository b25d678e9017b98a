"""Spot checks: drawn by HMAC of a day's secret and the case's number: nobody picks, and all can recompute.

The secret's hash is published before anything is drawn by it, and the secret when the day is over. A case is
drawn on the day on which it is first automatic, and whoever withdraws one that was drawn is looked at again.
"""

import hmac
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError

from issuer.adapters.database import Database
from issuer.adapters.tables_applications import application, application_event, spot_check_day
from issuer.domain.applications import ApplicationEvent
from issuer.domain.errors import Conflict, NotFound
from issuer.rules.reading.evidence_file import policy_of
from issuer.services.applications import decisions
from issuer.services.applications.cases import found, history, is_drawn
from issuer.services.audit.trail import SYSTEM, AuditEvent, record
from issuer.services.clock import Clock
from issuer.settings import Settings

COMMITTED: Final = "spot-check-committed"
_BYTES: Final = 32
_RANGE: Final = 2**64
LONGEST: Final = 400  # days that are shown at once
_LOOKED: Final = (
    ApplicationEvent.CLEAR,
    ApplicationEvent.GRANT,
    ApplicationEvent.LIMIT,
)  # a person has looked, and it was good


class Day(NamedTuple):
    """A day of draws; `secret` None: the day is not over."""

    day: str
    commitment: str  # SHA-256 of the secret's bytes
    secret: str | None


class Draw(NamedTuple):
    """A draw recomputed: `number` below `limit` is looked at."""

    case_id: str
    day: str
    commitment: str
    secret: str
    share: float
    number: int
    limit: int
    was_drawn: bool
    earlier: str | None  # the case that was drawn and withdrawn, for which this one is looked at

    @property
    def agrees(self) -> bool:
        """Whether the secret is the one that was committed to, and the case went as it says."""
        committed = sha256(bytes.fromhex(self.secret)).hexdigest()
        is_due = self.number < self.limit or self.earlier is not None
        return committed == self.commitment and is_due == self.was_drawn


def number_of(secret: str, case_id: str) -> int:
    """What a case draws: the first 64 bits of HMAC-SHA256(secret, case number)."""
    return int.from_bytes(hmac.digest(bytes.fromhex(secret), case_id.encode(), "sha256")[:8])


def limit_of(share: float) -> int:
    """A number below it is looked at."""
    return int(share * _RANGE)


class Drawing:
    """The days' secrets, and the draws by them."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def commit_ahead(self) -> None:
        """Publish the hashes of today's secret and tomorrow's, where they are not yet: once an hour does."""
        today = self._settings.today(self._clock())
        for day in (today, today + timedelta(days=1)):
            try:
                with self._database.write() as connection:
                    self._secret(connection, day)
            except IntegrityError:  # another process has just done so
                continue

    def is_due(self, connection: Connection, case_id: str, day: date, share: float) -> bool:
        """Whether a case of that day is looked at."""
        return number_of(self._secret(connection, day), case_id) < limit_of(share)

    def evaded(
        self, connection: Connection, seafarer_id: str, case_id: str, *, until: int | None = None
    ) -> str | None:
        """Another case of theirs that was drawn and withdrawn, and no look since that was good.

        `until`: as it was at that instant.
        """
        event = application_event.c
        theirs = select(event.case_id, event.number, event.event, event.at).join(
            application, application.c.case_id == event.case_id
        )
        theirs = theirs.where(application.c.seafarer_id == seafarer_id, event.case_id != case_id)
        theirs = theirs.where(event.event.in_((ApplicationEvent.DRAW, ApplicationEvent.WITHDRAW, *_LOOKED)))
        if until is not None:
            theirs = theirs.where(event.at <= until)
        drawn: set[str] = set()
        found: str | None = None
        # Of one second the look comes first: where it is not known, somebody looks once more.
        steps = connection.execute(theirs).all()
        for step in sorted(
            steps, key=lambda one: (one.at, one.event not in _LOOKED, one.case_id, one.number)
        ):
            if step.event == ApplicationEvent.DRAW:
                drawn.add(step.case_id)
            elif step.event == ApplicationEvent.WITHDRAW:
                found = step.case_id if step.case_id in drawn else found
            else:
                found = None
        return found

    def days(self, *, until: date | None = None) -> Sequence[Day]:
        """The newest days first; secrets of those that are over."""
        today = self._settings.today(self._clock()).isoformat()
        query = select(spot_check_day).order_by(spot_check_day.c.day.desc()).limit(LONGEST)
        if until is not None:
            query = query.where(spot_check_day.c.day <= until.isoformat())
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [Day(row.day, row.commitment, row.secret if row.day < today else None) for row in rows]

    def verify(self, case_id: str) -> Draw:
        """Recompute the draw of a case of a day that is over. Raises NotFound, Conflict."""
        today = self._settings.today(self._clock()).isoformat()
        with self._database.read() as connection:
            case = found(connection, case_id)
            evaluated = [one for one in decisions.of_case(connection, case_id) if one.row.way == "auto"]
            if not evaluated:
                raise NotFound(
                    f"case {case_id} was never drawn: only what would be automatic is",
                    hint="`ombord-issuer cases show` tells its way",
                )
            if case.draw_day >= today:
                raise Conflict(
                    f"the secret of {case.draw_day} is still in use", hint="it is published the day after"
                )
            digest = evaluated[0].row.policy_version
            text = decisions.texts(connection, [digest])[digest]
            _, policy = policy_of(text.content, text.name)
            day = self._row(connection, case.draw_day)
            steps = history(connection, case_id)
            at = evaluated[0].row.at
            return Draw(
                case_id=case_id,
                day=case.draw_day,
                commitment=day.commitment,
                secret=day.secret,
                share=policy.spot_check,
                number=number_of(day.secret, case_id),
                limit=limit_of(policy.spot_check),
                was_drawn=is_drawn(steps),
                earlier=self.evaded(connection, case.seafarer_id, case_id, until=at),
            )

    def _row(self, connection: Connection, day: str) -> Row[Any]:
        return connection.execute(select(spot_check_day).where(spot_check_day.c.day == day)).one()

    def _secret(self, connection: Connection, day: date) -> str:
        query = select(spot_check_day.c.secret).where(spot_check_day.c.day == day.isoformat())
        known = connection.execute(query).scalar_one_or_none()
        if known is not None:
            return str(known)
        secret = secrets.token_hex(_BYTES)
        commitment = sha256(bytes.fromhex(secret)).hexdigest()
        values = {"day": day.isoformat(), "commitment": commitment, "secret": secret}
        connection.execute(
            insert(spot_check_day).values(**values, committed_at=int(self._clock().timestamp()))
        )
        record(
            connection,
            self._clock,
            [AuditEvent(COMMITTED, day.isoformat(), {"sha256": commitment}, SYSTEM)],
        )
        return secret
