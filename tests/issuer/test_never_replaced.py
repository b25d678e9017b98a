"""SQLite: what is for ever is not replaced by an insert, which asks no trigger that refuses deletions."""

import sqlite3
from pathlib import Path

import pytest

from issuer.adapters.database import Database
from issuer.adapters.roles import APPEND_ONLY

ROWS = {
    "audit_event": "(1, 1, 'clerk', 'certificate-revoke', 'NO-1', '{}', 'p', 'h')",
    "log_entry": "(0, x'00', 's0', NULL)",
    "log_node": "(1, x'00')",
    "log_checkpoint": "(1, 1, 1, 'note')",
    "approval": "(1, 'd1', 't', 'approve', 'course', 'anna', NULL, 'anna-1', 1)",
    "approval_claims": "('c1', 1)",
    "authority": "(1, 'https://no.example', 'NO', 1)",
    "credential_payload": "(1, '{}')",
    "credential_token": "(1, 'h.p.s~')",
    "decision": "(1, 'c1', 1, 'grant', 'manual', 0, 'anna', NULL, NULL, 0, 'X', 'A', 'd', 'd', 'x', '', '')",
    "decision_second": "(1, 1, 'bo', 1)",
    "decision_evidence": "(1, 'r1', 1)",
    "application_event": "('c1', 1, 1, 'anna', 'submit', 'evaluating', NULL)",
    "law_text": "('d1', 'se.yaml', x'00')",
    "spot_check_day": "('2026-11-22', 'h', 's', 1)",
    "qualification_version": "('r1', 1, 'reported', '{}', 'd', 'company', NULL, 1)",
}
# By each key that a row may be in the way by: its number, or what else is unique.
REPLACEMENTS = [
    ("audit_event", "", "(1, 2, 'nobody', 'certificate-suspend', 'NO-1', '{}', 'p', 'h')"),
    ("log_entry", "", "(0, x'11', 's9', NULL)"),
    ("log_entry", "", "(9, x'11', 's0', NULL)"),
    ("log_node", "", "(1, x'11')"),
    ("log_checkpoint", "", "(1, 1, 1, 'another note')"),
    ("approval", "", "(1, 'd9', 't', 'approve', 'course', 'bo', NULL, 'bo-1', 1)"),
    ("approval", "", "(9, 'd1', 't', 'approve', 'course', 'bo', NULL, 'bo-1', 1)"),
    ("approval_claims", "(rowid, claims_hash, approval_id)", "(1, 'c9', 1)"),
    ("approval_claims", "", "('c1', 1)"),
    ("authority", "", "(1, 'https://no.example', 'SE', 2)"),
    ("credential_payload", "", "(1, '{\"x\":1}')"),
    ("credential_token", "", "(1, 'h.p.t~')"),
    (
        "decision",
        "",
        "(1, 'c1', 1, 'refuse', 'manual', 0, 'bo', NULL, NULL, 0, 'X', 'A', 'd', 'd', 'x', '', '')",
    ),
    ("decision_second", "", "(1, 1, 'anna', 0)"),
    ("decision_evidence", "", "(1, 'r1', 2)"),
    ("decision_evidence", "(rowid, decision_id, record, version)", "(1, 2, 'r9', 1)"),
    ("application_event", "", "('c1', 1, 2, 'nobody', 'withdraw', 'withdrawn', NULL)"),
    ("law_text", "", "('d1', 'se.yaml', x'11')"),
    ("law_text", "(rowid, digest, name, content)", "(1, 'd9', 'se.yaml', x'11')"),
    ("spot_check_day", "", "('2026-11-22', 'h', 't', 2)"),
    ("qualification_version", "", "('r1', 1, 'corrected', '[]', 'e', 'nobody', NULL, 2)"),
    (
        "qualification_version",
        "(rowid, record_id, version, act, contents, digest, actor, at)",
        "(1, 'r9', 1, 'corrected', '[]', 'e', 'nobody', 2)",
    ),
    ("application_event", "(rowid, case_id, number, at, by, event, state)", "(1, 'c9', 1, 2, 'x', 'x', 'x')"),
    ("spot_check_day", "(rowid, day, commitment, secret, committed_at)", "(1, '2026-11-23', 'h', 't', 2)"),
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with a row in each table whose rows are for ever."""
    path = tmp_path_factory.mktemp("never") / "register.db"
    Database.open(f"sqlite:///{path}").close()
    connection = sqlite3.connect(path)
    for table, values in ROWS.items():
        connection.execute(f"INSERT INTO {table} VALUES {values}")
    connection.commit()
    connection.close()
    return path


def test_every_table_of_the_kind_is_tried() -> None:
    assert set(ROWS) == {table for table, _, _ in REPLACEMENTS} == APPEND_ONLY | {"log_entry"}


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT"])
@pytest.mark.parametrize(("table", "columns", "values"), REPLACEMENTS)
def test_row_is_not_replaced_by_an_insert(
    template: Path, verb: str, table: str, columns: str, values: str
) -> None:
    connection = sqlite3.connect(template)  # as somebody with the file and a shell has it
    everything = f"SELECT * FROM {table}"  # a name from above
    before = connection.execute(everything).fetchall()
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|never changes"):
        connection.execute(f"{verb} INTO {table} {columns} VALUES {values}")
    assert connection.execute(everything).fetchall() == before
    connection.close()
