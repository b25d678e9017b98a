"""The transparency log at 1,000,000 entries: to append a batch and sign a checkpoint; the receipt's size."""

import secrets
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks.row import Row
from issuer.adapters.database import Database
from issuer.services.log import transparency
from issuer.services.log.transparency import NewEntry
from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner
from keys.transparency.checkpoint import LogKey
from keys.transparency.entry import Receipt, check

MILLION: Final = 1_000_000
BUILT_AT_ONCE: Final = 20_000
BATCH: Final = 1_000
ROUNDS: Final = 9
SIGNING_INPUT: Final = 1_000  # bytes, about what a credential has
ORIGIN: Final = "certificates.sdir.example/no/log"
NOW: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)


def rows() -> Iterator[Row]:
    """A log that the service itself has filled, in a SQLite file that is as durable as the register's."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'register.db'}")
        yield from _measured(database)
        database.close()


def _measured(database: Database) -> Iterator[Row]:
    (first,) = _entries(1, SIGNING_INPUT)
    for start in range(0, MILLION, BUILT_AT_ONCE):
        entries = _entries(BUILT_AT_ONCE, 32)
        with database.write() as connection:
            transparency.append(connection, entries if start else [first, *entries[1:]])
    signer = SoftwareSigner.generate(Algorithm.ED25519)
    spent = {size: _milliseconds_each(database, signer, size) for size in (1, 100, BATCH)}
    yield Row(
        "append to the log and new checkpoint at 1,000,000 entries, each",
        spent[BATCH],
        "ms",
        1,
        "lower",
        f"batches of {BATCH:,}, committed; of 100 {spent[100]:.3f}, of one {spent[1]:.2f}, SQLite",
    )
    receipt = _receipt(database, signer, first)
    yield Row(
        "receipt for the wallet at 1,000,000 entries",
        len(receipt.to_json()),
        "B",
        1_250,
        "lower",
        f"proof {len(receipt.proof)} x 32 B, signed checkpoint {len(receipt.checkpoint.encode())} B",
    )


def _entries(count: int, length: int) -> list[NewEntry]:
    text = bytes(length)
    return [NewEntry(secrets.token_hex(16), secrets.token_bytes(16), text) for _ in range(count)]


def _milliseconds_each(database: Database, signer: SoftwareSigner, size: int) -> float:
    """From signed texts to a committed transaction with their entries and a checkpoint: the median batch."""
    spent = []
    for _ in range(ROUNDS):
        entries = _entries(size, SIGNING_INPUT)
        start = perf_counter()
        with database.write() as connection:
            transparency.append(connection, entries)
            transparency.checkpoint(connection, signer, origin=ORIGIN, at=NOW)
        spent.append(perf_counter() - start)
    return median(spent) * 1_000 / size


def _receipt(database: Database, signer: SoftwareSigner, entry: NewEntry) -> Receipt:
    """An entry's receipt, which has been checked; that of the first is as long as any."""
    with database.read() as connection:
        receipt = transparency.receipt(connection, entry.serial)
    found = check(receipt, entry.signing_input, LogKey(ORIGIN, signer.public_key))
    assert found.size > MILLION, "no checkpoint was signed before"
    return receipt
