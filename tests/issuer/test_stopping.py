"""The stop-issuing switch: what it halts, what goes on, and what the trail says of it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Semaphore
from time import time
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from support.databases import PostgresServer
from support.desk import NUMBER, Desk
from support.issuer_cli import Run

from issuer.adapters.database import Database
from issuer.adapters.tables import credential, log_entry
from issuer.domain.errors import Conflict, InvalidInput, IssuingStopped
from issuer.services.issuing import protocol, reserving, stopping
from issuer.services.issuing.issuer import IssueRequest
from issuer.services.issuing.stopping import Stopping, refuse_if_stopped
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


class InHand:
    """A step that has found the switch off, and is in the midst of its work until it may go on."""

    def __init__(self, after: int) -> None:
        self._left = after
        self.begun, self.may_go_on = Event(), Event()

    def __call__(self, connection: Connection) -> None:
        refuse_if_stopped(connection)
        self._left -= 1
        if self._left == 0:
            self.begun.set()
            assert self.may_go_on.wait(60)


# The looks of one credential's steps, in their order; between persisting and signing there is one that reads.
LOOKS = ["reserve", "persist", "ask to sign", "sign", "verify", "log", "release"]


@pytest.mark.postgres
@pytest.mark.parametrize("step", LOOKS)
def test_step_that_outlasts_the_switch_commits_nothing_after_it(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    in_hand = InHand(LOOKS.index(step) + 1)
    monkeypatch.setattr(stopping, "PATIENCE", "1ms")
    monkeypatch.setattr(reserving, "refuse_if_stopped", in_hand)
    monkeypatch.setattr(protocol, "refuse_if_stopped", in_hand)
    database = Database.open(postgres.emptied())
    desk = Desk.open(database)
    desk.enter()
    with ThreadPoolExecutor(1) as pool:
        issued = pool.submit(desk.issue)
        assert in_hand.begun.wait(60)
        Stopping(database, desk.clock).stop(reason="a forged approval", actor="clerk")
        at_return = done(database)
        in_hand.may_go_on.set()
        with pytest.raises(IssuingStopped):
            issued.result(60)
    assert done(database) == at_return
    database.close()


@pytest.mark.postgres
def test_reservations_that_queue_behind_each_other_commit_nothing_after_the_switch(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = 4
    passed = Semaphore(0)

    def look(connection: Connection) -> None:
        refuse_if_stopped(connection)
        passed.release()

    monkeypatch.setattr(stopping, "PATIENCE", "1ms")
    monkeypatch.setattr(reserving, "refuse_if_stopped", look)
    database = Database.open(postgres.emptied())
    desk = Desk.open(database)
    numbers = desk.enter_many(batches * 5)
    issuers = [desk.issuer for _ in range(batches)]  # as in so many processes
    with ThreadPoolExecutor(batches) as pool:
        with (
            database.write() as first
        ):  # has the lists' lock; all others wait for it with theirs on the switch
            reserving.take_slots(first, 1, desk.clock, desk.settings)
            parts = [desk.printing.requests(numbers[part::batches]) for part in range(batches)]
            work = [pool.submit(one.issue_many, part) for one, part in zip(issuers, parts, strict=True)]
            assert all(passed.acquire(timeout=60) for _ in work)
            other = Database.open(str(database.engine.url.render_as_string(hide_password=False)))
            Stopping(other, desk.clock).stop(reason="a forged approval", actor="clerk")
            other.close()
        for one in work:
            with pytest.raises(IssuingStopped):
                one.result(60)
    assert by_state(database) == {}
    database.close()


def test_no_step_is_of_more_than_one_batch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issuer.services.issuing.issuer.BATCH", 4)
    sizes: list[int] = []

    def reserve(connection: Connection, requests: Sequence[IssueRequest], **more: Any) -> Any:
        sizes.append(len(requests))
        return reserving.reserve(connection, requests, **more)

    monkeypatch.setattr("issuer.services.issuing.issuer.reserve", reserve)
    numbers = desk.enter_many(14)
    desk.printing.sign(desk.printing.requests(numbers))
    assert sorted(sizes) == [2, 4, 4, 4]


def done(database: Database) -> tuple[dict[str, int], int]:
    """How many credentials stand where, and how many entries the log has."""
    with database.read() as connection:
        entries = connection.execute(select(func.count()).select_from(log_entry)).scalar_one()
    return by_state(database), entries
