"""SQLite: what is for ever is not replaced by an insert either.

`INSERT OR REPLACE` deletes the row that is in its way without asking the triggers that refuse a deletion
(unless the connection turned `recursive_triggers` on, which whoever means harm does not). So the insertion
itself is refused where its key is taken. PostgreSQL has no such statement: `ON CONFLICT DO UPDATE` is an
update, which the triggers refuse.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Where a row is in the way, by each of its unique keys; and what the refusal calls it.
_TAKEN = {
    "audit_event": ("EXISTS (SELECT 1 FROM audit_event WHERE sequence = NEW.sequence)", "audit events are"),
    "log_entry": (
        (
            "EXISTS (SELECT 1 FROM log_entry WHERE idx = NEW.idx)"
            " OR EXISTS (SELECT 1 FROM log_entry WHERE serial = NEW.serial)"
        ),
        "the transparency log is",
    ),
    "log_node": ("EXISTS (SELECT 1 FROM log_node WHERE number = NEW.number)", "the transparency log is"),
    "log_checkpoint": (
        "EXISTS (SELECT 1 FROM log_checkpoint WHERE number = NEW.number)",
        "the transparency log is",
    ),
    "approval": (
        (
            "EXISTS (SELECT 1 FROM approval WHERE id = NEW.id)"
            " OR EXISTS (SELECT 1 FROM approval WHERE digest = NEW.digest)"
        ),
        "approvals are",
    ),
    # Its key is of two columns, so its rows have numbers of SQLite's own besides.
    "approval_claims": (
        (
            "EXISTS (SELECT 1 FROM approval_claims WHERE rowid = NEW.rowid) OR EXISTS (SELECT 1"
            " FROM approval_claims WHERE claims_hash = NEW.claims_hash AND approval_id = NEW.approval_id)"
        ),
        "approvals are",
    ),
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, (taken, what) in _TAKEN.items():
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} "
            f"BEGIN SELECT RAISE(ABORT, '{what} append-only'); END"
        )
