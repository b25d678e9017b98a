"""Certificates of ships, which have no seafarer."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite copies the table: `migrating` looks away from foreign keys meanwhile, and checks them after.
    with op.batch_alter_table("certificate") as certificate:
        certificate.alter_column("seafarer_id", existing_type=sa.String(8), nullable=True)
