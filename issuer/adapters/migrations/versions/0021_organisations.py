"""Organisations that report: their keys, scopes, approvals and tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _identity() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _of_organisation(*, primary: bool = False) -> sa.Column[int]:
    return sa.Column(
        "organisation_id",
        _identity(),
        sa.ForeignKey("organisation.id"),
        nullable=False,
        primary_key=primary,
        autoincrement=False,
    )


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", _identity(), primary_key=True, autoincrement=True),
        sa.Column("client_id", _key(32), nullable=False, unique=True),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("number", _key(24), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("state_reason", sa.Text),
        sa.Column("is_development", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("state IN ('active', 'suspended')", name="organisation_state"),
    )
    op.create_table(
        "organisation_key",
        sa.Column("id", _identity(), primary_key=True, autoincrement=True),
        _of_organisation(),
        sa.Column("kid", _key(64), nullable=False),
        sa.Column("jwk", sa.Text, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("not_after", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.UniqueConstraint("organisation_id", "kid"),
    )
    op.create_table(
        "organisation_scope",
        _of_organisation(primary=True),
        sa.Column("scope", _key(80), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
    )
    op.create_table(
        "organisation_approval",
        _of_organisation(primary=True),
        sa.Column("resource", _key(40), primary_key=True),
        sa.Column("code", _key(64), primary_key=True),
    )
    _tokens()


def _tokens() -> None:
    op.create_table(
        "organisation_token",
        sa.Column("token_hash", _key(64), primary_key=True),
        _of_organisation(),
        sa.Column("key_id", _identity(), sa.ForeignKey("organisation_key.id"), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_organisation_token_expires_at", "organisation_token", ["expires_at"])
    op.create_table(
        "used_assertion",
        sa.Column("digest", _key(64), primary_key=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_used_assertion_expires_at", "used_assertion", ["expires_at"])
