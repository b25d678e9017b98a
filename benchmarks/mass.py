"""A key has to go: 1,000 to 100,000 certificates issued again under a new one, by a worker."""

import io
import resource
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import process_time
from typing import Final

from sqlalchemy import insert, select

from benchmarks.raw import raw_sign
from benchmarks.row import Row
from demo.extract import make_extract
from issuer.adapters.database import Database
from issuer.adapters.repository import in_force, insert_many
from issuer.adapters.tables import certificate, configuration, credential, status_list
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.mass.affected import Selection
from issuer.services.mass.operations import Mass, Wish
from issuer.services.mass.progress import Kind, State
from issuer.services.mass.working import MassWorker, Worked
from issuer.services.register.importing import RegisterImport
from issuer.settings import Settings
from keys.encoding import json_dumps
from keys.signer import SoftwareSigner

NOW: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIZES: Final = (1_000, 1_000, 1_000, 10_000, 100_000)
SEAFARERS: Final = 14_500  # whose certificates in force are 116,000
LIST: Final = 2**17
RAW_SIGNATURES: Final = 2_000
OLD, NEW, LISTS = "NO-2026a", "NO-2026b", "NO-status-2026a"


def rows() -> Iterator[Row]:
    """All sizes in one register, the small ones first; CPU seconds, so that nobody else's work counts."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'register.db'}")
        small, middle, large, raw = _measure(database)
        database.close()
    yield Row(
        "re-issue 100,000 certificates under a new key, per core, against raw sign",
        large / raw,
        "×",
        0.05,
        "higher",
        f"{large:.0f} certificates a second per core; of 10,000 {middle:.0f}, of 1,000 {small:.0f}",
    )
    yield Row(
        "the same, a certificate of 100,000 against one of 1,000",
        large / small,
        "×",
        0.7,
        "higher",
        "linear is 1; its B-trees grow deeper",
    )


def _measure(database: Database) -> tuple[float, float, float, float]:
    """Certificates a second per core of 1,000, of 10,000 and of 100,000; and raw signatures."""
    settings = Settings(base_url="https://certificates.sdir.example", flag="NO", authority_name="-",
                        time_zone="Europe/Oslo")  # fmt: skip
    signers = {kid: SoftwareSigner.generate() for kid in (OLD, NEW, LISTS)}
    keys = AuthorityKeys(signers=signers, certificate_kid=NEW, status_kid=LISTS)
    _load(database, settings)
    _print_under_the_old_key(database, settings)
    parts = (database, _clock, keys, settings)
    worker = MassWorker(*parts, CredentialIssuer(*parts))
    before = _signatures_a_second()
    rates = [_reissue(database, settings, worker, part) for part in range(len(SIZES))]
    raw = (before + _signatures_a_second()) / 2
    return median(rates[:3]), rates[3], rates[4], raw


def _reissue(database: Database, settings: Settings, worker: MassWorker, part: int) -> float:
    mass = Mass(database, _clock, settings)
    wish = Wish(kind=Kind.REISSUE, selection=Selection(configuration=_name(part)), reason="a stolen key")
    operation = mass.propose(wish, actor="benchmark")
    start = _cpu()
    while worker.step() is Worked.SOME:
        pass
    spent = _cpu() - start
    done = mass.show(operation.id)
    assert (done.state, done.done) == (State.FINISHED, SIZES[part]), done
    return done.done / spent


def _cpu() -> float:
    """Of this process and of the second readers that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def _load(database: Database, settings: Settings) -> None:
    lines = (json_dumps(row) for row in make_extract("NO", SEAFARERS, 20260101, date(2026, 11, 21)))
    report = RegisterImport(database, _clock, settings).load(io.BytesIO(b"\n".join(lines)), actor="benchmark")
    assert not report.rejected, report.rejected[0]


def _print_under_the_old_key(database: Database, settings: Settings) -> None:
    """As many papers as the sizes need, as rows alone: what they say is not looked at again."""
    good = in_force(settings.today(NOW))
    with database.write() as connection:
        query = select(certificate.c.id).where(good).order_by(certificate.c.id).limit(sum(SIZES))
        ids = connection.execute(query).scalars().all()
        assert len(ids) == sum(SIZES), len(ids)
        values = {"number": 1, "uri": settings.status_uri(1), "size": LIST, "taken": LIST}
        connection.execute(insert(status_list).values(values))
        for part in range(len(SIZES)):
            named = {"digest": _name(part), "content": "{}", "first_used_at": 0}
            connection.execute(insert(configuration).values(named))
        insert_many(connection, credential, list(_papers(ids)))


def _papers(ids: Sequence[int]) -> Iterator[dict[str, object]]:
    parts = [part for part, size in enumerate(SIZES) for _ in range(size)]
    for idx, (number, part) in enumerate(zip(ids, parts, strict=True)):
        yield {
            "serial": secrets.token_hex(16),
            "certificate_id": number,
            "idempotency_key": f"old:{number}",
            "list_number": 1,
            "idx": idx,
            "status": 0,
            "state": "released",
            "kid": OLD,
            "issued_at": int(NOW.timestamp()),
            "log_salt": "00" * 16,
            "configuration": _name(part),
        }


def _name(part: int) -> str:
    return f"{part:064}"


def _signatures_a_second() -> float:
    sign = raw_sign(b"x" * 1_200)
    start = process_time()
    for _ in range(RAW_SIGNATURES):
        sign()
    return RAW_SIGNATURES / (process_time() - start)


def _clock() -> datetime:
    return NOW
