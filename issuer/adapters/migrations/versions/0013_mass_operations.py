"""Mass operations with their frozen selections; renewals that phones are due; indexes for who is affected."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "mass_operation",
        sa.Column("id", _IDENTITY, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("ending", sa.String(16)),
        sa.Column("selection", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("approved_by", sa.String(100)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("certificates", sa.BigInteger, nullable=False),
        sa.Column("newest_credential", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_table(
        "mass_item",
        sa.Column("operation_id", _IDENTITY, sa.ForeignKey("mass_operation.id"), primary_key=True),
        sa.Column("certificate_id", _IDENTITY, sa.ForeignKey("certificate.id"), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("refusal", sa.Text),
        sa.Column("request", sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")),
        sa.Column("lease", sa.Integer),
        sa.Column("done_at", sa.BigInteger),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_mass_item_waiting",
        "mass_item",
        ["operation_id", "certificate_id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "renewal",
        sa.Column(
            "certificate_id",
            _IDENTITY,
            sa.ForeignKey("certificate.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("newest_credential", sa.BigInteger, nullable=False),
    )
    for name in ("rule", "reporter", "provider"):
        there = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_certificate_{name}", "certificate", [name, "id"], sqlite_where=there, postgresql_where=there
        )
    # Credentials are entered by time, and so by key: a range of blocks is all that has to be known of them,
    # and the four updates of each credential on its way cost a B-tree entry each.
    op.create_index(
        "ix_credential_made_under",
        "credential",
        ["kid", "issued_at", "configuration"],
        postgresql_using="brin",
        postgresql_with={"pages_per_range": 32},
    )
