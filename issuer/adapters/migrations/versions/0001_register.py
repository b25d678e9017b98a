"""The register, credentials, status lists, the audit trail and wallet pick-up."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
GENESIS = "0" * 64


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    _create_register()
    _create_credentials()
    _create_audit()
    _create_pickup()


def _create_register() -> None:
    op.create_table(
        "seafarer",
        sa.Column("seafarer_id", _key(8), primary_key=True),
        sa.Column("claims", sa.Text, nullable=False),
        sa.Column("source_digest", sa.String(64), nullable=False),
    )
    op.create_table(
        "certificate",
        sa.Column("id", IDENTITY, primary_key=True, autoincrement=True),
        sa.Column("document_number", _key(64), nullable=False, unique=True),
        sa.Column("seafarer_id", _key(8), sa.ForeignKey("seafarer.seafarer_id"), nullable=False, index=True),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("state_since", sa.String(10)),
        sa.Column("state_reason", sa.Text),
        sa.Column("replaced_by", _key(64)),
        sa.Column("expiry_date", sa.String(10)),
        sa.Column("claims", sa.Text, nullable=False),
        sa.Column("source_digest", sa.String(64)),
        sa.Column("source_state", sa.String(16)),
    )


def _create_credentials() -> None:
    op.create_table(
        "status_list",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("uri", sa.String(500), nullable=False, unique=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("revision", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("signed_revision", sa.Integer),
        sa.Column("signed_iat", sa.BigInteger),
        sa.Column("signed_exp", sa.BigInteger),
        sa.Column("token", sa.Text),
        sa.CheckConstraint("taken <= size", name="not_overfull"),
    )
    op.create_table(
        "credential",
        sa.Column("id", IDENTITY, primary_key=True, autoincrement=True),
        sa.Column("serial", sa.String(32), nullable=False, unique=True),
        sa.Column("certificate_id", IDENTITY, sa.ForeignKey("certificate.id"), nullable=False, index=True),
        sa.Column("idempotency_key", _key(200), nullable=False, unique=True),
        sa.Column("holder_thumbprint", sa.String(43), index=True),
        sa.Column("list_number", sa.Integer, sa.ForeignKey("status_list.number"), nullable=False),
        sa.Column("idx", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("kid", sa.String(64), nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("holder_jwk", sa.Text),
        sa.Column("log_salt", sa.String(32), nullable=False),
        sa.Column("superseded_at", sa.BigInteger),
        sa.UniqueConstraint("list_number", "idx"),
    )
    op.create_table(
        "credential_text",
        sa.Column("serial", sa.String(32), sa.ForeignKey("credential.serial"), primary_key=True),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("token", sa.Text),
    )
    for name, column, where in (
        ("ix_credential_unfinished", "state", "state NOT IN ('released', 'void')"),
        ("ix_credential_not_valid", "list_number", "status <> 0"),
    ):
        op.create_index(
            name, "credential", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def _create_audit() -> None:
    op.create_table(
        "audit_event",
        sa.Column("sequence", IDENTITY, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("subject", _key(100), nullable=False, index=True),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="single_row"),
    )
    op.bulk_insert(head, [{"id": 1, "sequence": 0, "hash": GENESIS}])
    _make_audit_append_only()


def _make_audit_append_only() -> None:
    """No statement of ours changes a past event; the database refuses those of others."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event "
                "BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit events are append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()"
    )


def _create_pickup() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("seafarer_id", _key(8), sa.ForeignKey("seafarer.seafarer_id"), nullable=False),
        sa.Column("document_numbers", sa.Text, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("tx_code_hash", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "access_token",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("offer_id", sa.String(64), sa.ForeignKey("offer.id"), nullable=False, unique=True),
        sa.Column("seafarer_id", _key(8), nullable=False),
        sa.Column("document_numbers", sa.Text, nullable=False),
        sa.Column("holder_thumbprint", sa.String(43)),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "nonce",
        sa.Column("nonce_hash", sa.String(64), primary_key=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.String(43), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("serial", sa.String(32), nullable=False),
        sa.Column("event", sa.String(32)),
        sa.Column("received_at", sa.BigInteger),
        sa.UniqueConstraint("token_hash", "serial"),
    )
    op.create_table(
        "idempotency",
        sa.Column("key", _key(200), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status_code", sa.Integer, nullable=False),
        sa.Column("response", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
