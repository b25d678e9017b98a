"""Whatever dies when, and whoever works beside whom: a case is issued once, evidence acted on once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from support.cases import ASTRID, Bench
from support.databases import database_url

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate, credential
from issuer.adapters.tables_applications import application
from issuer.domain.errors import Conflict
from issuer.services.applications.cases import Wish
from issuer.services.applications.finishing import Finishing
from issuer.services.applications.reevaluating import mark_due
from issuer.services.issuing.stopping import Stopping

__all__ = ["database_url"]


@pytest.fixture
def bench(database: Database) -> Bench:
    """On SQLite and on PostgreSQL, which differ in who sees what when."""
    return Bench.open(database)


class Died(RuntimeError):
    """The process is gone."""


def signed(bench: Bench) -> int:
    with bench.database.read() as connection:
        return connection.execute(select(func.count()).select_from(credential)).scalar_one()


@pytest.mark.parametrize("step", ["_certificate", "_replace", "_close"])
def test_case_that_was_left_issuing_is_signed_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    bench.know_enough()
    case = bench.submit()

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(Finishing, step, die)
        with pytest.raises(Died):
            bench.finishing.finish(case)
    assert bench.state(case) == "issuing"
    assert bench.finishing.run() == 1
    assert bench.finishing.run() == 0
    assert bench.state(case) == "issued"
    assert signed(bench) == 1
    assert bench.events(case).count("complete") == 1


def test_death_while_submitting_leaves_nothing_or_all(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.know_enough()
    applications = bench.applications

    def die(*_: object, **__: object) -> None:
        raise Died

    monkeypatch.setattr("issuer.services.applications.settling.move", die)
    with pytest.raises(Died):
        applications.submitting.submit(Wish(ASTRID, "SE.Lmt"), key="the only key", actor="test")
    with bench.database.read() as connection:
        for table in (application, certificate):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_stopped_issuing_keeps_the_case_and_goes_on_later(bench: Bench) -> None:
    bench.know_enough()
    case = bench.submit()
    stopping = Stopping(bench.database, bench.clock, None)
    stopping.stop(reason="a drill", actor="test")
    bench.finishing.finish_now(case)
    assert bench.finishing.run() == 0
    assert bench.state(case) == "issuing"
    stopping.start(actor="test")
    assert bench.finishing.run() == 1


def test_several_workers_finish_a_case_once(bench: Bench) -> None:
    bench.know_enough()
    case = bench.submit()
    with ThreadPoolExecutor(4) as pool:
        states = [row.state for row in pool.map(bench.finishing.finish, [case] * 4)]
    assert set(states) == {"issued"}
    assert (signed(bench), bench.events(case).count("complete")) == (1, 1)


def test_several_requests_with_one_key_are_one_case(bench: Bench) -> None:
    bench.know_enough()
    with ThreadPoolExecutor(4) as pool:
        cases = set(pool.map(lambda _: bench.submit(key="the same for all"), range(4)))
    assert len(cases) == 1


def test_of_two_first_applications_at_once_one_is_refused(bench: Bench) -> None:
    def submit(number: int) -> str:
        try:
            return bench.submit(key=f"key number {number}")
        except Conflict as refused:
            return refused.message

    with ThreadPoolExecutor(2) as pool:
        first, second = sorted(pool.map(submit, range(2)))
    assert first.startswith("SE26-")
    assert "applied for already" in second


def test_evidence_marks_its_own_seafarers_waiting_cases_alone(bench: Bench) -> None:
    bench.enter("8K3M9QXA")
    case = bench.submit()
    with bench.database.write() as connection:
        mark_due(connection, ["8K3M9QXA"])
        mark_due(connection, [])
    assert bench.applications.reevaluating.run() == 0
    with bench.database.write() as connection:
        mark_due(connection, [ASTRID])
    assert bench.applications.reevaluating.run() == 1
    assert bench.state(case) == "awaiting-information", "nothing new of use has come"
    assert bench.applications.reevaluating.run() == 0, "and it is acted on once"
