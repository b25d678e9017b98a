"""The audit trail: whoever holds its head notices any change to what came before."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from support.desk import Desk

from issuer.adapters.tables import audit_event, audit_head
from issuer.services.audit import AuditEvent, record, verify_chain

UNLOCK = {
    "sqlite": ("DROP TRIGGER audit_event_no_update", "DROP TRIGGER audit_event_no_delete"),
    "postgresql": ("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only",),
}
LOCK = {"sqlite": (), "postgresql": ("ALTER TABLE audit_event ENABLE TRIGGER audit_event_append_only",)}


def write(desk: Desk, *names: str) -> None:
    with desk.database.write() as connection:
        record(connection, desk.clock, [AuditEvent(name, "NO-1", {"n": 1, "none": None}) for name in names])


def test_chain_of_untouched_events_is_whole(desk: Desk) -> None:
    write(desk, "a", "b")
    write(desk, "c")
    write(desk)
    assert desk.events() == ["a", "b", "c"]


@pytest.mark.parametrize("verb", ["UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"])
def test_database_refuses_to_change_the_past(desk: Desk, verb: str) -> None:
    write(desk, "a")
    with pytest.raises(DBAPIError, match="append-only"), desk.database.write() as connection:
        connection.execute(text(verb))
    assert desk.events() == ["a"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (update(audit_event).where(audit_event.c.sequence == 2).values(actor="x"), "changed"),
        (update(audit_event).where(audit_event.c.sequence == 2).values(at=1), "changed"),
        (update(audit_event).where(audit_event.c.sequence == 2).values(previous="0" * 64), "follow"),
        (delete(audit_event).where(audit_event.c.sequence == 2), "missing"),
        (delete(audit_event).where(audit_event.c.sequence == 3), "newest events are missing"),
        (update(audit_head).values(hash="0" * 64), "newest events are missing"),
    ],
)
def test_whoever_gets_round_that_is_found_out(desk: Desk, change, reason: str) -> None:  # type: ignore[no-untyped-def]
    write(desk, "a", "b", "c")
    kind = desk.database.engine.dialect.name
    with desk.database.write() as connection:
        for statement in UNLOCK[kind]:
            connection.execute(text(statement))
        connection.execute(change)
        for statement in LOCK[kind]:
            connection.execute(text(statement))
    with desk.database.read() as connection:
        broken = verify_chain(connection)
    assert broken is not None
    assert reason in broken.reason


def test_event_of_a_change_that_failed_is_not_there(desk: Desk) -> None:
    def fail() -> None:
        with desk.database.write() as connection:
            record(connection, desk.clock, [AuditEvent("a", "NO-1")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert desk.events() == []


def test_writers_at_once_make_one_chain(desk: Desk) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: write(desk, f"event {n}", "then"), range(12)))
    assert len(desk.events()) == 24
