"""Offers that one phone alone may redeem: those that a sync makes for the key that it has seen."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offer", sa.Column("holder_thumbprint", sa.String(43)))
