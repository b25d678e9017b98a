"""Applications and what was decided about them: the tables, beside the register's.

Instants are Unix seconds and dates ISO text, as in `tables`.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from issuer.adapters.tables import Identity, code_point_key, metadata

application = Table(
    "application",
    metadata,
    Column("case_id", code_point_key(16), primary_key=True),
    Column("request_key", code_point_key(64), nullable=False, unique=True),  # SHA-256: whose, and which
    Column("seafarer_id", code_point_key(8), ForeignKey("seafarer.seafarer_id"), nullable=False, index=True),
    Column("rule", code_point_key(100), nullable=False),
    Column("asked", String(16), nullable=False),  # first, renewal, …
    Column("language", String(2), nullable=False),
    Column("asks", Text, nullable=False),  # JSON: individual decisions that are asked for, by their codes
    Column("fee", Text, nullable=False),  # JSON, as it was told
    Column("replaces", code_point_key(64)),  # the certificate whose place the new one takes
    Column("state", String(24), nullable=False, index=True),
    Column("state_since", BigInteger, nullable=False),
    Column("submitted_at", BigInteger, nullable=False, index=True),
    Column("draw_day", String(10), nullable=False),  # whose secret draws it
    Column("assigned_to", String(100)),  # who looks at it; once somebody does, nothing is automatic
    Column("hearing_until", String(10)),
    Column("document_number", code_point_key(64), unique=True),
    Column("issued_at", BigInteger),
    Column("automatic", Integer),  # 1: nobody decided; set when it is issued
    Column("due", Integer, nullable=False, server_default=text("0")),  # 1: new evidence has come
    Column("complete", String(10)),  # the day on which nothing was missing any more
    Column("decide_by", String(10)),  # by which the law wants it decided, where it sets a time
    CheckConstraint("due IN (0, 1)", name="due_is_a_flag"),
)
Index(
    "ix_application_due",
    application.c.case_id,
    sqlite_where=text("due = 1"),
    postgresql_where=text("due = 1"),
)
Index(
    "ix_application_decide_by",
    application.c.decide_by,
    application.c.case_id,
    sqlite_where=text("decide_by IS NOT NULL"),
    postgresql_where=text("decide_by IS NOT NULL"),
)

# What was decided, or put forward, once and for ever.
decision = Table(
    "decision",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("case_id", code_point_key(16), ForeignKey("application.case_id"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("what", String(24), nullable=False),  # evaluate, grant, limit, intend-refusal, refuse
    Column("way", String(16), nullable=False),  # as the law came out: auto, manual, incomplete
    Column("automatic", Integer, nullable=False),
    Column("by", String(100), nullable=False),
    Column("reason", Text),
    Column("limitation", Text),  # JSON of a certificate's limitations, with its code
    Column("needs_second", Integer, nullable=False),  # 1: it waits for another person's word
    Column("rule", code_point_key(100), nullable=False),
    Column("act", String(64), nullable=False),
    Column("act_version", String(64), ForeignKey("law_text.digest"), nullable=False),
    Column("policy_version", String(64), ForeignKey("law_text.digest"), nullable=False),
    Column("law_of", String(10), nullable=False),
    Column("case_file", Text, nullable=False),  # JSON: rule, on, law_of, facts
    Column("report", Text, nullable=False),  # JSON: the outcome with its tree of reasons
)

# Another person's word about a decision that needs two.
decision_second = Table(
    "decision_second",
    metadata,
    Column("decision_id", Identity, ForeignKey("decision.id"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(100), nullable=False),
    Column("agrees", Integer, nullable=False),
)

decision_evidence = Table(
    "decision_evidence",
    metadata,
    Column("decision_id", Identity, ForeignKey("decision.id"), primary_key=True, autoincrement=False),
    Column("record", code_point_key(100), primary_key=True, index=True),
    Column("version", Integer, nullable=False),
)

application_event = Table(
    "application_event",
    metadata,
    Column("case_id", code_point_key(16), ForeignKey("application.case_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3, … of this case
    Column("at", BigInteger, nullable=False),
    Column("by", String(100), nullable=False),
    Column("event", String(24), nullable=False),
    Column("state", String(24), nullable=False),  # after it
    Column("note", Text),
)

# The files of law and evidence policy that decisions were made by, each once, to replay them by.
law_text = Table(
    "law_text",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the content
    Column("name", String(200), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# A day's secret for drawing spot checks: its hash is published first, itself when the day is over.
spot_check_day = Table(
    "spot_check_day",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("commitment", String(64), nullable=False),  # SHA-256 of the secret
    Column("secret", String(64), nullable=False),
    Column("committed_at", BigInteger, nullable=False),
)
