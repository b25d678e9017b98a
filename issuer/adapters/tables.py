"""The register's tables, as SQLAlchemy Core knows them; Alembic's migrations make them.

Instants are Unix seconds and dates ISO text on both databases, so that both sort and compare alike.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _key(length: int) -> String:
    """Identifiers sort by code point on both databases; PostgreSQL's default is the server's locale."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


code_point_key = _key  # for the tables of other modules
Identity = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only in INTEGER PRIMARY KEY

seafarer = Table(
    "seafarer",
    metadata,
    Column("seafarer_id", _key(8), primary_key=True),
    Column(
        "claims", Text, nullable=False
    ),  # JSON: the holder's claims of `vc.certificate_claims`, in their order
    Column("source_digest", String(64), nullable=False),  # of the row as last imported
)

# Apart from `seafarer`, so that what reads certificates with their holders reads no pictures.
portrait = Table(
    "portrait",
    metadata,
    Column("seafarer_id", _key(8), ForeignKey("seafarer.seafarer_id"), primary_key=True),
    Column("picture", LargeBinary, nullable=False),  # as `picture.normalised` makes it
)

certificate = Table(
    "certificate",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("document_number", _key(64), nullable=False, unique=True),  # the unique tracking number
    Column("seafarer_id", _key(8), ForeignKey("seafarer.seafarer_id"), index=True),  # None: a ship's
    Column("type", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("state_since", String(10)),  # ISO date in the authority's time zone
    Column("state_reason", Text),
    Column("replaced_by", _key(64)),  # document number
    Column("expiry_date", String(10)),
    Column("claims", Text, nullable=False),  # JSON: the certificate's own claims, without the holder's
    Column("source_digest", String(64)),  # of the row as last imported; None: made here
    Column("source_state", String(16)),  # what that row said, so that re-importing never undoes a decision
    # By what and whom it came about, for "affected by" queries.
    Column("rule", String(100)),  # name and version
    Column("reporter", String(100)),
    Column("provider", String(100)),
    Column("claims_hash", String(43)),  # of what waits for approval, as last put forward
)
Index(
    "ix_certificate_claims_hash",
    certificate.c.claims_hash,
    sqlite_where=text("claims_hash IS NOT NULL"),
    postgresql_where=text("claims_hash IS NOT NULL"),
)

# What waits is little beside all that was ever approved, and is looked for each minute.
Index(
    "ix_certificate_drafted",
    certificate.c.document_number,
    sqlite_where=text("state = 'drafted'"),
    postgresql_where=text("state = 'drafted'"),
)
Index(
    "ix_certificate_approved",
    certificate.c.id,
    sqlite_where=text("state = 'approved'"),
    postgresql_where=text("state = 'approved'"),
)

status_list = Table(
    "status_list",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("uri", String(500), nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("taken", Integer, nullable=False, server_default=text("0")),
    Column("revision", Integer, nullable=False, server_default=text("0")),  # grows with each status change
    Column("signed_revision", Integer),  # what the latest token shows
    Column("signed_iat", BigInteger),
    Column("signed_exp", BigInteger),
    Column("token", Text),
    CheckConstraint("taken <= size", name="not_overfull"),
)

# What was signed for ships, each time that the list was: beside the token, of the same states.
status_statement = Table(
    "status_statement",
    metadata,
    Column("list_number", Integer, ForeignKey("status_list.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3, … of this list
    Column("iat", BigInteger, nullable=False),
    Column("kid", String(64), nullable=False),
    Column("snapshot", LargeBinary, nullable=False),  # with the statement and its signature
)
# Those that are still kept whole, so that thinning passes over none that was thinned before.
Index(
    "ix_status_statement_whole",
    status_statement.c.list_number,
    status_statement.c.number,
    sqlite_where=text("length(snapshot) > 32"),
    postgresql_where=text("length(snapshot) > 32"),
)

credential = Table(
    "credential",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("serial", String(32), nullable=False, unique=True),
    Column("certificate_id", Identity, ForeignKey("certificate.id"), nullable=False, index=True),
    Column("idempotency_key", _key(200), nullable=False, unique=True),
    Column("holder_thumbprint", String(43), index=True),  # None: paper
    Column("list_number", Integer, ForeignKey("status_list.number"), nullable=False),
    Column("idx", Integer, nullable=False),
    Column("status", Integer, nullable=False, server_default=text("0")),
    Column("state", String(16), nullable=False),
    Column("kid", String(64), nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("holder_jwk", Text),
    Column("log_salt", String(32), nullable=False),
    Column("superseded_at", BigInteger),
    Column("configuration", String(64)),  # what it was persisted under; None: before there was a log
    Column("lease", Integer),  # of the worker that last had it in hand; None once it is released or void
    UniqueConstraint("list_number", "idx"),
)

# Apart from `credential`, so that its changes of state rewrite small rows; and from each other, so that both
# are only ever appended.
credential_payload = Table(
    "credential_payload",
    metadata,
    Column("credential_id", Identity, ForeignKey("credential.id"), primary_key=True, autoincrement=False),
    Column("payload", Text, nullable=False),  # the exact JSON to sign, from `persisted` on
)
credential_token = Table(
    "credential_token",
    metadata,
    Column("credential_id", Identity, ForeignKey("credential.id"), primary_key=True, autoincrement=False),
    Column("token", Text, nullable=False),  # the SD-JWT, from `signed` on
)
# On no column that the steps of issuing change: so PostgreSQL rewrites a row beside itself, and no index.
Index(
    "ix_credential_in_hand",
    credential.c.id,
    sqlite_where=text("lease IS NOT NULL"),
    postgresql_where=text("lease IS NOT NULL"),
)
# What a list's next signature reads, which it answers without the rows themselves.
Index(
    "ix_credential_before_log",
    credential.c.id,
    sqlite_where=text("configuration IS NULL"),
    postgresql_where=text("configuration IS NULL"),
)
Index(
    "ix_credential_not_valid_entry",
    credential.c.list_number,
    credential.c.idx,
    credential.c.status,
    sqlite_where=text("status <> 0"),
    postgresql_where=text("status <> 0"),
)

audit_event = Table(
    "audit_event",
    metadata,
    Column("sequence", Identity, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("event", String(40), nullable=False),
    Column("subject", _key(100), nullable=False, index=True),
    Column("details", Text, nullable=False),  # canonical JSON, no names
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: the row that writers lock
    Column("sequence", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("id = 1", name="single_row"),
)

offer = Table(
    "offer",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the random handle in credential_offer_uri
    Column("seafarer_id", _key(8), ForeignKey("seafarer.seafarer_id"), nullable=False),
    Column("document_numbers", Text, nullable=False),  # JSON array
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("tx_code_hash", String(64), nullable=False),  # keyed by the code, which is not stored
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Column("holder_thumbprint", String(43)),  # the one phone that may redeem it; None: whoever has both codes
)

access_token = Table(
    "access_token",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("offer_id", String(64), ForeignKey("offer.id"), nullable=False, unique=True),
    Column("seafarer_id", _key(8), nullable=False),
    Column("document_numbers", Text, nullable=False),  # JSON array
    Column("holder_thumbprint", String(43)),  # the one phone that first used it
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

nonce = Table(
    "nonce",
    metadata,
    Column("nonce_hash", String(64), primary_key=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("used_at", BigInteger),
)

notification = Table(
    "notification",
    metadata,
    Column("id", String(43), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("serial", String(32), nullable=False),
    Column("event", String(32)),
    Column("received_at", BigInteger),
    UniqueConstraint("token_hash", "serial"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key", _key(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status_code", Integer, nullable=False),
    Column("response", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False, index=True),
)

# The transparency log (docs/transparency-log.md): rows are added, and only salts ever change.
log_entry = Table(
    "log_entry",
    metadata,
    Column("idx", Identity, primary_key=True, autoincrement=False),  # 0, 1, 2, …
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("serial", String(32), nullable=False, unique=True),  # of the credential
    Column("salt", LargeBinary),  # None: deleted, and the entry says nothing any more
)

# The complete subtrees above the leaves, each stored once, when it is complete.
log_node = Table(
    "log_node",
    metadata,
    Column(
        "number", Identity, primary_key=True, autoincrement=False
    ),  # `keys.transparency.merkle.Node.number`
    Column("hash", LargeBinary, nullable=False),
)

log_checkpoint = Table(
    "log_checkpoint",
    metadata,
    Column("number", Identity, primary_key=True, autoincrement=True),
    Column("size", BigInteger, nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),  # as signed
)

# The stop-issuing switch: there is a row while issuing is stopped.
issuing_stop = Table(
    "issuing_stop",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("reason", Text, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("since", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="single_row"),
)

# Statements about certificates, as their makers signed them (`keys.custody.approval`).
approval = Table(
    "approval",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256 of the token
    Column("token", Text, nullable=False),
    Column("act", String(16), nullable=False),
    Column("type", String(32), nullable=False),
    Column("person", String(64)),  # as the policy named them when it came; None: a rule's
    Column("rule", String(100)),
    Column("kid", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),  # by the approver's clock
)
approval_claims = Table(
    "approval_claims",
    metadata,
    Column("claims_hash", _key(43), primary_key=True),
    Column(
        "approval_id", Identity, ForeignKey("approval.id"), primary_key=True, autoincrement=False, index=True
    ),
)

# What lies in which store (a folder, a bucket), so that what is there already is not published again.
publication = Table(
    "publication",
    metadata,
    Column("store", String(500), primary_key=True),  # its address
    Column("name", _key(200), primary_key=True),
    Column("edition", Integer),  # of a list's file: the number of the statement
    Column("digest", String(64)),  # SHA-256 of the content
    Column("version", String(200)),  # as the store tells one content from the next; None: not yet there
    Column("at", BigInteger, nullable=False),
)

# What credentials were made under: the settings and versions that decide what is signed, each once.
configuration = Table(
    "configuration",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the content
    Column("content", Text, nullable=False),  # canonical JSON
    Column("first_used_at", BigInteger, nullable=False),
)

# Events of the audit trail, counted once, from the first to the one whose number is the sum of all counts.
event_count = Table(
    "event_count",
    metadata,
    Column("event", String(40), primary_key=True),
    Column("count", BigInteger, nullable=False),
)

# A mass operation, and each certificate of its frozen selection (`issuer.services.mass.operations`).
mass_operation = Table(
    "mass_operation",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("ending", String(16)),  # of a revocation
    Column("selection", Text, nullable=False),  # canonical JSON
    Column("reason", Text, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("approved_by", String(100)),
    Column("state", String(16), nullable=False),
    Column("note", Text),  # why it stands still, when that was no person's wish
    Column("certificates", BigInteger, nullable=False),
    Column("newest_credential", BigInteger, nullable=False),  # there when the selection was frozen
    Column("created_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)
mass_item = Table(
    "mass_item",
    metadata,
    Column("operation_id", Identity, ForeignKey("mass_operation.id"), primary_key=True),
    Column("certificate_id", Identity, ForeignKey("certificate.id"), primary_key=True),
    Column("state", String(16), nullable=False),  # waiting, done, refused
    Column("refusal", Text),
    Column("request", _key(200)),  # idempotency key of the paper that is signed again
    Column("lease", Integer),  # of the worker that last had it in hand
    Column("done_at", BigInteger),
)
Index(
    "ix_mass_item_waiting",
    mass_item.c.operation_id,
    mass_item.c.certificate_id,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)

# Credentials on phones, up to this one, that the next sync offers to replace by new ones.
renewal = Table(
    "renewal",
    metadata,
    Column("certificate_id", Identity, ForeignKey("certificate.id"), primary_key=True, autoincrement=False),
    Column("newest_credential", BigInteger, nullable=False),
)

# Who is affected (`issuer.services.mass.affected`).
for _name in ("rule", "reporter", "provider"):
    Index(
        f"ix_certificate_{_name}",
        certificate.c[_name],
        certificate.c.id,
        sqlite_where=text(f"{_name} IS NOT NULL"),
        postgresql_where=text(f"{_name} IS NOT NULL"),
    )
# Credentials are entered by time, and so by key: knowing which blocks hold which is enough, while an entry in
# a B-tree would be made anew at each of the steps of issuing.
Index(
    "ix_credential_made_under",
    credential.c.kid,
    credential.c.issued_at,
    credential.c.configuration,
    postgresql_using="brin",
    postgresql_with={"pages_per_range": 32},
)

# What each reconciliation counted (`issuer.services.operating.reconciling`).
reconciliation = Table(
    "reconciliation",
    metadata,
    Column("number", Identity, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("log", BigInteger, nullable=False),
    Column("database", BigInteger, nullable=False),
    Column("signer", BigInteger),  # None: its keys are in the issuer's own process
    Column("differences", BigInteger, nullable=False),
    Column("explained", Text),  # canonical JSON: how many of each difference a person has explained
)

# Whose register it is, from its first use on (`issuer.services.register.binding`).
authority = Table(
    "authority",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("issuer", String(300), nullable=False),  # the `iss` of everything that is signed from it
    Column("flag", String(2), nullable=False),
    Column("bound_at", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="authority_single_row"),
)
