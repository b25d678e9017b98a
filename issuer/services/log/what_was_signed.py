"""What was signed, by three records of it: the stored text and its salt, the audit event, the log's leaf.

Whoever can change one row has to change all three; the log's is signed, and the trail's head with it.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, and_, exists, select

from issuer.adapters.database import any_text
from issuer.adapters.repository import CHUNK
from issuer.adapters.tables import audit_event, credential, credential_token, log_entry
from issuer.services.audit.trail import LOGGED
from issuer.services.log.signed_texts import log_digest
from issuer.services.log.transparency import SALT_DELETED
from keys.encoding import EncodingError, b64url_decode, json_object
from keys.transparency.merkle import leaf_hash

_LOGGED: Final = and_(audit_event.c.subject == credential.c.serial, audit_event.c.event == LOGGED)
_DELETED: Final = audit_event.alias("salt_deleted")
_FORGOTTEN: Final = exists().where(
    _DELETED.c.subject == credential.c.serial, _DELETED.c.event == SALT_DELETED
)
_QUERY: Final = (
    select(
        credential.c.serial,
        credential.c.log_salt,
        credential_token.c.token,
        audit_event.c.details,
        log_entry.c.leaf_hash,
        log_entry.c.salt,
        _FORGOTTEN.label("forgotten"),
    )
    .join(credential_token, credential_token.c.credential_id == credential.c.id)
    .outerjoin(audit_event, _LOGGED)
    .outerjoin(log_entry, log_entry.c.serial == credential.c.serial)
    .order_by(credential.c.id)
)


class Agreement(Enum):
    """Whether the records of one credential say the same."""

    SAME = "same"
    ANONYMOUS = "anonymous"  # the salt was deleted, as the trail says: event and leaf are what is left
    DIFFERENT = "different"


class Evidence(NamedTuple):
    """A credential's stored text, and what its records say of it."""

    serial: str
    token: str
    agreement: Agreement


def evidence(connection: Connection, which: ColumnElement[bool]) -> Iterator[list[Evidence]]:
    """Of each credential of `which` that has a text, in batches."""
    query = _QUERY.where(which).execution_options(yield_per=CHUNK)
    with any_text(connection):
        for rows in connection.execute(query).partitions():
            yield [Evidence(row.serial, row.token, _agreement(row)) for row in rows]


def is_of(token: str, document_number: str, list_uri: str, idx: int) -> bool:
    """Whether a stored text is of this certificate and place: another one's may have been put there."""
    try:
        claims: Any = json_object(b64url_decode(token.split(".")[1]))
        place = claims["status"]["status_list"]
        return (claims["document_number"], place["uri"], place["idx"]) == (document_number, list_uri, idx)
    except (EncodingError, LookupError, TypeError):
        return False


def _agreement(row: Any) -> Agreement:
    try:
        signed = orjson.loads(row.details or "{}").get("signed", "")
        # The leaf is of the very hash that the event has: that can be compared when the salt is gone.
        if not signed or row.leaf_hash not in (None, leaf_hash(bytes.fromhex(signed))):
            return Agreement.DIFFERENT
        if row.log_salt == "" and row.leaf_hash is not None and row.salt is None and row.forgotten:
            return Agreement.ANONYMOUS
        entered = row.leaf_hash is None or row.salt == bytes.fromhex(row.log_salt)
        same = entered and log_digest(row.log_salt, row.token) == signed
    except (ValueError, TypeError, AttributeError):  # SQLite keeps anything in any column
        return Agreement.DIFFERENT
    return Agreement.SAME if same else Agreement.DIFFERENT
