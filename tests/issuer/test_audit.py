"""The audit trail: whoever holds its head notices any change to what came before."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from support.desk import MEDICAL, NUMBER, Desk
from support.issuer_cli import Run

from issuer.adapters.tables import audit_event, audit_head
from issuer.services.audit.trail import GENESIS, AuditEvent, BrokenChain, record, verify_chain

UNLOCK = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS audit_event_no_update",
        "DROP TRIGGER IF EXISTS audit_event_no_delete",
    ),
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


def get_round(desk: Desk, *changes: Any) -> None:
    """What somebody does who may do anything to the database."""
    kind = desk.database.engine.dialect.name
    with desk.database.write() as connection:
        for statement in UNLOCK[kind]:
            connection.execute(text(statement))
        for change in changes:
            connection.execute(change)
        for statement in LOCK[kind]:
            connection.execute(text(statement))


SECOND, THIRD = audit_event.c.sequence == 2, audit_event.c.sequence == 3
TAMPERED = {
    "another actor": (update(audit_event).where(SECOND).values(actor="x"), 2, "changed"),
    "another time": (update(audit_event).where(SECOND).values(at=1), 2, "changed"),
    "other details": (update(audit_event).where(SECOND).values(details="{"), 2, "changed"),
    "after another": (update(audit_event).where(SECOND).values(previous="0" * 64), 2, "follow"),
    "one taken out": (delete(audit_event).where(SECOND), 2, "missing"),
    "the newest taken out": (delete(audit_event).where(THIRD), 3, "newest events are missing"),
    "all taken out": (delete(audit_event), 1, "newest events are missing"),
    "another head": (update(audit_head).values(hash="0" * 64), 4, "the head was changed"),
    "an older head": (update(audit_head).values(sequence=2), 3, "the head knows nothing of"),
    "no head": (delete(audit_head), 1, "the head is missing"),
}


@pytest.mark.parametrize(("change", "event", "reason"), TAMPERED.values(), ids=TAMPERED)
def test_whoever_gets_round_that_is_found_out(
    desk: Desk, run: Run, change: Any, event: int, reason: str
) -> None:
    write(desk, "a", "b", "c")
    get_round(desk, change)
    with desk.database.read() as connection:
        broken = verify_chain(connection)
    assert isinstance(broken, BrokenChain)
    assert (broken.sequence, reason in broken.reason) == (event, True)
    assert run("audit", "verify")[:2] == (1, f"broken at event {event}: {broken.reason}\n")
    code, output, _ = run("audit", "verify", "--json")
    assert (code, json.loads(output)) == (1, {"whole": False, "event": event, "reason": broken.reason})
    assert run("audit", "show")[0] == 0  # what was done to it is there to be looked at


def test_bytes_that_are_no_text_are_a_change_too(desk: Desk, run: Run) -> None:
    write(desk, "a", "b")
    get_round(desk, text("UPDATE audit_event SET actor = x'ff00', details = x'ff' WHERE sequence = 1"))
    if desk.database.is_sqlite:  # PostgreSQL keeps text alone in a column of text, and has made some of that
        broken_text = "at = 'noon', subject = CAST(x'ff' AS TEXT)"
        get_round(desk, text(f"UPDATE audit_event SET {broken_text} WHERE sequence = 1"))
    assert run("audit", "verify")[:2] == (1, "broken at event 1: the event was changed\n")
    for words in ([], ["--json"]):
        assert run("audit", "show", *words)[0] == 0


def test_verify_says_how_many_events_and_the_head_to_write_down(desk: Desk, run: Run) -> None:
    assert run("audit", "verify")[:2] == (0, f"0 events, each follows from the one before; head {GENESIS}\n")
    write(desk, *(f"event {n}" for n in range(2_500)))
    code, output, _ = run("audit", "verify", "--json")
    told = json.loads(output)
    assert (code, told["whole"], told["events"]) == (0, True, 2_500)
    write(desk, "one more")
    noted = ["audit", "verify", "--head", told["head"]]
    assert run(*noted)[0] == 0
    get_round(desk, delete(audit_event), update(audit_head).values(sequence=0, hash=GENESIS))
    write(desk, "written anew")
    assert run("audit", "verify")[0] == 0  # a chain of one's own is whole: hence the note
    code, output, _ = run(*noted)
    assert (code, output.startswith(f"no event has the hash {told['head']}")) == (1, True)
    assert json.loads(run(*noted, "--json")[1])["whole"] is False


def test_show_tells_the_newest_and_no_more_than_asked_for(desk: Desk, run: Run) -> None:
    write(desk, *(f"event-{n}" for n in range(60)))
    code, output, complaints = run("audit", "show")
    assert (code, len(output.splitlines()), "older ones" in complaints) == (0, 50, True)
    assert output.splitlines()[-1].split("  ")[0::2] == ["60", "system", "NO-1"]
    code, output, complaints = run("audit", "show", "--limit", "60", "--json")
    rows = [json.loads(line) for line in output.splitlines()]
    assert (len(rows), complaints) == (60, "")
    assert rows[0]["details"] == {"n": 1, "none": None}
    assert [row["previous"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]


def test_show_by_certificate_has_the_events_of_its_credentials(desk: Desk, run: Run) -> None:
    desk.enter()
    issued = desk.issue()
    desk.issue(MEDICAL, key="another")
    desk.lifecycle.suspend(NUMBER, reason="", actor="operator:anna")
    output = run("audit", "show", "--certificate", NUMBER, "--json")[1]
    rows = [json.loads(line) for line in output.splitlines()]
    assert {row["subject"] for row in rows} == {NUMBER, issued.serial}
    assert (rows[-1]["event"], rows[-1]["actor"]) == ("certificate-suspend", "operator:anna")
    assert len(run("audit", "show", "--actor", "operator:anna")[1].splitlines()) == 1
    code, output, complaints = run("audit", "show", "--certificate", "NO-NONE")
    assert (code, output, complaints) == (0, "", "there is no such event\n")


def test_show_by_days_has_whole_days_of_the_authority(desk: Desk, run: Run) -> None:
    for second in (
        "2026-11-21T23:59:59",
        "2026-11-22T00:00:00",
        "2026-11-22T23:59:59",
        "2026-11-23T00:00:00",
    ):
        desk.clock.now = datetime.fromisoformat(f"{second}+01:00")  # Oslo
        write(desk, second)
    day = run("audit", "show", "--from", "2026-11-22", "--until", "2026-11-22")[1].splitlines()
    assert [line.split("  ")[1] for line in day] == ["2026-11-22T00:00:00+01:00", "2026-11-22T23:59:59+01:00"]
    assert len(run("audit", "show", "--from", "2026-11-22")[1].splitlines()) == 3
    assert len(run("audit", "show", "--until", "2026-11-22")[1].splitlines()) == 3
    assert len(run("audit", "show", "--from", "0001-01-01", "--until", "9999-12-31")[1].splitlines()) == 4


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "--head", "abc"],
        ["show", "--certificate", "\udcff"],
        ["show", "--actor", "\udcff"],
        ["show", "--from", "yesterday"],
        ["show", "--limit", "0"],
        ["show", "--limit", "10001"],
    ],
)
def test_what_cannot_be_asked_for_is_refused(run: Run, words: list[str]) -> None:
    code, output, complaints = run("audit", *words)
    assert (code, output) == (2, "")
    assert "rror: " in complaints
    assert "Traceback" not in complaints


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
