"""Several workers: they share a register on PostgreSQL, count together, and end when they have answered."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO, Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.databases import PostgresServer
from support.issuer_app import KEYS
from support.issuer_cli import Run

WORKERS, PATIENCE = 2, 120.0
TOKEN = "a token for prometheus alone"
ROUTE = "/no/api/v1/verify/{tracking_number}"


def test_sqlite_refuses_a_second_writing_process(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/served.db"
    code, _, complaints = run("serve", "--workers", "2", database_url=url)
    assert code == 2
    assert "a SQLite register has one writing process" in complaints
    assert "`backup make`, then `restore`" in complaints
    assert not (tmp_path / "served.db").exists()


class Service:
    """A service that runs, and what it logs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        assert process.stderr is not None
        self._log: IO[str] = process.stderr
        self.address = str(self.until("serving")["address"])

    def until(self, event: str, times: int = 1) -> dict[str, Any]:
        """Read the log until something was said so many times."""
        for line in self._log:
            said = json.loads(line)
            if said["event"].startswith(event):
                times -= 1
                if not times:
                    return dict(said)
        raise AssertionError(f"it ended before it said {event}")


@contextmanager
def started(url: str, sealed: Path) -> Iterator[Service]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("OMBORD_")}
    settings = {"DATABASE_URL": url, "BASE_URL": "http://127.0.0.1:8000/no", "FLAG": "NO",
                "AUTHORITY_NAME": "X", "SEALED_KEYS": str(sealed), "PASSPHRASE": "open sesame",
                "PASS_KID": str(KEYS.pass_kid), "METRICS_TOKEN": TOKEN}  # fmt: skip
    command = [str(Path(sys.executable).parent / "ombord-issuer"), "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--workers", str(WORKERS)],
        env=outside | {f"OMBORD_{name}": value for name, value in settings.items()},
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    watchdog = Timer(PATIENCE, process.kill)  # then its log ends, and whoever reads it says what is missing
    watchdog.start()
    try:
        yield Service(process)
    finally:
        watchdog.cancel()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def answered(client: httpx.Client) -> float:
    """How many answers all workers together have counted."""
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    return sum(
        one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if one.name == "ombord_http_requests_total" and one.labels["route"] == ROUTE
    )


@pytest.mark.postgres
@pytest.mark.loopback
def test_workers_count_together_are_taken_anew_and_end_well(postgres: PostgresServer, sealed: Path) -> None:
    with started(postgres.emptied(), sealed) as service:
        service.until("Application startup complete", WORKERS)
        with httpx.Client(base_url=service.address, timeout=30) as client:
            assert client.get("/health/ready").json() == {"ready": True, "failing": []}
        for _ in range(12):  # each on a connection of its own: whichever worker is free takes it
            assert httpx.get(f"{service.address}/no/api/v1/verify/NO-1", timeout=30).status_code in (404, 429)
        with httpx.Client(base_url=service.address, timeout=30) as client:
            assert answered(client) == 12
        service.process.send_signal(signal.SIGHUP)
        service.until("Application startup complete", WORKERS)
        assert httpx.get(f"{service.address}/health/live", timeout=30).json() == {"live": True}
        service.process.send_signal(signal.SIGTERM)
        service.until("stopped")
        assert service.process.wait(30) == 0
