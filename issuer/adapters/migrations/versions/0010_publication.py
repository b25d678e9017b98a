"""What was published where; and indexes that keep publishing one change as cheap in a large register.

The index of entries that are not valid now answers alone, without the rows; the old one is a part of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NAME = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "publication",
        sa.Column("store", sa.String(500), primary_key=True),
        sa.Column("name", _NAME, primary_key=True),
        sa.Column("edition", sa.Integer),
        sa.Column("digest", sa.String(64)),
        sa.Column("version", sa.String(200)),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    not_valid, whole = sa.text("status <> 0"), sa.text("length(snapshot) > 32")
    op.create_index(
        "ix_credential_not_valid_entry",
        "credential",
        ["list_number", "idx", "status"],
        sqlite_where=not_valid,
        postgresql_where=not_valid,
    )
    op.drop_index("ix_credential_not_valid", "credential")
    op.create_index(
        "ix_status_statement_whole",
        "status_statement",
        ["list_number", "number"],
        sqlite_where=whole,
        postgresql_where=whole,
    )
