"""The transparency log: entries, subtrees and checkpoints, which the database itself keeps from changing."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_REFUSAL = "the transparency log is append-only"
# What an update of an entry may not do: all but deleting the salt.
_CHANGES = (
    "NEW.salt IS NOT NULL OR NEW.idx <> OLD.idx OR NEW.leaf_hash <> OLD.leaf_hash OR NEW.serial <> OLD.serial"
)


def upgrade() -> None:
    op.create_table(
        "log_entry",
        sa.Column("idx", _IDENTITY, primary_key=True, autoincrement=False),
        sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
        sa.Column("serial", sa.String(32), nullable=False, unique=True),
        sa.Column("salt", sa.LargeBinary),
    )
    op.create_table(
        "log_node",
        sa.Column("number", _IDENTITY, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("number", _IDENTITY, primary_key=True, autoincrement=True),
        sa.Column("size", sa.BigInteger, nullable=False, index=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        _protect_on_sqlite()
    else:
        _protect_on_postgresql()


def _protect_on_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    op.execute(f"CREATE TRIGGER log_entry_no_update BEFORE UPDATE ON log_entry WHEN {_CHANGES} {refuse}")
    op.execute(f"CREATE TRIGGER log_entry_no_delete BEFORE DELETE ON log_entry {refuse}")
    for table in ("log_node", "log_checkpoint"):
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}")


def _protect_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    refuse = "EXECUTE FUNCTION refuse_log_change()"
    op.execute(
        "CREATE TRIGGER log_entry_no_update BEFORE UPDATE ON log_entry "
        f"FOR EACH ROW WHEN ({_CHANGES}) {refuse}"
    )
    op.execute(f"CREATE TRIGGER log_entry_no_delete BEFORE DELETE ON log_entry FOR EACH ROW {refuse}")
    for table in ("log_node", "log_checkpoint"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}"
        )
