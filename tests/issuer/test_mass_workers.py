"""Several workers, one of which is killed: each certificate is done once, and none is left."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.databases import PostgresServer
from support.desk import Desk
from support.faults_authority import NORWAY

from issuer.adapters.database import Database
from issuer.adapters.tables import credential
from issuer.services.mass.affected import Selection
from issuer.services.mass.operations import Mass, Wish
from issuer.services.mass.progress import Kind

CHECKOUT = Path(__file__).resolve().parents[2]
CERTIFICATES = 400


def worker(url: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "support.mass_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{CHECKOUT / 'tests'}"},
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps({"database_url": url}) + "\n")
    process.stdin.flush()
    return process


@pytest.mark.postgres
@pytest.mark.parametrize("kind", [Kind.SUSPEND, Kind.REISSUE])
def test_workers_share_an_operation_and_take_up_what_a_killed_one_had(
    postgres: PostgresServer, kind: Kind
) -> None:
    url = postgres.emptied()
    database = Database.open(url)
    desk = Desk.open(database, base_url=NORWAY.iss)  # as the workers' settings have it
    numbers = desk.enter_many(CERTIFICATES)
    desk.printing.sign(desk.printing.requests(numbers))
    mass = Mass(database, desk.clock, desk.settings)
    wish = Wish(kind=kind, selection=Selection(state="in-force"), reason="a stolen key")
    operation = mass.propose(wish, actor="director")
    first, second = worker(url), worker(url)
    assert first.stdout is not None
    first.stdout.readline()  # in the midst of its second batch
    first.kill()
    first.communicate()
    second.communicate(timeout=120)
    last = worker(url)  # whatever was in the killed one's hand when the second ended
    last.communicate(timeout=120)
    assert (second.returncode, last.returncode) == (0, 0)
    shown = mass.show(operation.id)
    assert (shown.state, shown.done, shown.left) == ("finished", CERTIFICATES, 0)
    with database.read() as connection:
        made = connection.execute(select(func.count()).select_from(credential)).scalar_one()
    assert made == (2 * CERTIFICATES if kind is Kind.REISSUE else CERTIFICATES)
    if kind is Kind.SUSPEND:
        assert desk.events().count("certificate-suspend") == CERTIFICATES
    database.close()
