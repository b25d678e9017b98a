"""The photograph that a grant rests on becomes the portrait of the pass, where the register has none."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from issuer.adapters.database import Database
from issuer.domain.errors import IssuerError
from issuer.rules.facts import Kind
from issuer.services.applications.evaluating import Evaluated
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.register.portraits import Portraits, portrait_of

# The media type and bytes of a record's document: `document(record, version, actor=…)`, which notes the look.
DocumentOf = Callable[..., tuple[str, bytes]]
NOT_TAKEN: Final = "portrait-not-taken"


class Portraying:
    """Looks the photograph up among the evidence, and keeps it."""

    def __init__(self, database: Database, clock: Clock, document_of: DocumentOf) -> None:
        self._database = database
        self._clock = clock
        self._document_of = document_of

    def take(self, connection: Connection, seafarer_id: str, found: Evaluated, *, actor: str) -> None:
        """Within the transaction of the grant. What does not open stops no grant: the audit trail says so."""
        name = _photo(found)
        if name is None or portrait_of(connection, seafarer_id) is not None:
            return
        record_id, _, version = name.rpartition("@")
        try:
            with self._database.write():  # undone alone
                _, picture = self._document_of(record_id, int(version), actor=actor)
                Portraits(self._database, self._clock).put(seafarer_id, picture, actor=actor)
        except IssuerError as error:
            details: dict[str, str | int | None] = {"record": name, "because": error.code}
            record(connection, self._clock, [AuditEvent(NOT_TAKEN, seafarer_id, details, actor)])


def _photo(found: Evaluated) -> str | None:
    """The newest photograph that counted."""
    used = found.outcome.finding.records()
    photos = [one for one in found.facts.records if one.kind is Kind.PHOTO and one.id in used]
    newest = max(photos, key=lambda one: (one.day, one.id), default=None)
    return None if newest is None else newest.id
