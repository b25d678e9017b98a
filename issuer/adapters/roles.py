"""The PostgreSQL role of the service: it serves, and changes nothing that is for ever.

Triggers refuse changes of the audit trail and the log to whoever uses the tables; their owner can drop a
trigger. So the owner migrates, and the service works as a role that owns nothing and lacks the right itself.
"""

import re
from collections.abc import Iterator
from typing import Final

from issuer.adapters.schema import metadata
from issuer.domain.errors import InvalidInput

# Rows of these are added and never touched again.
APPEND_ONLY: Final = frozenset(
    {
        "audit_event",
        "log_node",
        "log_checkpoint",
        "approval",
        "approval_claims",
        "authority",
        "credential_payload",
        "credential_token",
        "application_event",
        "decision",
        "decision_second",
        "decision_evidence",
        "law_text",
        "spot_check_day",
        "qualification_version",
    }
)
_ROLE: Final = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)


def grants(role: str) -> Iterator[str]:
    """SQL for the owner of the register's tables to run, again after each migration. Raises InvalidInput."""
    if not _ROLE.fullmatch(role):
        raise InvalidInput(
            f"{role!r} is no plain name of a role", hint="use a-z, 0-9 and _, such as ombord_service"
        )
    yield "BEGIN"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
    for name in sorted(metadata.tables):
        yield f"GRANT {_rights(name)} ON {name} TO {role}"
    yield f"GRANT SELECT ON alembic_version TO {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
    yield "COMMIT"


def _rights(table: str) -> str:
    if table in APPEND_ONLY or table == "reconciliation":
        return "SELECT, INSERT"
    if table == "status_statement":
        return "SELECT, INSERT, UPDATE"  # an old one is thinned to its digest
    if table == "audit_head":
        return "SELECT, UPDATE"
    if table == "log_entry":
        return "SELECT, INSERT, UPDATE (salt)"
    return "SELECT, INSERT, UPDATE, DELETE"
