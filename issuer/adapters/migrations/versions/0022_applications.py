"""Applications, their events and decisions, the texts of law behind these, and days of spot checks."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# Rows of these are added and never touched again; by what a row is in the way on SQLite, as in 0018.
_FOR_EVER = {
    "decision": "id = NEW.id",
    "decision_second": "decision_id = NEW.decision_id",
    # Their keys are no numbers of rows, so their rows have numbers of SQLite's own besides.
    "decision_evidence": "rowid = NEW.rowid OR decision_id = NEW.decision_id AND record = NEW.record",
    "application_event": "rowid = NEW.rowid OR case_id = NEW.case_id AND number = NEW.number",
    "law_text": "rowid = NEW.rowid OR digest = NEW.digest",
    "spot_check_day": "rowid = NEW.rowid OR day = NEW.day",
}
_REFUSAL = "decisions are append-only"


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    _applications()
    _decisions()
    if op.get_bind().dialect.name == "sqlite":
        _protect_on_sqlite()
    else:
        _protect_on_postgresql()


def _applications() -> None:
    op.create_table(
        "application",
        sa.Column("case_id", _key(16), primary_key=True),
        sa.Column("request_key", _key(64), nullable=False, unique=True),
        sa.Column("seafarer_id", _key(8), sa.ForeignKey("seafarer.seafarer_id"), nullable=False),
        sa.Column("rule", _key(100), nullable=False),
        sa.Column("asked", sa.String(16), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("asks", sa.Text, nullable=False),
        sa.Column("fee", sa.Text, nullable=False),
        sa.Column("replaces", _key(64)),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("state_since", sa.BigInteger, nullable=False),
        sa.Column("submitted_at", sa.BigInteger, nullable=False),
        sa.Column("draw_day", sa.String(10), nullable=False),
        sa.Column("assigned_to", sa.String(100)),
        sa.Column("hearing_until", sa.String(10)),
        sa.Column("document_number", _key(64), unique=True),
        sa.Column("issued_at", sa.BigInteger),
        sa.Column("automatic", sa.Integer),
        sa.Column("due", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.CheckConstraint("due IN (0, 1)", name="due_is_a_flag"),
    )
    for column in ("seafarer_id", "state", "submitted_at"):
        op.create_index(f"ix_application_{column}", "application", [column])
    due = sa.text("due = 1")
    op.create_index("ix_application_due", "application", ["case_id"], sqlite_where=due, postgresql_where=due)
    op.create_table(
        "application_event",
        _case(primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("event", sa.String(24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("note", sa.Text),
    )
    op.create_table(
        "spot_check_day",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("committed_at", sa.BigInteger, nullable=False),
    )


def _decisions() -> None:
    op.create_table(
        "law_text",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "decision",
        sa.Column("id", _IDENTITY, primary_key=True, autoincrement=True),
        _case(),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("automatic", sa.Integer, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("limitation", sa.Text),
        sa.Column("needs_second", sa.Integer, nullable=False),
        sa.Column("rule", _key(100), nullable=False),
        sa.Column("act", sa.String(64), nullable=False),
        sa.Column("act_version", sa.String(64), sa.ForeignKey("law_text.digest"), nullable=False),
        sa.Column("policy_version", sa.String(64), sa.ForeignKey("law_text.digest"), nullable=False),
        sa.Column("law_of", sa.String(10), nullable=False),
        sa.Column("case_file", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
    )
    op.create_index("ix_decision_case_id", "decision", ["case_id"])
    op.create_table(
        "decision_second",
        _of_decision(),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("agrees", sa.Integer, nullable=False),
    )
    op.create_table(
        "decision_evidence",
        _of_decision(),
        sa.Column("record", _key(100), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_decision_evidence_record", "decision_evidence", ["record"])


def _case(*, primary_key: bool = False) -> sa.Column[str]:
    case = sa.ForeignKey("application.case_id")
    return sa.Column("case_id", _key(16), case, nullable=False, primary_key=primary_key)


def _of_decision() -> sa.Column[int]:
    return sa.Column(
        "decision_id", _IDENTITY, sa.ForeignKey("decision.id"), primary_key=True, autoincrement=False
    )


def _protect_on_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for table, taken in _FOR_EVER.items():
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}")
        there = f"(SELECT 1 FROM {table} WHERE {taken})"  # noqa: S608 - from above
        op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS {there} {refuse}")


def _protect_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_decision_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    for table in _FOR_EVER:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_decision_change()"
        )
