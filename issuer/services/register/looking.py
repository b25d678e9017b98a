"""Looks at people's data, noted before they happen: who took what out of the register."""

from collections.abc import Mapping
from typing import Final

from issuer.adapters.database import Database
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock

REGISTER: Final = "register"  # the subject of such an event
EXPORTED: Final = "register-exported"
PORTRAITS_EXPORTED: Final = "portraits-exported"
PRINTED: Final = "certificates-printed"
SEEN: Final = "certificate-seen"


def note(
    database: Database,
    clock: Clock,
    event: str,
    details: Mapping[str, str | int | None],
    *,
    actor: str,
    subjects: tuple[str, ...] = (REGISTER,),
) -> None:
    """One event for each of `subjects`, document numbers or the register as a whole."""
    with database.write() as connection:
        record(connection, clock, [AuditEvent(event, subject, details, actor) for subject in subjects])
