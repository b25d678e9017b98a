"""What each reconciliation counted."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reconciliation",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
        ),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("log", sa.BigInteger, nullable=False),
        sa.Column("database", sa.BigInteger, nullable=False),
        sa.Column("signer", sa.BigInteger),
        sa.Column("differences", sa.BigInteger, nullable=False),
        sa.Column("explained", sa.Text),
    )
