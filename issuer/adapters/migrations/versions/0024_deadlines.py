"""Deadlines of applications: since when nothing is missing, and the day by which the law wants a decision."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("application", sa.Column("complete", sa.String(10)))
    op.add_column("application", sa.Column("decide_by", sa.String(10)))
    has_deadline = sa.text("decide_by IS NOT NULL")
    op.create_index(
        "ix_application_decide_by",
        "application",
        ["decide_by", "case_id"],
        sqlite_where=has_deadline,
        postgresql_where=has_deadline,
    )
