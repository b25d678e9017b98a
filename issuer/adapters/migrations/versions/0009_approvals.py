"""By what and whom certificates came about; statements that approve them, which are only ever added."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_KEY = sa.String(43).with_variant(sa.String(43, collation="C"), "postgresql")
_TABLES = ("approval", "approval_claims")
_REFUSAL = "approvals are append-only"


def upgrade() -> None:
    for name in ("rule", "reporter", "provider"):
        op.add_column("certificate", sa.Column(name, sa.String(100)))
    op.add_column("certificate", sa.Column("claims_hash", sa.String(43)))
    given = sa.text("claims_hash IS NOT NULL")
    op.create_index(
        "ix_certificate_claims_hash",
        "certificate",
        ["claims_hash"],
        sqlite_where=given,
        postgresql_where=given,
    )
    op.create_table(
        "approval",
        sa.Column("id", _IDENTITY, primary_key=True, autoincrement=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("person", sa.String(64)),
        sa.Column("rule", sa.String(100)),
        sa.Column("kid", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "approval_claims",
        sa.Column("claims_hash", _KEY, primary_key=True),
        sa.Column(
            "approval_id",
            _IDENTITY,
            sa.ForeignKey("approval.id"),
            primary_key=True,
            autoincrement=False,
            index=True,
        ),
    )
    if op.get_bind().dialect.name == "sqlite":
        _protect_on_sqlite()
    else:
        _protect_on_postgresql()


def _protect_on_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for table in _TABLES:
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}")


def _protect_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_approval_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    refuse = "EXECUTE FUNCTION refuse_approval_change()"
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}"
        )
