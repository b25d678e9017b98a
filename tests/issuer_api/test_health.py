"""Health: whoever restarts processes is told which part fails; why, only the operator is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from support.databases import PostgresServer
from support.in_process import client_of
from support.issuer_app import (
    BASE_URL,
    KEYS,
    OPERATOR_TOKEN,
    Office,
    issuer_settings,
    register,
    two_certificates,
)

from issuer.adapters.database import Database
from issuer.app import build
from issuer.composition import Services, compose
from issuer.services.issuing.stopping import Stopping
from issuer.services.operating import readiness
from issuer.services.operating.readiness import Readiness
from keys.custody.signer_client import SignerClient

OPERATOR = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}


@pytest.fixture(autouse=True)
def _answers_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "KEPT", 0.0)


def found(office: Office) -> dict[str, tuple[bool, str]]:
    """Each part as the operator is told of it."""
    checks = office.client.get("/health/ready", headers=OPERATOR).json()["checks"]
    return {one["name"]: (one["is_good"], one["detail"]) for one in checks}


def test_process_that_answers_is_alive(office: Office) -> None:
    answer = office.client.get("http://certificates.example/health/live")
    assert (answer.status_code, answer.json()) == (200, {"live": True})


def test_whole_service_is_ready_and_strangers_learn_nothing_else(office: Office) -> None:
    office.client.base_url = "http://certificates.example"
    stranger = office.client.get("/health/ready")
    assert (stranger.status_code, stranger.json()) == (200, {"ready": True, "failing": []})
    told = found(office)
    assert {name: good for name, (good, _) in told.items()} == dict.fromkeys(
        ("database", "log", "keys", "disk"), True
    )
    assert told["database"][1] == "issuing goes on"


def test_guessing_the_token_is_answered_by_429(office: Office) -> None:
    office.client.base_url = "http://certificates.example"
    wrong = {"Authorization": "Bearer wrong"}
    answers = [office.client.get("/health/ready", headers=wrong).status_code for _ in range(12)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_stopped_issuing_is_shown_and_the_service_stays_ready(office: Office) -> None:
    office.client.base_url = "http://certificates.example"
    Stopping(office.database, office.clock).stop(reason="a forged approval", actor="test")
    assert found(office)["database"] == (True, "issuing is stopped: a forged approval")


def test_schema_of_an_older_version_is_not_ready_and_of_a_newer_one_is(office: Office) -> None:
    office.client.base_url = "http://certificates.example"
    with office.database.write() as connection:
        head = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    for revision, good in (("0007", False), ("9999", True), (head, True)):
        with office.database.write() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
        answer = office.client.get("/health/ready")
        assert answer.json()["failing"] == ([] if good else ["database"])
        assert answer.status_code == (200 if good else 503)


@contextmanager
def services(url: str) -> Iterator[Services]:
    made = compose(issuer_settings(url), keys=KEYS)
    yield made
    made.database.close()


def test_log_that_lacks_a_hash_is_not_ready(sqlite_url: str) -> None:
    with services(sqlite_url) as made:
        register(made.database, made.clock, made.settings, *two_certificates())
        with made.database.write() as connection:
            connection.exec_driver_sql("INSERT INTO log_entry VALUES (7, x'00', 's', NULL)")
        report = Readiness(made.database, KEYS, made.settings).report()
    assert report.failing == ["log"]


def test_signer_that_does_not_answer_is_not_ready_and_named_to_the_operator_alone(
    sqlite_url: str, tmp_path: Path
) -> None:
    keys = replace(KEYS, guarded=SignerClient(tmp_path / "nobody.sock"))
    made = compose(issuer_settings(sqlite_url), keys=keys)
    with client_of(build(made), "http://certificates.example") as client:
        stranger, operator = client.get("/health/ready"), client.get("/health/ready", headers=OPERATOR)
    assert (stranger.status_code, stranger.json()) == (503, {"ready": False, "failing": ["keys"]})
    assert "nobody.sock" in operator.text


def test_key_that_is_not_there_and_disk_without_room_are_not_ready(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "LEAST_FREE", 1 << 60)
    with services(sqlite_url) as made:
        report = Readiness(made.database, replace(KEYS, certificate_kid="NO-2027a"), made.settings).report()
    assert report.failing == ["keys", "disk"]


def test_database_that_hangs_costs_its_patience_and_one_thread(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "PATIENCE", 0.05)
    with services(sqlite_url) as made:
        asked = Readiness(made.database, KEYS, made.settings)
        held, hung = threading.Event(), asked._probes[0]
        monkeypatch.setattr(hung, "_ask", lambda: str(held.wait(20)))
        before = threading.active_count()
        reports = [asked.report() for _ in range(5)]
        assert [one.failing for one in reports] == [["database"]] * 5
        assert reports[0].findings[0].detail == "no answer within 0.05 s"
        assert threading.active_count() <= before + 1
        held.set()


@pytest.mark.postgres
def test_server_that_is_gone_is_not_ready(postgres: PostgresServer) -> None:
    with postgres.bare_database() as url:
        database = Database.open(url)
        asked = Readiness(database, KEYS, issuer_settings(url, base_url=BASE_URL))
        assert asked.report().is_ready
        database.close()
    report = asked.report()
    assert report.failing == ["database", "log"]
    database.close()
