"""Exactly once: whatever dies at whichever commit, a change and its answer are there together or not."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from threading import Event, Thread
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select
from support.desk import HEAD, PHONE, Desk
from support.issuer_app import HOLDER_CLAIMS
from support.scenario import competency

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate, credential, idempotency, offer
from issuer.domain.errors import Conflict, DatabaseUnusable
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.operating import repeating
from issuer.services.operating.repeating import Answer, Asked, NoAnswer, Repeating, is_final
from issuer.services.register import importing
from keys.encoding import json_dumps
from verifier.credential import vc

KEY = "9f1c2d1e-5a0b-4c39"
ASKED = Asked("POST /offers", b"{}", "operator")
CRASHES = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
numbers = count(1)


class Killed(BaseException):
    """The process is gone: nothing of it runs any more, no clean-up either."""


class Death(NamedTuple):
    """At which commit of a process's life it dies, and whether that commit is still done."""

    commit: int
    after: bool


class MortalDatabase(Database):
    """The database as one process sees it, until it dies."""

    def __init__(self, living: Database, death: Death | None) -> None:
        super().__init__(living.engine)
        self._writer = living._writer
        self._death = death
        self._commits = 0
        self.dead = False

    @contextmanager
    def write(self, *, wait: bool = True) -> Iterator[Connection]:
        if self.is_writing:
            with super().write(wait=wait) as connection:
                yield connection
            return
        if self.dead:
            raise Killed
        self._commits += 1
        dies = self._death is not None and self._commits > self._death.commit
        with super().write(wait=wait) as connection:
            yield connection
            if dies and self._death is not None and not self._death.after:
                self.dead = True
                raise Killed
        if dies:
            self.dead = True
            raise Killed


class Act(NamedTuple):
    """A change of a certificate that the test made for it, and how often it shows to have been done."""

    do: Callable[[Desk, str], bytes]
    times: Callable[[Desk, str], int]


def _offers(desk: Desk, number: str) -> int:
    with desk.database.read() as connection:
        query = select(func.count()).select_from(offer).where(offer.c.document_numbers.contains(number))
        return int(connection.execute(query).scalar_one())


def _copies(desk: Desk, number: str) -> int:
    with desk.database.read() as connection:
        query = select(func.count()).where(certificate.c.document_number.startswith(f"{number}-R"))
        return int(connection.execute(query).scalar_one())


def _credentials(desk: Desk, number: str) -> int:
    with desk.database.read() as connection:
        query = (
            select(func.count())
            .select_from(credential.join(certificate, certificate.c.id == credential.c.certificate_id))
            .where(certificate.c.document_number == number, credential.c.state != "void")
        )
        return int(connection.execute(query).scalar_one())


def _suspended_and_offered(desk: Desk, number: str) -> bytes:
    """Two services, one act: the second makes an offer, so this is refused and leaves nothing behind."""
    with desk.database.write():
        made = desk.offering.create(document_numbers=[number])
        desk.lifecycle.suspend(number, reason="x", actor="test")
    return made.link.encode()


ACTS = {
    "offer": Act(lambda d, n: d.offering.create(document_numbers=[n]).link.encode(), _offers),
    "replacement under a fresh number": Act(
        lambda d, n: d.lifecycle.replace(n, reason="x", actor="test").new.encode(), _copies
    ),
    "offer and suspension": Act(_suspended_and_offered, _offers),
}
deaths = st.lists(st.builds(Death, st.integers(0, 3), st.booleans()), max_size=3)


def ask(desk: Desk, act: Act, number: str, death: Death | None) -> Answer | NoAnswer | None:
    """One process's attempt; None when it died before it could answer."""
    database = MortalDatabase(desk.database, death)
    process = Desk(database, desk.settings, desk.clock)
    store = Repeating(database, desk.clock, b"secret")
    try:
        return store.once(f"key of {number}", ASKED, lambda: Answer(201, act.do(process, number)))
    except Killed:
        return None


def enter_another(desk: Desk) -> str:
    """A certificate that no other example has touched."""
    number = f"NO-COC-1{next(numbers):05}"
    desk.enter(replace(competency(), document_number=number))
    return number


@CRASHES
@given(kind=st.sampled_from(sorted(ACTS)), deaths=deaths)
def test_act_is_done_once_whatever_dies_and_every_answer_is_the_same(
    desk: Desk, kind: str, deaths: list[Death]
) -> None:
    act, number = ACTS[kind], enter_another(desk)
    answers = []
    for death in [*deaths, None, None]:
        answer = ask(desk, act, number, death)
        assert act.times(desk, number) in (0, 1)
        assert answer is None or act.times(desk, number) == 1, "answered is done"
        answers += [answer] if answer else []
    assert act.times(desk, number) == 1
    assert len(set(answers)) == 1
    assert isinstance(answers[0], Answer)


@CRASHES
@given(deaths=st.lists(st.builds(Death, st.integers(0, 8), st.booleans()), max_size=3))
def test_credential_is_issued_once_under_its_own_key_whatever_dies(desk: Desk, deaths: list[Death]) -> None:
    """Issuing commits at each of its steps: what makes it repeatable is the credential's own key."""
    number, tokens = enter_another(desk), set()
    for death in [*deaths, None, None]:
        process = Desk(MortalDatabase(desk.database, death), desk.settings, desk.clock)
        try:
            tokens.add(process.issuer.issue(number, PHONE, f"key of {number}").token)
        except Killed:
            continue
    assert len(tokens) == 1
    assert _credentials(desk, number) == 1


@CRASHES
@given(deaths=st.lists(st.builds(Death, st.integers(0, 6), st.booleans()), max_size=3))
def test_file_that_is_loaded_in_steps_is_loaded_once_whatever_dies(
    desk: Desk, deaths: list[Death], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    new = [f"{next(numbers):08}" for _ in range(3)]
    rows = [_seafarer(one) for one in new]
    file = b"\n".join(json_dumps(row) for row in [HEAD, *rows]) + b"\n"
    key, answers = f"key of {new}", []
    for death in [*deaths, None, None]:
        database = MortalDatabase(desk.database, death)
        process, runs = Desk(database, desk.settings, desk.clock), []

        def act(process: Desk = process, runs: list[int] = runs) -> Answer:
            runs.append(1)
            report = process.importing.load(io.BytesIO(file), actor="test")
            return Answer(200, b"%d of 3" % (report.added + report.unchanged))

        try:
            answers.append(Repeating(database, desk.clock, b"").once_in_steps(key, ASKED, act))
        except Killed:
            desk.clock.forward(seconds=repeating.LEASE_SECONDS + 1)  # until it is known to be dead
        assert len(answers) < 2 or not runs, "after an answer nothing runs"
    assert set(answers) == {Answer(200, b"3 of 3")}


def _seafarer(seafarer_id: str) -> dict[str, object]:
    claims = vc.certificate_claims(competency())
    holder = {name: claims[name] for name in HOLDER_CLAIMS if name in claims}
    return {"kind": "seafarer", **holder, "seafarer_id": seafarer_id}


@pytest.fixture
def store(database: Database, desk: Desk) -> Repeating:
    return Repeating(database, desk.clock, b"secret")


def done(body: bytes = b"done") -> Callable[[], Answer]:
    return lambda: Answer(201, body)


def never() -> Answer:
    raise AssertionError("this was done before")


RUNS = [Repeating.once, Repeating.once_in_steps]
Run = Callable[[Repeating, str, Asked, Callable[[], Answer]], Answer | NoAnswer]


@pytest.mark.parametrize("run", RUNS)
def test_answer_is_kept_for_thirty_days(store: Repeating, desk: Desk, run: Run) -> None:
    assert run(store, KEY, ASKED, done()) == Answer(201, b"done")
    desk.clock.forward(days=30, seconds=-1)
    assert run(store, KEY, ASKED, never) == Answer(201, b"done")
    desk.clock.forward(seconds=1)
    assert run(store, KEY, ASKED, done(b"anew")) == Answer(201, b"anew")
    desk.clock.forward(days=31)
    run(store, "another key", ASKED, done())
    with desk.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(idempotency)).scalar_one() == 1


