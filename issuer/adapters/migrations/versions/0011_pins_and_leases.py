"""What a credential was persisted under, and which worker has it in hand."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "configuration",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("first_used_at", sa.BigInteger, nullable=False),
    )
    op.add_column("credential", sa.Column("configuration", sa.String(64)))
    op.add_column("credential", sa.Column("lease", sa.Integer))
    # Of what was released before there was a log, and of nothing that comes after.
    before_log = sa.text("configuration IS NULL")
    op.create_index(
        "ix_credential_before_log",
        "credential",
        ["id"],
        sqlite_where=before_log,
        postgresql_where=before_log,
    )
