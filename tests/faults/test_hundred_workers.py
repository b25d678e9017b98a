"""A hundred workers, each request sent twice, often at once: exactly one credential for each."""

import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.faults_authority import services_over
from support.faults_cluster import Cluster
from support.faults_invariants import check_register
from support.faults_nursery import CHECKOUT
from support.faults_register import Rows
from support.faults_rounds import ROUNDS, SEED
from support.faults_workload import LI, extract_of
from support.scenario import competency

PROCESSES, THREADS = (4, 25) if ROUNDS else (2, 50)
ISSUANCES = 10_000 if ROUNDS else 200
PATIENCE = 1_500 if ROUNDS else 60


def crowd(url: str, numbers: Sequence[str]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "support.faults_crowd"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{CHECKOUT / 'tests'}"},
    )
    assert process.stdin is not None
    order = {"database_url": url, "numbers": numbers, "workers": THREADS}
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    return process


@pytest.mark.postgres
def test_each_request_of_a_crowd_gets_one_credential_however_often_it_is_sent(server: Cluster) -> None:
    url = server.emptied()
    numbers = [f"NO-CRD-{number:05}" for number in range(ISSUANCES)]
    certificates = [replace(competency(), document_number=number, holder=LI) for number in numbers]
    services = services_over(url)
    services.importing.load(io.BytesIO(extract_of(certificates)), actor="clerk")
    services.database.close()

    twice = numbers * 2
    random.Random(SEED).shuffle(twice)
    running = [crowd(url, twice[part::PROCESSES]) for part in range(PROCESSES)]
    answers = [process.communicate(timeout=PATIENCE)[0] for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES
    got = [one for answer in answers for one in json.loads(answer)]

    assert len(got) == 2 * ISSUANCES
    assert len({(number, serial, digest) for number, serial, digest in got}) == ISSUANCES
    assert len({serial for _, serial, _ in got}) == ISSUANCES
    rows = Rows(url)
    [counted] = rows(
        "SELECT count(*) AS credentials, count(DISTINCT certificate_id) AS certificates FROM credential"
    )
    assert counted == {"credentials": ISSUANCES, "certificates": ISSUANCES}, "something was issued beside"
    check_register(rows)
