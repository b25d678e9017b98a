"""A photograph of each seafarer, where the authority has one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.String(8).with_variant(sa.String(8, collation="C"), "postgresql")
    op.create_table(
        "portrait",
        sa.Column("seafarer_id", key, sa.ForeignKey("seafarer.seafarer_id"), primary_key=True),
        sa.Column("picture", sa.LargeBinary, nullable=False),
    )
