"""How many events of each kind the audit trail has, of the first so many: metrics need not count them all."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_count",
        sa.Column("event", sa.String(40), primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )
