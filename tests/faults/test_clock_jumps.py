"""A clock that jumps, back and forth and by years: clear refusals, and no list goes back or far ahead."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.desk import MEDICAL, NUMBER, PHONE, Desk
from support.faults_invariants import check_register
from support.faults_register import Rows
from support.faults_rounds import SEED, rounds
from support.simulator import NOW

from issuer.adapters.database import Database
from issuer.domain.errors import IssuerError

STEPS = 40
JUMPS = (
    timedelta(seconds=-1),
    timedelta(seconds=1),
    timedelta(hours=-3),
    timedelta(days=20),
    timedelta(days=-45),
    timedelta(days=400),
    timedelta(days=-400),
    timedelta(days=20 * 365),
    timedelta(days=-30 * 365),
)


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    path = tmp_path / "register.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database.open(f"sqlite:///{path}")
    yield Desk.open(database)
    database.close()


def lists(desk: Desk) -> dict[int, tuple[int, int]]:
    """When each list was signed last, and with which number."""
    rows = Rows(str(desk.database.engine.url))
    return {
        row["number"]: (row["signed_iat"] or 0, row["statement"] or 0)
        for row in rows(
            "SELECT number, signed_iat, (SELECT max(s.number) FROM status_statement s "
            "WHERE s.list_number = status_list.number) AS statement FROM status_list"
        )
    }


def act(desk: Desk, draw: random.Random, step: int) -> None:
    """Something that somebody asks for, while the clock says what it says."""
    number = draw.choice((NUMBER, MEDICAL))
    what = draw.randrange(4)
    if what == 0:
        desk.issue(number, PHONE, key=f"{number} {step}")
    elif what == 1:
        desk.lifecycle.suspend(number, reason="test", actor="clerk")
    elif what == 2:
        desk.lifecycle.reinstate(number, reason="test", actor="clerk")
    for one in desk.publisher.numbers():
        desk.publisher.current(one)


@pytest.mark.parametrize("seed", range(rounds(1, 0.2)))
def test_lists_only_ever_become_later_and_the_right_time_finds_all_in_order(desk: Desk, seed: int) -> None:
    draw = random.Random(f"{SEED} {seed}")
    desk.enter()
    desk.issue(key="first")
    desk.publisher.current(1)
    refusals = 0
    for step in range(STEPS):
        before = lists(desk)
        was = desk.clock.now
        desk.clock.now = max(was, NOW) + draw.choice(JUMPS) if draw.random() < 0.4 else was
        try:
            act(desk, draw, step)
        except IssuerError:  # and nothing else
            refusals += 1
        for number, (iat, statement) in lists(desk).items():
            assert iat >= before.get(number, (0, 0))[0]
            assert statement >= before.get(number, (0, 0))[1]
            assert iat <= max(before.get(number, (0, 0))[0], NOW.timestamp()) + 91 * 86_400
        if abs(desk.clock.now - NOW) > timedelta(days=60):
            desk.clock.now = NOW
    assert refusals, "no jump was noticed"
    desk.clock.now = NOW + timedelta(hours=1)
    desk.issuer.resume()
    for number in (NUMBER, MEDICAL):
        if desk.state(number) == "suspended":
            desk.lifecycle.reinstate(number, reason="test", actor="clerk")
        desk.issue(number, PHONE, key=f"at last {number}")
    for one in desk.publisher.numbers():
        desk.publisher.current(one)
    check_register(Rows(str(desk.database.engine.url)))


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_an_answer_is_repeated_byte_for_byte_whatever_the_clock_says(desk: Desk, jump: timedelta) -> None:
    desk.enter()
    first = desk.issue(key="a key")
    desk.clock.now += jump
    assert desk.issue(key="a key") == first
