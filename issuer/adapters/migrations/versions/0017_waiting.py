"""What is drafted or approved is found without looking through all certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for state, column in (("drafted", "document_number"), ("approved", "id")):
        waits = sa.text(f"state = '{state}'")
        op.create_index(
            f"ix_certificate_{state}", "certificate", [column], sqlite_where=waits, postgresql_where=waits
        )
