"""Tables of the organisations that report: who they are, their keys, what they were granted, their tokens."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from issuer.adapters.tables import Identity, code_point_key, metadata

organisation = Table(
    "organisation",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("client_id", code_point_key(32), nullable=False, unique=True),  # NO-974760673: `iss` of assertions
    Column("country", String(2), nullable=False),  # whose number it is; XX: an LEI
    Column("number", code_point_key(24), nullable=False),  # compact, its check digits right
    Column("name", String(200), nullable=False),
    Column("roles", Text, nullable=False),  # rules.facts.Reporter, sorted, with spaces between
    Column("state", String(16), nullable=False),  # active, suspended
    Column("state_reason", Text),
    Column("is_development", BigInteger, nullable=False),  # 1: made by `organisation develop`
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint("state IN ('active', 'suspended')", name="organisation_state"),
)

# Public keys alone; a key that has ended stays, so that its kid is never given to another.
organisation_key = Table(
    "organisation_key",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("organisation_id", Identity, ForeignKey("organisation.id"), nullable=False),
    Column("kid", code_point_key(64), nullable=False),
    Column("jwk", Text, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("not_after", BigInteger),
    Column("ended_at", BigInteger),
    UniqueConstraint("organisation_id", "kid"),
)

# What an organisation may ask tokens for, and in which role it then reports.
organisation_scope = Table(
    "organisation_scope",
    metadata,
    Column("organisation_id", Identity, ForeignKey("organisation.id"), primary_key=True, autoincrement=False),
    Column("scope", code_point_key(80), primary_key=True),
    Column("role", String(16), nullable=False),
)

# What it is approved for, by resource: course codes, ships by IMO number; `*`: all of them.
organisation_approval = Table(
    "organisation_approval",
    metadata,
    Column("organisation_id", Identity, ForeignKey("organisation.id"), primary_key=True, autoincrement=False),
    Column("resource", code_point_key(40), primary_key=True),
    Column("code", code_point_key(64), primary_key=True),
)

# Access tokens by their hash; whoever is suspended has none from that moment.
organisation_token = Table(
    "organisation_token",
    metadata,
    Column("token_hash", code_point_key(64), primary_key=True),
    Column("organisation_id", Identity, ForeignKey("organisation.id"), nullable=False),
    Column("key_id", Identity, ForeignKey("organisation_key.id"), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
Index("ix_organisation_token_expires_at", organisation_token.c.expires_at)

# Assertions that made a token, until they would have expired anyway (RFC 7523, 3, item 7).
used_assertion = Table(
    "used_assertion",
    metadata,
    Column("digest", code_point_key(64), primary_key=True),  # of client_id and jti
    Column("expires_at", BigInteger, nullable=False),
)
Index("ix_used_assertion_expires_at", used_assertion.c.expires_at)
