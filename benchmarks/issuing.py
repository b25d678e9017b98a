"""Issuing on the server: one credential, claims to JWS; and 8,000 for paper, the whole protocol."""

import io
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Final, NamedTuple

import orjson

from benchmarks.raw import raw_sign
from benchmarks.row import Row
from benchmarks.timing import speed_ratio
from demo.extract import make_extract
from issuer.adapters.database import Database
from issuer.services.authority_keys import AuthorityKeys
from issuer.services.drafting import encode
from issuer.services.importing import RegisterImport
from issuer.services.issuing import CredentialIssuer, IssuedCredential
from issuer.services.printing import Printing
from issuer.settings import Settings
from keys import jws
from keys.encoding import json_dumps
from keys.signer import SoftwareSigner
from verifier.credential.vc import TYP

NOW: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEAFARERS: Final = 1_000  # whose certificates in force are 8,000
RAW_SIGNATURES: Final = 2_000
ROUNDS: Final = 5


class Round(NamedTuple):
    """One register signed for paper, against the raw signatures made just before and after it."""

    ratio: float
    by_cpu: float  # of this process alone: the second reader has its own
    token: str
    signer: SoftwareSigner


def rows() -> Iterator[Row]:
    """Both rows, over the demo's extract: each round in a new SQLite register, the median of them."""
    rounds = [_round() for _ in range(ROUNDS)]
    yield _one(rounds[0].token, rounds[0].signer)
    by_cpu = median(one.by_cpu for one in rounds)
    yield Row(
        "8,000 credentials for paper, whole protocol, SQLite, against raw sign",
        median(one.ratio for one in rounds),
        "×",
        0.12,
        "higher",
        f"self-verification alone costs 2.9 signatures; by this process's CPU {by_cpu:.3f}",
    )


def _round() -> Round:
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'register.db'}")
        measured = _measure(database)
        database.close()
        return measured


def _measure(database: Database) -> Round:
    settings = Settings(base_url="https://certificates.sdir.example", flag="NO", authority_name="-",
                        time_zone="Europe/Oslo")  # fmt: skip
    signer = SoftwareSigner.generate()
    keys = AuthorityKeys(
        signers={"NO-2026a": signer, "NO-status-2026a": SoftwareSigner.generate()},
        certificate_kid="NO-2026a",
        status_kid="NO-status-2026a",
    )
    _load(database, settings)
    printing = Printing(database, _clock, settings, CredentialIssuer(database, _clock, keys, settings))
    requests = printing.requests()
    before = _seconds_a_signature()
    start, computing = perf_counter(), process_time()
    outcomes = printing.sign(requests)
    spent = (perf_counter() - start) / len(requests)
    computed = (process_time() - computing) / len(requests)
    raw = (before + _seconds_a_signature()) / 2
    issued = [outcome for outcome in outcomes if isinstance(outcome, IssuedCredential)]
    assert len(issued) == len(requests) > 7_500, "everything in force is signed"
    return Round(raw / spent, raw / computed, issued[0].token, signer)


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
