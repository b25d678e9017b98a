"""Make an entry of the transparency log anonymous: its salt goes for good, and what was asked is noted."""

from issuer.adapters.database import Database
from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.domain.extract import check_reason
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.log import transparency

REFUSED = "log-anonymise-refused"
_SUBJECT = 100


def anonymise(database: Database, clock: Clock, serial: str, *, reason: str, actor: str) -> None:
    """Delete the salt of a credential's entry. Raises InvalidInput without a reason, NotFound for what is not
    logged, and Conflict where it is done already; the last two are noted too.
    """
    if not reason:
        raise InvalidInput("a salt is deleted for a reason", hint="--reason, without anybody's name")
    check_reason(reason)
    try:
        with database.write() as connection:
            transparency.anonymise(connection, clock, serial, reason=reason, actor=actor)
    except (Conflict, NotFound) as error:
        refused = AuditEvent(REFUSED, serial[:_SUBJECT], {"problem": error.code, "reason": reason}, actor)
        with database.write() as connection:
            record(connection, clock, [refused])
        raise
