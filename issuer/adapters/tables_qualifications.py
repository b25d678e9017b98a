"""Tables of qualification records: persons' numbers and keys, records and their versions, what was refused.

docs/qualifications.md says what each is for, and what in them is sealed.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from issuer.adapters.tables import Identity, code_point_key, metadata

# A person's own key, under the service's; without it what it sealed is noise: that is how a person is erased.
person = Table(
    "person",
    metadata,
    Column("seafarer_id", code_point_key(8), ForeignKey("seafarer.seafarer_id"), primary_key=True),
    Column("wrapped_key", LargeBinary),  # None: destroyed
    Column("sealed_under", String(16), nullable=False),  # which service key
    Column("created_at", BigInteger, nullable=False),
    Column("erased_at", BigInteger),
)

personal_number = Table(
    "personal_number",
    metadata,
    Column("blind_index", String(64), primary_key=True),  # HMAC of kind and number
    Column("seafarer_id", code_point_key(8), ForeignKey("person.seafarer_id"), nullable=False, index=True),
    Column("kind", String(24), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

# Each record as it stands now; what it says is its newest version's.
qualification_record = Table(
    "qualification_record",
    metadata,
    Column("record_id", code_point_key(20), primary_key=True),
    Column("seafarer_id", code_point_key(8), ForeignKey("seafarer.seafarer_id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("organisation_id", code_point_key(100), nullable=False),
    Column("role", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("reference", code_point_key(100)),  # the reporter's own
    Column("version", Integer, nullable=False),
    Column("standing", Integer, nullable=False),  # 1; 0: withdrawn
    Column("contradicted", Integer, nullable=False),  # 1: another reporter says what cannot both be so
    Column("digest", String(64), nullable=False),  # of what it says, about whom
    Column("first_day", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
    Column("ship", String(100)),  # of service: which one, as `aboard` has it
    Column("post", String(140)),  # of service: department and rank
    Column("reported_at", BigInteger, nullable=False),
)
Index(
    "ix_qualification_record_reference",
    qualification_record.c.organisation_id,
    qualification_record.c.kind,
    qualification_record.c.reference,
    unique=True,
    sqlite_where=text("reference IS NOT NULL"),
    postgresql_where=text("reference IS NOT NULL"),
)
Index(
    "ix_qualification_record_digest",
    qualification_record.c.organisation_id,
    qualification_record.c.digest,
    unique=True,
    sqlite_where=text("standing = 1"),
    postgresql_where=text("standing = 1"),
)
Index(
    "ix_qualification_record_reported",
    qualification_record.c.organisation_id,
    qualification_record.c.record_id,
)

# Rows are added and never changed: a record's whole history.
qualification_version = Table(
    "qualification_version",
    metadata,
    Column("record_id", code_point_key(20), ForeignKey("qualification_record.record_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("act", String(16), nullable=False),
    Column("contents", Text, nullable=False),  # canonical JSON
    Column("digest", String(64), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("reason", Text),
    Column("at", BigInteger, nullable=False),
)

# Uploaded papers, photographs, signatures: sealed with the person's key.
qualification_document = Table(
    "qualification_document",
    metadata,
    Column("record_id", code_point_key(20), ForeignKey("qualification_record.record_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("media_type", String(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

correction_request = Table(
    "correction_request",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column(
        "record_id",
        code_point_key(20),
        ForeignKey("qualification_record.record_id"),
        nullable=False,
        index=True,
    ),
    Column("version", Integer, nullable=False),  # that somebody finds wrong
    Column("asked_by", String(16), nullable=False),  # seafarer or authority
    Column("actor", String(100), nullable=False),
    Column("asked", LargeBinary, nullable=False),  # sealed with the person's key
    Column("asked_at", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),  # open, corrected, withdrawn, declined
    Column("answer", LargeBinary),  # sealed too
    Column("answered_by", String(100)),
    Column("answered_at", BigInteger),
)
Index(
    "ix_correction_request_open",
    correction_request.c.record_id,
    correction_request.c.id,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)

# Reports of which nothing counts, for their reporter to look up.
refused_report = Table(
    "refused_report",
    metadata,
    Column("refusal_id", code_point_key(20), primary_key=True),
    Column("organisation_id", code_point_key(100), nullable=False),
    Column("role", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("kind", String(16)),
    Column("reference", String(100)),
    Column("problems", Text, nullable=False),  # JSON, without personal data
    Column("sealed", LargeBinary),  # as it came, under the service's key; None: there is none
    Column("digest", String(64), nullable=False),  # keyed, of what came
    Column("at", BigInteger, nullable=False),
)
Index("ix_refused_report_reporter", refused_report.c.organisation_id, refused_report.c.refusal_id)

# Certificates that rest on a record which changed afterwards: somebody has to look at them.
certificate_review = Table(
    "certificate_review",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column(
        "document_number",
        code_point_key(64),
        ForeignKey("certificate.document_number"),
        nullable=False,
        index=True,
    ),
    Column("record_id", code_point_key(20), ForeignKey("qualification_record.record_id"), nullable=False),
    Column("cause", String(16), nullable=False),  # corrected, withdrawn or contradicted
    Column("at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    Column("settled_by", String(100)),
    Column("note", Text),
)
Index(
    "ix_certificate_review_waiting",
    certificate_review.c.id,
    sqlite_where=text("settled_at IS NULL"),
    postgresql_where=text("settled_at IS NULL"),
)
