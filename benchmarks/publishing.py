"""Publishing at 1,000,000 certificates, 1 % not valid: one more revocation, against zlib of that one list."""

import os
import secrets
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Final

from sqlalchemy import select

from benchmarks import postgres
from benchmarks.row import Row
from issuer.adapters.database import Database
from issuer.adapters.object_store_folder import FolderStore
from issuer.adapters.repository import insert_many
from issuer.adapters.tables import certificate, credential, seafarer, status_list
from issuer.domain.register import CertificateState, CredentialState
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.publishing.publication import Look, Publication
from issuer.services.register.lifecycle import Lifecycle
from issuer.settings import Settings
from keys.signer import SoftwareSigner
from verifier import status
from verifier.status import Status

MILLION: Final = 1_000_000
AT_ONCE: Final = 20_000
ROUNDS: Final = 15
SEAFARER: Final = "7K3M9QXA"
NOT_VALID: Final = (Status.REVOKED, Status.SUSPENDED, Status.REPLACED)
USUAL: Final = (60, 15, 25)  # of those not valid, as in the benchmark of status lists


@dataclass
class Clock:
    """Moves when the benchmark says so."""

    now: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def rows() -> Iterator[Row]:
    """A register of that size in a SQLite file, then on PostgreSQL, published into a folder beside it."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _of_a_register(f"sqlite:///{Path(folder) / 'register.db'}", Path(folder))
    with postgres.server() as server, tempfile.TemporaryDirectory() as folder:
        yield from _of_a_register(server.database(), Path(folder), ", PostgreSQL")


def _of_a_register(address: str, folder: Path, where: str = "") -> Iterator[Row]:
    settings = Settings(base_url="https://certificates.sdir.example", flag="NO", authority_name="-")
    database = Database.open(address)
    fill(database, settings, MILLION)
    if not database.is_sqlite:  # as its own housekeeping does in time
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    os.sync()  # a register at rest: what filling it has left to write would be waited for below
    yield from _measured(database, settings, folder / "public", where)
    database.close()


def _measured(database: Database, settings: Settings, folder: Path, where: str) -> Iterator[Row]:
    clock = Clock()
    names = ("NO-2026a", "NO-status-2026a")
    keys = AuthorityKeys(
        signers={name: SoftwareSigner.generate() for name in names},
        certificate_kid=names[0],
        status_kid=names[1],
    )
    publication = Publication(database, clock, keys, settings, FolderStore(folder))
    start = perf_counter()
    lists = len(publication.publish().written) // 2
    first = perf_counter() - start
    lifecycle = Lifecycle(database, clock, settings)
    spent: dict[Look, list[float]] = {Look.VERSIONS: [], Look.MEMORY: []}
    idle, compressing = [], []
    for number in range(ROUNDS):
        for look, times in spent.items():
            clock.now += timedelta(seconds=5)
            revoked = f"NO-{number * 2 + (look is Look.MEMORY):07}"
            lifecycle.revoke(revoked, reason="", actor="benchmark")
            compressing.append(_compress(_states(database, revoked)))
            start = perf_counter()
            written = publication.publish(look=look).written
            times.append(perf_counter() - start)
            assert len(written) == 2, written
        start = perf_counter()
        assert not publication.publish(look=Look.MEMORY).written
        idle.append(perf_counter() - start)
    # The fastest of each: whatever else the disk does at the time is no cost of publishing.
    reference, fastest = min(compressing), min(spent[Look.VERSIONS])
    yield Row(
        f"publish one revocation at 1,000,000, against zlib of that list{where}",
        fastest / reference,
        "×",
        3,
        "lower",
        f"{fastest * 1e3:.1f} ms, both files on the disk; zlib -9 of the token's states alone "
        f"{reference * 1e3:.1f} ms; median {median(spent[Look.VERSIONS]) / median(compressing):.2f} ×, "
        f"--follow {min(spent[Look.MEMORY]) / reference:.2f} ×",
    )
    yield Row(
        f"look for changes to publish at 1,000,000, and find none{where}",
        median(idle) * 1e3,
        "ms",
        10,
        "lower",
        f"{lists} lists; all of them the first time {first * 1e3:.0f} ms",
    )


def _compress(states: bytes) -> float:
    """What the token does with a list's states, and nothing else."""
    start = perf_counter()
    zlib.compress(states, 9)
    return perf_counter() - start


def _states(database: Database, document_number: str) -> bytes:
    """The raw array of the list that a certificate's credential is in, as it is to be published."""
    with database.read() as connection:
        of_it = select(credential.c.list_number).join(
            certificate, certificate.c.id == credential.c.certificate_id
        )
        number = connection.execute(
            of_it.where(certificate.c.document_number == document_number)
        ).scalar_one()
        entries = connection.execute(
            select(credential.c.idx, credential.c.status).where(
                credential.c.list_number == number, credential.c.status != 0
            )
        ).all()
        size = connection.execute(
            select(status_list.c.size).where(status_list.c.number == number)
        ).scalar_one()
    return status.pack_states({row.idx: Status(row.status) for row in entries}, size)


def fill(database: Database, settings: Settings, count: int) -> None:
    """A register with `count` certificates and a released credential of each; 1 % are not valid."""
    random = Random(20261122)
    room = int(settings.list_size * settings.list_fill)
    with database.write() as connection:
        insert_many(
            connection, seafarer, [{"seafarer_id": SEAFARER, "claims": "{}", "source_digest": "0" * 64}]
        )
        for number in range(1, -(-count // room) + 1):
            values = {"number": number, "uri": settings.status_uri(number), "size": settings.list_size}
            insert_many(connection, status_list, [{**values, "taken": room}])
    indices: Sequence[int] = ()
    for start in range(0, count, AT_ONCE):
        made = range(start, min(start + AT_ONCE, count))
        with database.write() as connection:
            insert_many(connection, certificate, [_certificate(place) for place in made])
            drafts = []
            for place in made:
                if place % room == 0:
                    indices = random.sample(range(settings.list_size), room)
                drafts.append(_credential(place, place // room + 1, indices[place % room], random))
            insert_many(connection, credential, drafts)


def _certificate(place: int) -> dict[str, object]:
    return {
        "id": place + 1,
        "document_number": f"NO-{place:07}",
        "seafarer_id": SEAFARER,
        "type": "cop",
        "state": CertificateState.IN_FORCE.value,
        "claims": "{}",
    }


def _credential(place: int, list_number: int, idx: int, random: Random) -> dict[str, object]:
    is_valid = place < 1_000 or random.random() >= 0.01  # the first are revoked later
    return {
        "serial": secrets.token_hex(16),
        "certificate_id": place + 1,
        "idempotency_key": f"paper:NO-{place:07}",
        "list_number": list_number,
        "idx": idx,
        "status": 0 if is_valid else random.choices(NOT_VALID, USUAL)[0].value,
        "state": CredentialState.RELEASED.value,
        "kid": "NO-2026a",
        "issued_at": 1_795_000_000,
        "log_salt": secrets.token_hex(16),
    }
