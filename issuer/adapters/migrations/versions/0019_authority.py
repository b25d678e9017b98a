"""Whose register it is: the `iss` and the flag that everything signed from it carries; never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_REFUSAL = "whose register it is never changes"


def upgrade() -> None:
    op.create_table(
        "authority",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("flag", sa.String(2), nullable=False),
        sa.Column("bound_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name="authority_single_row"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _protect_on_sqlite()
    else:
        _protect_on_postgresql()


def _protect_on_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER authority_no_{verb.lower()} BEFORE {verb} ON authority {refuse}")
    taken = "WHEN EXISTS (SELECT 1 FROM authority)"
    op.execute(f"CREATE TRIGGER authority_no_replace BEFORE INSERT ON authority {taken} {refuse}")


def _protect_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_authority_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER authority_unchanged BEFORE UPDATE OR DELETE ON authority "
        "FOR EACH ROW EXECUTE FUNCTION refuse_authority_change()"
    )
