"""What is to be signed and what was signed is written once, which the database itself sees to."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLES = ("credential_payload", "credential_token")
_REFUSAL = "signed texts are append-only"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _protect_on_sqlite()
    else:
        _protect_on_postgresql()


def _protect_on_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for table in _TABLES:
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}")
        taken = f"(SELECT 1 FROM {table} WHERE credential_id = NEW.credential_id)"  # noqa: S608 - from above
        # As in 0018.
        op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS {taken} {refuse}")


def _protect_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_signed_text_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_signed_text_change()"
        )
