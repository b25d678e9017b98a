"""A company reports 10,000 periods of service in one batch, over HTTP, to an authority on PostgreSQL."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final, NamedTuple
from uuid import uuid4

import httpx
import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks import postgres
from benchmarks.row import Row
from benchmarks.serving import PATIENCE, served
from demo.extract import make_extract
from issuer.api.machine.token import JWT_BEARER
from issuer.app import build
from issuer.composition import Services, compose
from issuer.domain.client_keys import client_key
from issuer.domain.organisations import ALL, Resource
from issuer.rules.facts import Reporter
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.settings import Settings
from keys.encoding import Json, json_dumps
from keys.signer import SoftwareSigner

RECORDS: Final = 10_000
SEAFARERS: Final = 1_000
ROUNDS: Final = 5
_SHIPS: Final = ("9074729", "9319466")  # numbers with their check digit right
_FIRST: Final = date(2016, 1, 1)


class Company(NamedTuple):
    """Who reports."""

    client_id: str
    key: ec.EllipticCurvePrivateKey
    kid: str


class Round(NamedTuple):
    """One batch: seconds by the clock, and of CPU in the process that serves (and asks)."""

    seconds: float
    computed: float
    served: float


def rows() -> Iterator[Row]:
    """Each batch is of other periods than the one before, about the same seafarers."""
    with (
        postgres.server() as server,
        structlog.testing.capture_logs(),  # the table is what is printed
        _serving(server.database()) as (services, base),
    ):
        company = _company(services)
        seafarers = _load(services)
        with httpx.Client(base_url=base, timeout=PATIENCE) as client:
            rounds = [_round(client, services, company, server, seafarers, n) for n in range(ROUNDS)]
    seconds, computed, served = (median(one[index] for one in rounds) for index in range(3))
    yield Row(
        f"a batch of {RECORDS:,} sea-service records over HTTP, PostgreSQL",
        RECORDS / seconds,
        "a second",
        2_000,
        "higher",
        f"the answer after {seconds:.2f} s; CPU a record: ours {1e6 * computed / RECORDS:.0f} µs,"
        f" of the database server {1e6 * served / RECORDS:.0f} µs",
    )


def _round(
    client: httpx.Client,
    services: Services,
    company: Company,
    server: postgres.Server,
    seafarers: list[str],
    number: int,
) -> Round:
    body = json.dumps({"records": list(_records(seafarers, number))}).encode()
    headers = {
        "Authorization": f"Bearer {_token(client, services, company)}",
        "Idempotency-Key": str(uuid4()),
        "Content-Type": "application/json",
    }
    served, computing, start = server.cpu_seconds(), process_time(), perf_counter()
    answer = client.post("/api/v1/reports/sea-service/batch", content=body, headers=headers)
    spent, computed = perf_counter() - start, process_time() - computing
    said = answer.json()
    assert answer.status_code == 200 and said["accepted"] == RECORDS, str(said)[:500]  # noqa: PT018
    return Round(spent, computed, server.cpu_seconds() - served)


def _records(seafarers: list[str], number: int) -> Iterator[dict[str, Any]]:
    """Ten voyages of each seafarer, one after the other; every batch has days of its own."""
    voyages = RECORDS // len(seafarers)
    for index in range(RECORDS):
        seafarer, voyage = divmod(index, voyages)
        first = _FIRST + timedelta(days=30 * (voyage + voyages * number))
        yield {
            "seafarer_id": seafarers[seafarer],
            "reference": f"{number}-{index:06}",
            "contents": {
                "first": first.isoformat(),
                "last": (first + timedelta(days=27)).isoformat(),
                "department": "deck",
                "rank": "fartygsbefal",
                "hours": 280,
                "ship": {
                    "imo": _SHIPS[index % 2],
                    "name": "Nordvind",
                    "flag": "NO",
                    "gt": 4_200,
                    "kw": 3_600,
                    "use": "handelsfartyg",
                },
            },
        }


def _company(services: Services) -> Company:
    key = ec.generate_private_key(ec.SECP256R1())
    jwk = jwt.get_algorithm_by_name("ES256").to_jwk(key.public_key(), as_dict=True)
    organisations, public = services.organisations, client_key(jwk)
    made = organisations.new("NO", "974760673", "Rederiet", [Reporter.COMPANY], actor="benchmark")
    organisations.add_key(made.client_id, public, actor="benchmark")
    organisations.approve(made.client_id, Resource.SEA_SERVICE, [ALL], actor="benchmark")
    return Company(made.client_id, key, public.kid)


def _token(client: httpx.Client, services: Services, company: Company) -> str:
    now = int(datetime.now(UTC).timestamp())
    claims = {
        "iss": company.client_id,
        "aud": services.settings.issuer,
        "iat": now,
        "exp": now + 60,
        "jti": str(uuid4()),
    }
    assertion = jwt.encode(claims, company.key, "ES256", headers={"kid": company.kid})
    answer = client.post("/oauth/token", data={"grant_type": JWT_BEARER, "assertion": assertion})
    return str(answer.raise_for_status().json()["access_token"])


def _load(services: Services) -> list[str]:
    rows: list[dict[str, Json]] = list(make_extract("NO", SEAFARERS, 20260101, date(2026, 11, 21)))
    wanted = [row for row in rows if row.get("kind", "seafarer") == "seafarer"]
    lines = b"\n".join(json_dumps(row) for row in wanted)
    report = services.importing.load(BytesIO(lines), actor="benchmark")
    assert not report.rejected, report.rejected[0]
    return [str(row["seafarer_id"]) for row in wanted if "seafarer_id" in row]


@contextmanager
def _serving(database_url: str) -> Iterator[tuple[Services, str]]:
    """The application and its address."""
    signers = {name: SoftwareSigner.generate() for name in ("NO-2026a", "NO-status-2026a")}
    keys = AuthorityKeys(signers=signers, certificate_kid="NO-2026a", status_kid="NO-status-2026a")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = Settings(database_url=database_url, base_url=base, flag="NO", authority_name="-")
        services = compose(settings, keys=keys)
        with served(build(services), listener):
            yield services, base
