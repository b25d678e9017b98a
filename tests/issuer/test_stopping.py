"""The stop-issuing switch: what it halts, what goes on, and what the trail says of it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from time import time

import pytest
from sqlalchemy import func, select
from support.databases import PostgresServer
from support.desk import NUMBER, Desk
from support.issuer_cli import Run

from issuer.adapters.database import Database
from issuer.adapters.tables import credential
from issuer.domain.errors import Conflict, InvalidInput, IssuingStopped
from issuer.services import stopping
from issuer.services.stopping import Stopping, refuse_if_stopped
from keys.custody.signer_client import SignerGone
from verifier.status import Status

CHECKOUT = Path(__file__).resolve().parents[2]
BULK = 4_000


@pytest.fixture
def switch(desk: Desk) -> Stopping:
    return Stopping(desk.database, desk.clock)


def test_thrown_switch_refuses_every_step_until_it_is_lifted(desk: Desk, switch: Stopping) -> None:
    with desk.database.write() as connection:
        refuse_if_stopped(connection)
    switch.stop(reason="a forged approval", actor="clerk")
    with desk.database.write() as connection, pytest.raises(IssuingStopped, match="a forged approval"):
        refuse_if_stopped(connection)
    switch.start(actor="director")
    with desk.database.write() as connection:
        refuse_if_stopped(connection)
    assert desk.events()[-2:] == ["issuing-stopped", "issuing-started"]


def test_second_stop_keeps_the_first_reason_and_both_are_in_the_trail(desk: Desk, switch: Stopping) -> None:
    first = switch.stop(reason="a forged approval", actor="clerk")
    assert switch.stop(reason="and a second", actor="director") == first
    assert switch.standing() == first.stop
    assert desk.events()[-2:] == ["issuing-stopped"] * 2


@pytest.mark.parametrize("reason", ["", " ", "x" * 2_000])
def test_stop_for_no_readable_reason_is_refused_and_stops_nothing(switch: Stopping, reason: str) -> None:
    with pytest.raises(InvalidInput):
        switch.stop(reason=reason, actor="clerk")
    assert switch.standing() is None


class _Signer:
    """A signer process that takes note of what it is told, or takes nothing."""

    def __init__(self, *, gone: bool = False) -> None:
        self.told: list[str] = []
        self.gone = gone

    def stop(self, reason: str) -> None:
        self._tell(reason)

    def resume(self) -> None:
        self._tell("resume")

    def _tell(self, what: str) -> None:
        if self.gone:
            raise SignerGone("no signer there")
        self.told.append(what)


def test_signer_process_is_stopped_and_resumed_with_the_register(desk: Desk) -> None:
    signer = _Signer()
    switch = Stopping(desk.database, desk.clock, signer)
    switch.stop(reason="a forged approval", actor="clerk")
    assert switch.start(actor="clerk").complaint is None
    assert signer.told == ["issuing: a forged approval", "resume"]


def test_signer_process_that_does_not_answer_keeps_nothing_from_being_stopped(desk: Desk) -> None:
    switch = Stopping(desk.database, desk.clock, _Signer(gone=True))
    assert switch.stop(reason="a forged approval", actor="clerk").complaint == "no signer there"
    assert switch.standing() is not None


def test_start_of_what_is_not_stopped_is_a_conflict(switch: Stopping) -> None:
    with pytest.raises(Conflict, match="not stopped"):
        switch.start(actor="clerk")


def test_commands_show_the_switch_and_turn_it(run: Run, desk: Desk) -> None:
    assert run("status") == (0, "issuing goes on\n", "")
    code, output, _ = run("stop", "--reason", "a forged approval")
    assert code == 0
    assert output.startswith("issuing is stopped since ")
    assert run("status")[1] == output
    assert json.loads(run("status", "--json")[1])["reason"] == "a forged approval"
    assert run("start")[1].endswith(": a forged approval\n")
    assert run("start")[0] == 2
    assert desk.events()[-2:] == ["issuing-stopped", "issuing-started"]


def test_suspending_and_revoking_go_on_while_issuing_is_stopped(desk: Desk, switch: Stopping) -> None:
    desk.enter()
    issued = desk.issue()
    switch.stop(reason="a forged approval", actor="clerk")
    desk.lifecycle.suspend(NUMBER, reason="a casualty", actor="clerk")
    assert desk.status(issued) is Status.SUSPENDED
    desk.lifecycle.revoke(NUMBER, reason="a forgery", actor="clerk")
    assert desk.status(issued) is Status.REVOKED


def bulk(url: str, numbers: list[str]) -> subprocess.Popen[str]:
    """A worker process in the midst of its numbers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "support.bulk_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{CHECKOUT / 'tests'}"},
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps({"database_url": url, "numbers": numbers}) + "\n")
    process.stdin.flush()
    return process


def by_state(database: Database) -> dict[str, int]:
    with database.read() as connection:
        query = select(credential.c.state, func.count().label("number")).group_by(credential.c.state)
        return {row.state: row.number for row in connection.execute(query)}


@pytest.mark.postgres
def test_switch_halts_two_workers_in_the_midst_of_a_bulk_from_its_commit_on(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "PATIENCE", "30s")  # of a machine that does a dozen other things
    url = postgres.emptied()
    database = Database.open(url)
    numbers = Desk.open(database).enter_many(BULK)
    workers = [bulk(url, numbers[part::2]) for part in range(2)]
    give_up = time() + 60
    while "released" not in by_state(database) and time() < give_up:
        assert all(one.poll() is None for one in workers)
    Stopping(database, Desk.open(database).clock).stop(reason="a forged approval", actor="clerk")
    at_commit = by_state(database)
    ended = [json.loads(one.communicate(timeout=60)[0]) for one in workers]
    assert ended == [{"stopped": True}] * 2
    assert 0 < at_commit["released"] < BULK
    assert by_state(database) == at_commit, "nobody takes a step after the switch's commit"
    database.close()


@pytest.mark.postgres
def test_step_that_hangs_does_not_keep_issuing_from_being_stopped(postgres: PostgresServer) -> None:
    database = Database.open(postgres.emptied())
    switch = Stopping(database, Desk.open(database).clock)
    with database.engine.begin() as hanging:
        refuse_if_stopped(hanging)
        switch.stop(reason="a forged approval", actor="clerk")
        assert switch.standing() is not None
    with database.write() as connection, pytest.raises(IssuingStopped):
        refuse_if_stopped(connection)
    database.close()
