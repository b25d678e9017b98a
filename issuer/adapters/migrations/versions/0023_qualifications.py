"""Qualification records: persons' keys and numbers, records with their versions, corrections, reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_REFUSAL = "versions of records are append-only"


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    _persons()
    _records()
    _indexes()
    _corrections()
    _refusals()
    if op.get_bind().dialect.name == "sqlite":
        _protect_on_sqlite()
    else:
        _protect_on_postgresql()


def _persons() -> None:
    op.create_table(
        "person",
        sa.Column("seafarer_id", _key(8), sa.ForeignKey("seafarer.seafarer_id"), primary_key=True),
        sa.Column("wrapped_key", sa.LargeBinary),
        sa.Column("sealed_under", sa.String(16), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("erased_at", sa.BigInteger),
    )
    op.create_table(
        "personal_number",
        sa.Column("blind_index", sa.String(64), primary_key=True),
        sa.Column("seafarer_id", _key(8), sa.ForeignKey("person.seafarer_id"), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_personal_number_seafarer_id", "personal_number", ["seafarer_id"])


def _records() -> None:
    op.create_table(
        "qualification_record",
        sa.Column("record_id", _key(20), primary_key=True),
        sa.Column("seafarer_id", _key(8), sa.ForeignKey("seafarer.seafarer_id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("organisation_id", _key(100), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("reference", _key(100)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("standing", sa.Integer, nullable=False),
        sa.Column("contradicted", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("ship", sa.String(100)),
        sa.Column("post", sa.String(140)),
        sa.Column("reported_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "qualification_version",
        _of_record(primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("contents", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "qualification_document",
        _of_record(primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def _indexes() -> None:
    table = "qualification_record"
    op.create_index(f"ix_{table}_seafarer_id", table, ["seafarer_id"])
    op.create_index(f"ix_{table}_reported", table, ["organisation_id", "record_id"])
    for name, columns, where in (
        ("reference", ["organisation_id", "kind", "reference"], sa.text("reference IS NOT NULL")),
        ("digest", ["organisation_id", "digest"], sa.text("standing = 1")),
    ):
        op.create_index(
            f"ix_{table}_{name}", table, columns, unique=True, sqlite_where=where, postgresql_where=where
        )


def _corrections() -> None:
    op.create_table(
        "correction_request",
        sa.Column("id", _IDENTITY, primary_key=True, autoincrement=True),
        _of_record(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("asked_by", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("asked", sa.LargeBinary, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("answered_by", sa.String(100)),
        sa.Column("answered_at", sa.BigInteger),
    )
    op.create_index("ix_correction_request_record_id", "correction_request", ["record_id"])
    is_open = sa.text("state = 'open'")
    op.create_index(
        "ix_correction_request_open",
        "correction_request",
        ["record_id", "id"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "certificate_review",
        sa.Column("id", _IDENTITY, primary_key=True, autoincrement=True),
        sa.Column("document_number", _key(64), sa.ForeignKey("certificate.document_number"), nullable=False),
        _of_record(),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("settled_by", sa.String(100)),
        sa.Column("note", sa.Text),
    )
    op.create_index("ix_certificate_review_document_number", "certificate_review", ["document_number"])
    waiting = sa.text("settled_at IS NULL")
    op.create_index(
        "ix_certificate_review_waiting",
        "certificate_review",
        ["id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _refusals() -> None:
    op.create_table(
        "refused_report",
        sa.Column("refusal_id", _key(20), primary_key=True),
        sa.Column("organisation_id", _key(100), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16)),
        sa.Column("reference", sa.String(100)),
        sa.Column("problems", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_refused_report_reporter", "refused_report", ["organisation_id", "refusal_id"])


def _of_record(*, primary_key: bool = False) -> sa.Column[str]:
    record = sa.ForeignKey("qualification_record.record_id")
    return sa.Column("record_id", _key(20), record, nullable=False, primary_key=primary_key)


def _protect_on_sqlite() -> None:
    table = "qualification_version"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}")
    # As in 0022: a row is in the way by its key, or by SQLite's own number of it.
    taken = "rowid = NEW.rowid OR record_id = NEW.record_id AND version = NEW.version"
    there = f"(SELECT 1 FROM {table} WHERE {taken})"  # noqa: S608 - from above
    op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS {there} {refuse}")


def _protect_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_record_version_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER qualification_version_append_only BEFORE UPDATE OR DELETE ON qualification_version "
        "FOR EACH ROW EXECUTE FUNCTION refuse_record_version_change()"
    )
