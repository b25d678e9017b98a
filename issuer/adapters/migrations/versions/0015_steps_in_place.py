"""The steps of issuing change rows in place: what is unfinished is found by its lease, not by its state.

On PostgreSQL an update that touches no indexed column stays on the row's page, as long as the page has room,
and writes to no index: half the server's work for a credential. What an earlier version has left unfinished
has no configuration either, and is found by that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    in_hand = sa.text("lease IS NOT NULL")
    op.create_index(
        "ix_credential_in_hand", "credential", ["id"], sqlite_where=in_hand, postgresql_where=in_hand
    )
    op.drop_index("ix_credential_unfinished", "credential")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE credential SET (fillfactor = 50)")