OTHERS = {
    "another address": ASKED._replace(what="POST /certificates/NO-COC-0001/suspend"),
    "another body": ASKED._replace(contents=b'{"seafarer_id":"7K3M9QXA"}'),
    "another person": ASKED._replace(actor="director"),
    "parts put together otherwise": Asked("POST /offers{}", b"", "operator"),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
@pytest.mark.parametrize("run", RUNS)
def test_key_with_another_request_does_nothing_and_is_noted(
    store: Repeating, desk: Desk, run: Run, other: Asked
) -> None:
    run(store, KEY, ASKED, done())
    assert run(store, KEY, other, never) is NoAnswer.OTHER_REQUEST
    assert desk.events() == ["idempotency-key-reused"]
    assert run(store, KEY, ASKED, never) == Answer(201, b"done")


@pytest.mark.parametrize("run", RUNS)
def test_failure_leaves_the_key_free_and_nothing_done(store: Repeating, desk: Desk, run: Run) -> None:
    number = enter_another(desk)

    def fail() -> Answer:
        with desk.database.write():
            desk.offering.create(document_numbers=[number])
            raise DatabaseUnusable("the disk is full")

    with pytest.raises(DatabaseUnusable):
        run(store, KEY, ASKED, fail)
    assert _offers(desk, number) == 0
    assert run(store, KEY, ASKED, done()) == Answer(201, b"done")


def test_refusal_keeps_what_was_noted_about_it_and_nothing_of_what_it_undid(
    store: Repeating, desk: Desk
) -> None:
    number = enter_another(desk)

    def change_and_undo() -> None:
        with desk.database.write():
            desk.offering.create(document_numbers=[number])
            raise Conflict("not now")

    def refuse() -> Answer:
        with pytest.raises(Conflict):
            change_and_undo()
        with desk.database.write() as connection:
            record(connection, desk.clock, [AuditEvent("offer-refused", number)])
        return Answer(409, b"not now")

    assert store.once(KEY, ASKED, refuse) == Answer(409, b"not now")
    assert _offers(desk, number) == 0
    assert desk.events(number) == ["certificate-imported", "offer-refused"]
    assert store.once(KEY, ASKED, never) == Answer(409, b"not now")


def test_while_the_first_is_running_the_second_waits_or_is_told_so(store: Repeating, desk: Desk) -> None:
    second: list[Answer | NoAnswer] = []
    asking = Thread(target=lambda: second.append(store.once(KEY, ASKED, never)))

    def first() -> Answer:
        asking.start()
        if not desk.database.is_sqlite:  # where one that waits would hold a connection
            asking.join()
            assert second == [NoAnswer.IN_PROGRESS]
        return Answer(201, b"done")

    assert store.once(KEY, ASKED, first) == Answer(201, b"done")
    asking.join()
    assert second == [Answer(201, b"done") if desk.database.is_sqlite else NoAnswer.IN_PROGRESS]


def test_act_in_steps_is_ours_for_as_long_as_it_runs(
    store: Repeating, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeating, "HEARTBEAT_SECONDS", 0.001)
    patience = Event()

    def leased_at() -> int:
        with desk.database.read() as connection:
            return int(connection.execute(select(idempotency.c.created_at)).scalar_one())

    def long() -> Answer:
        for _ in range(3):
            desk.clock.forward(seconds=repeating.LEASE_SECONDS)
            while leased_at() < int(desk.clock().timestamp()):
                patience.wait(0.001)
            assert store.once_in_steps(KEY, ASKED, never) is NoAnswer.IN_PROGRESS
        return Answer(200, b"done")

    assert store.once_in_steps(KEY, ASKED, long) == Answer(200, b"done")


def test_of_two_that_ran_in_steps_the_first_answer_stands(store: Repeating, desk: Desk) -> None:
    """A worker that hung so long that it was taken for dead."""

    def hang() -> Answer:
        desk.clock.forward(seconds=repeating.LEASE_SECONDS + 1)
        assert store.once_in_steps(KEY, ASKED, done(b"first")) == Answer(201, b"first")
        return Answer(201, b"second")

    assert store.once_in_steps(KEY, ASKED, hang) == Answer(201, b"first")


@pytest.mark.parametrize("run", RUNS)
def test_answer_is_sealed_and_another_secret_lets_nothing_run_again(
    store: Repeating, desk: Desk, run: Run
) -> None:
    run(store, KEY, ASKED, done(b'{"tx_code":"493536"}'))
    with desk.database.read() as connection:
        stored = repr(connection.execute(select(idempotency)).all())
    assert "493536" not in stored
    assert KEY not in stored
    other = Repeating(desk.database, desk.clock, b"another secret")
    assert run(other, KEY, ASKED, never) is NoAnswer.SEALED
    assert run(store, KEY, ASKED, never) == Answer(201, b'{"tx_code":"493536"}')


def test_what_is_at_fault_decides_whether_a_refusal_is_repeated() -> None:
    assert is_final(Conflict("revoked"))
    assert not is_final(DatabaseUnusable("locked"))
