"""Status for ships: numbered, signed snapshots of each list."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_statement",
        sa.Column(
            "list_number",
            sa.Integer,
            sa.ForeignKey("status_list.number"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("iat", sa.BigInteger, nullable=False),
        sa.Column("kid", sa.String(64), nullable=False),
        sa.Column("snapshot", sa.LargeBinary, nullable=False),
    )
