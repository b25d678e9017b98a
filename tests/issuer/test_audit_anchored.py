"""The audit trail held fast: by a checkpoint's line, by rights in the database, by events of looks."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import ProgrammingError
from support.databases import PostgresServer
from support.desk import MEDICAL, NUMBER, Desk
from support.issuer_app import KEYS, HandClock, issuer_settings
from support.issuer_cli import Run
from support.log_keys import LOG_KEY, SIGNER, with_log

from issuer.adapters.database import Database
from issuer.adapters.roles import APPEND_ONLY, grants
from issuer.adapters.tables import audit_event, log_entry
from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.services.audit.trail import AuditEvent, WholeChain, record, verify_chain
from issuer.services.log import transparency
from issuer.services.log.anonymising import anonymise
from issuer.services.log.checkpoints import Checkpoints
from issuer.services.log.transparency import NewEntry
from keys.transparency.anchor import Anchor
from keys.transparency.checkpoint import Checkpoint, sign

SERIAL = f"{1:032x}"


def grow(desk: Desk) -> str:
    with desk.database.write() as connection:
        transparency.append(connection, [NewEntry(SERIAL, bytes(16), b"h.p")])
        record(connection, desk.clock, [AuditEvent("credential-logged", SERIAL)])
    note = Checkpoints(desk.database, desk.clock, with_log(KEYS), desk.settings).make()
    assert note is not None
    return note


def test_a_checkpoint_proves_that_the_trail_still_has_what_it_had(
    desk: Desk, run: Run, tmp_path: Path
) -> None:
    kept, key = tmp_path / "kept", tmp_path / "key"
    kept.write_text(grow(desk))
    key.write_text(LOG_KEY.text + "\n")
    with desk.database.write() as connection:
        record(connection, desk.clock, [AuditEvent("later", "x")])
    for chosen in ([], ["--key", str(key)], ["--key", LOG_KEY.text]):
        code, out, err = run("audit", "verify", "--checkpoint", str(kept), *chosen)
        assert (code, "the checkpoint's head is that of event 1" in out) == (0, True)
        assert ("not checked" in err) is (not chosen)
    other = Checkpoint(LOG_KEY.name, 1, b"x" * 32, (Anchor(1, "ab" * 32).line,))
    kept.write_text(sign(other, SIGNER))
    code, out, _ = run("audit", "verify", "--checkpoint", str(kept))
    assert code == 1
    assert "which the checkpoint names as event 1: the trail was written anew" in out


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("nonsense", "a checkpoint is lines of text"),
        (sign(Checkpoint(LOG_KEY.name, 1, b"x" * 32), SIGNER), "names no audit trail"),
        (
            sign(Checkpoint(LOG_KEY.name, 1, b"x" * 32, ("audit 1",)), SIGNER),
            "audit SEQUENCE HASH",
        ),
        (sign(Checkpoint("x/log", 1, b"x" * 32, (Anchor(1, "ab" * 32).line,)), SIGNER), "of the log x/log"),
    ],
)
def test_a_file_that_anchors_nothing_is_named(
    desk: Desk, run: Run, tmp_path: Path, note: str, says: str
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(note)
    code, _, err = run("audit", "verify", "--checkpoint", str(kept), "--key", LOG_KEY.text)
    assert (code, says in err) == (2, True)


def test_events_are_found_by_subject_and_kind(desk: Desk, run: Run) -> None:
    with desk.database.write() as connection:
        record(connection, desk.clock, [AuditEvent(name, who) for name in ("a", "b") for who in ("x", "y")])
    _, out, _ = run("audit", "show", "--subject", "x", "--event", "b", "--json")
    [shown] = [json.loads(line) for line in out.splitlines()]
    assert (shown["event"], shown["subject"]) == ("b", "x")


def test_a_salt_is_deleted_once_for_a_reason_and_what_is_refused_is_noted(desk: Desk) -> None:
    grow(desk)
    with pytest.raises(InvalidInput, match="for a reason"):
        anonymise(desk.database, desk.clock, SERIAL, reason="", actor="anna")
    anonymise(desk.database, desk.clock, SERIAL, reason="erasure asked for", actor="anna")
    for serial, kind in ((SERIAL, Conflict), ("unknown", NotFound)):
        with pytest.raises(kind):
            anonymise(desk.database, desk.clock, serial, reason="again", actor="anna")
    with desk.database.read() as connection:
        assert connection.execute(select(log_entry.c.salt)).scalar_one() is None
        chosen = select(audit_event.c.event, audit_event.c.actor, audit_event.c.details)
        rows = connection.execute(chosen.order_by(audit_event.c.sequence)).all()[1:]
    assert [(row.event, row.actor) for row in rows] == [
        ("log-salt-deleted", "anna"), ("log-anonymise-refused", "anna"), ("log-anonymise-refused", "anna"),
    ]  # fmt: skip
    details = [json.loads(row.details) for row in rows]
    assert details[0] == {"before": "salted", "after": "anonymous", "reason": "erasure asked for"}
    assert [one["problem"] for one in details[1:]] == ["conflict", "not-found"]


@pytest.fixture
def service(postgres: PostgresServer) -> Iterator[Desk]:
    """A desk that works as the role that `database roles` makes."""
    owner = make_url(postgres.emptied())
    role = f"ombord_service_{owner.database}"[:60].lower()
    with psycopg.connect(
        owner.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {role}")  # type: ignore[call-overload]
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")  # type: ignore[call-overload]
        for statement in grants(role):
            connection.execute(statement)  # type: ignore[call-overload]
        database = Database.open(owner.set(username=role, password="x").render_as_string(hide_password=False))
        yield Desk(database, issuer_settings("sqlite://"), HandClock())
        database.close()
        connection.execute(f"DROP OWNED BY {role}")  # type: ignore[call-overload]
        connection.execute(f"DROP ROLE {role}")  # type: ignore[call-overload]


@pytest.mark.postgres
def test_the_services_role_serves_and_can_neither_change_nor_empty_what_is_for_ever(service: Desk) -> None:
    service.enter()
    service.issuer.issue(NUMBER, None, "paper")
    service.lifecycle.suspend(NUMBER, reason="x", actor="anna")
    service.issuer.issue(MEDICAL, None, "paper 2")
    grow(service)
    anonymise(service.database, service.clock, SERIAL, reason="asked for", actor="anna")
    statements = [f"{verb} {table}" for table in APPEND_ONLY for verb in ("DELETE FROM", "TRUNCATE")]
    statements += ["DELETE FROM log_entry", "TRUNCATE log_entry", "UPDATE log_entry SET leaf_hash = salt"]
    statements += ["UPDATE credential_token SET token = ''", "UPDATE credential_payload SET payload = ''"]
    statements += ["DELETE FROM status_statement", "DELETE FROM reconciliation"]
    statements += ["UPDATE reconciliation SET differences = 0"]
    statements += ["UPDATE audit_event SET actor = 'x'", "UPDATE log_checkpoint SET note = ''"]
    statements += ["DELETE FROM audit_head", "TRUNCATE audit_head", "DROP TABLE audit_event"]
    statements += ["ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only"]
    statements += ["DROP TRIGGER audit_event_append_only ON audit_event", "CREATE TABLE mine (n int)"]
    for statement in statements:
        refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
        with refused, service.database.write() as connection:
            connection.execute(text(statement))
    with service.database.read() as connection:
        assert isinstance(verify_chain(connection), WholeChain)


@pytest.mark.parametrize("role", ["", "x y", "x;drop", "Ombord", "1x", "x" * 64])
def test_a_role_that_is_no_plain_name_is_refused(role: str) -> None:
    with pytest.raises(InvalidInput):
        list(grants(role))
