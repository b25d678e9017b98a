"""What is to be signed and what was signed in a table each, by the credential's number.

A token then is appended; beside its payload, it made every page be written a second time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    for name in ("payload", "token"):
        op.create_table(
            f"credential_{name}",
            sa.Column(
                "credential_id",
                IDENTITY,
                sa.ForeignKey("credential.id"),
                primary_key=True,
                autoincrement=False,
            ),
            sa.Column(name, sa.Text, nullable=False),
        )
        op.execute(
            f"INSERT INTO credential_{name} (credential_id, {name}) "  # noqa: S608 -- our own two words
            f"SELECT credential.id, credential_text.{name} FROM credential "
            f"JOIN credential_text ON credential_text.serial = credential.serial "
            f"WHERE credential_text.{name} IS NOT NULL ORDER BY credential.id"
        )
    op.drop_table("credential_text")
