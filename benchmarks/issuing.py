"""Issuing on the server: one credential, claims to JWS; 8,000 for paper, the whole protocol; single ones.

"Per core" is by CPU time: of the issuer and of the process that reads back what it signed, together. What the
database server spends is named beside it.
"""

import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter, process_time
from typing import Final, NamedTuple

import orjson

from benchmarks import postgres
from benchmarks.raw import raw_sign
from benchmarks.row import Row
from benchmarks.timing import speed_ratio
from demo.extract import make_extract
from issuer.adapters.database import Database
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.issuing.drafting import encode
from issuer.services.issuing.issuer import CredentialIssuer, IssuedCredential, IssueRequest
from issuer.services.paper.printing import Printing
from issuer.services.register.importing import RegisterImport
from issuer.settings import Settings
from keys import jws
from keys.encoding import json_dumps
from keys.signer import SoftwareSigner
from verifier.credential.vc import TYP

NOW: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEAFARERS: Final = 1_000  # whose certificates in force are 8,000
RAW_SIGNATURES: Final = 2_000
ROUNDS: Final = 5
CLIENTS: Final = 32
SINGLES: Final = 2_000


class Round(NamedTuple):
    """One register signed for paper, against the raw signatures made just before and after it."""

    ratio: float
    per_core: float
    raw: float  # seconds a signature
    computed: float  # seconds of CPU a credential: ours
    served: float  # the database server's
    token: str
    signer: SoftwareSigner


class Singles(NamedTuple):
    """Credentials that clients asked for one by one, each durable when it was answered."""

    a_second: float
    flushes_a_second: float  # of the disk, just before and after
    a_flush: float


def rows() -> Iterator[Row]:
    """Over the demo's extract: each round in a new register, the median of them."""
    rounds = [_sqlite_round() for _ in range(ROUNDS)]
    yield _one(rounds[0].token, rounds[0].signer)
    per_core = median(one.per_core for one in rounds)
    yield Row(
        "8,000 credentials for paper, whole protocol, SQLite, against raw sign",
        median(one.ratio for one in rounds),
        "×",
        0.12,
        "higher",
        f"self-verification alone costs 2.9 signatures; per core {per_core:.3f}",
    )
    with postgres.server() as server:
        yield _bulk([_postgres_round(server) for _ in range(ROUNDS)])
        yield from _single([_singles(server) for _ in range(3)])


def _bulk(rounds: Sequence[Round]) -> Row:
    raw, computed, served = (
        1e6 * median(getattr(one, name) for one in rounds) for name in ("raw", "computed", "served")
    )
    return Row(
        "8,000 credentials for paper, whole protocol, PostgreSQL, per core",
        median(one.per_core for one in rounds),
        "×",
        0.18,
        "higher",
        f"raw sign {raw:.0f} µs; CPU of ours {computed:.0f} µs, of the server {served:.0f} µs; by the clock"
        f" {median(one.ratio for one in rounds):.3f}",
    )


def _single(rounds: Sequence[Singles]) -> Iterator[Row]:
    a_second = median(one.a_second for one in rounds)
    disk = median(one.flushes_a_second for one in rounds)
    yield Row(
        f"single durable issues, {CLIENTS} clients, PostgreSQL, against the disk's flushes",
        median(one.a_second / one.flushes_a_second for one in rounds),
        "×",
        10,
        "higher",
        f"{a_second:,.0f} issues a second; a flush takes {1e3 / disk:.2g} ms here, so CPU is the limit",
    )
    yield Row(
        f"single durable issues for each flush that one waits for, {CLIENTS} clients",
        median(one.a_flush for one in rounds),
        "",
        10,
        "higher",
        "what the row above comes to on a disk whose flushes are what takes the time",
    )


def _sqlite_round() -> Round:
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'register.db'}")
        measured = _measure(database, lambda: 0.0)
        database.close()
        return measured


def _postgres_round(server: postgres.Server) -> Round:
    database = Database.open(server.database())
    measured = _measure(database, server.cpu_seconds)
    database.close()
    return measured


def _authority() -> tuple[Settings, AuthorityKeys, SoftwareSigner]:
    settings = Settings(base_url="https://certificates.sdir.example", flag="NO", authority_name="-",
                        time_zone="Europe/Oslo")  # fmt: skip
    signer = SoftwareSigner.generate()
    keys = AuthorityKeys(
        signers={"NO-2026a": signer, "NO-status-2026a": SoftwareSigner.generate()},
        certificate_kid="NO-2026a",
        status_kid="NO-status-2026a",
    )
    return settings, keys, signer


def _measure(database: Database, served: Callable[[], float]) -> Round:
    settings, keys, signer = _authority()
    _load(database, settings)
    printing = Printing(database, _clock, settings, CredentialIssuer(database, _clock, keys, settings))
    requests = printing.requests()
    before = _seconds_a_signature()
    start, computing, serving = perf_counter(), _cpu_seconds(), served()
    outcomes = printing.sign(requests)
    spent = (perf_counter() - start) / len(requests)
    computed = (_cpu_seconds() - computing) / len(requests)
    by_server = (served() - serving) / len(requests)
    raw = (before + _seconds_a_signature()) / 2
    issued = [outcome for outcome in outcomes if isinstance(outcome, IssuedCredential)]
    assert len(issued) == len(requests) > 7_500, "everything in force is signed"
    return Round(raw / spent, raw / computed, raw, computed, by_server, issued[0].token, signer)


def _singles(server: postgres.Server) -> Singles:
    settings, keys, _ = _authority()
    database = Database.open(server.database())
    _load(database, settings)
    issuer = CredentialIssuer(database, _clock, keys, settings)
    requests = Printing(database, _clock, settings, issuer).requests()[:SINGLES]

    def issue(request: IssueRequest) -> IssuedCredential:
        return issuer.issue(request.document_number, request.holder_key, request.idempotency_key)

    flushes, disk = server.flushes(), server.flushes_a_second(0.5)
    start = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        issued = list(clients.map(issue, requests))
    a_second = len(issued) / (perf_counter() - start)
    disk = (disk + server.flushes_a_second(0.5)) / 2
    database.close()  # sessions tell what they did when they end
    return Singles(a_second, disk, len(issued) / (server.flushes() - flushes))


def _cpu_seconds() -> float:
    """Of this process and of those that it started and that have ended: the second reader."""
    children = getrusage(RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def _one(token: str, signer: SoftwareSigner) -> Row:
    """Claims to JWS, as the server does it for each credential."""
    parsed = jws.parse(token.removesuffix("~"))
    claims = orjson.loads(parsed.payload)

    def sign() -> str:
        return jws.sign(encode(claims).encode(), signer, typ=TYP, kid="NO-2026a") + "~"

    return Row(
        "sign one credential on the server (claims to JWS), against raw sign",
        speed_ratio(sign, raw_sign(parsed.signing_input)),
        "×",
        0.7,
        "higher",
        "PyJWT 0.49, tight prototype with orjson 0.82",
    )


def _load(database: Database, settings: Settings) -> None:
    lines = (json_dumps(row) for row in make_extract("NO", SEAFARERS, 20260101, date(2026, 11, 21)))
    report = RegisterImport(database, _clock, settings).load(io.BytesIO(b"\n".join(lines)), actor="benchmark")
    assert not report.rejected, report.rejected[0]


def _seconds_a_signature() -> float:
    sign = raw_sign(b"x" * 1_200)
    start = perf_counter()
    for _ in range(RAW_SIGNATURES):
        sign()
    return (perf_counter() - start) / RAW_SIGNATURES


def _clock() -> datetime:
    return NOW
