"""Whether this process can do its work: each part is asked in a thread of its own, and waited for briefly.

A part that hangs costs each caller two seconds at most, and one thread altogether, however often it is asked
about. Answers are kept for a second, since anybody may ask.
"""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Final, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from issuer.adapters import address, log_store
from issuer.adapters.database import Database
from issuer.adapters.revisions import revision_problem
from issuer.domain.errors import DatabaseUnusable, IssuerError, KeysUnusable
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.issuing.stopping import standing_stop
from issuer.settings import Settings
from keys.custody import CustodyError
from keys.custody.signer_client import SignerClient
from keys.transparency.checkpoint import parse

PATIENCE: Final = 2.0  # seconds that whoever asks waits at most
KEPT: Final = 1.0  # seconds for which an answer is given again
LEAST_FREE: Final = 256 << 20  # bytes: the write-ahead log alone may take a quarter of it
_STATEMENT: Final = "1500ms"


class Finding(NamedTuple):
    """How one part stands; `detail` is for the operator alone: it may name files and hosts."""

    name: str
    is_good: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """How all parts stand. Ready is whoever finds nothing wrong."""

    findings: Sequence[Finding]

    @property
    def is_ready(self) -> bool:
        return all(one.is_good for one in self.findings)

    @property
    def failing(self) -> list[str]:
        return [one.name for one in self.findings if not one.is_good]


class _Probe:
    """One question, asked by one thread at a time."""

    def __init__(self, name: str, ask: Callable[[], str]) -> None:
        self.name = name
        self._ask = ask
        self._asked: Future[Finding] | None = None

    def begin(self) -> "Future[Finding]":
        """The answer to come: of the question that is still open, if one is."""
        if self._asked is None or self._asked.done():
            self._asked = Future()
            Thread(target=self._run, args=(self._asked,), name=f"ready-{self.name}", daemon=True).start()
        return self._asked

    def _run(self, answer: "Future[Finding]") -> None:
        found = Finding(self.name, False, "it failed in a way that nobody foresaw: see the log")
        try:
            found = Finding(self.name, True, self._ask())
        except IssuerError as error:
            found = Finding(self.name, False, f"{error.message}; {error.hint}".rstrip("; "))
        except (CustodyError, OSError) as error:
            found = Finding(self.name, False, str(error))
        except SQLAlchemyError as error:  # its text may hold what was asked for
            found = Finding(self.name, False, f"the database failed: {type(error).__name__}")
        finally:
            answer.set_result(found)


class Readiness:
    """Asks database, log, keys and disk."""

    def __init__(self, database: Database, keys: AuthorityKeys, settings: Settings) -> None:
        self._database, self._keys, self._settings = database, keys, settings
        self._probes = [
            _Probe("database", self._ask_database),
            _Probe("log", self._ask_log),
            _Probe("keys", self._ask_keys),
            _Probe("disk", self._ask_disk),
        ]
        self._lock = Lock()
        self._kept: tuple[float, Report] | None = None

    def report(self) -> Report:
        """How everything stands, in two seconds at most."""
        with self._lock:
            if self._kept is not None and monotonic() - self._kept[0] < KEPT:
                return self._kept[1]
            asked = {probe.name: probe.begin() for probe in self._probes}
            wait(asked.values(), timeout=PATIENCE)
            report = Report([_finding(name, answer) for name, answer in asked.items()])
            self._kept = monotonic(), report
            return report

    def _ask_database(self) -> str:
        """Reachable and of a schema that this version can work with; says where the stop switch is."""
        with self._database.read() as connection:
            _be_brief(connection)
            problem = revision_problem(connection)
            if problem is not None:
                raise DatabaseUnusable(problem, hint="start this version once, which brings it up to date")
            stop = standing_stop(connection)
        return "issuing goes on" if stop is None else f"issuing is stopped: {stop.reason}"

    def _ask_log(self) -> str:
        """Its hashes are there, and it is no shorter than the checkpoint signed last, nor other than that."""
        with self._database.read() as connection:
            _be_brief(connection)
            frontier = log_store.frontier(connection)
            note = log_store.newest_checkpoint(connection)
        if note is None:
            return f"{frontier.size} entries, no checkpoint"
        signed = parse(note.encode()).checkpoint
        if signed.size > frontier.size or (signed.size == frontier.size and signed.root != frontier.root):
            raise DatabaseUnusable(
                f"the transparency log has {frontier.size} entries, and contradicts its signed checkpoint of "
                f"{signed.size}",
                hint="stop issuing, and restore a backup that holds all of them",
            )
        return f"{frontier.size} entries, {signed.size} of them under the newest checkpoint"

    def _ask_keys(self) -> str:
        signer = self._keys.credential_signer
        if isinstance(signer, SignerClient):
            stopped = signer.status().get("stopped")
            return "the signer answers" if stopped is None else f"the signer is stopped: {stopped}"
        if self._keys.certificate_kid not in self._keys.signers:
            raise KeysUnusable(f"key {self._keys.certificate_kid} is not in the key file")
        return f"{len(self._keys.signers)} keys in this process"

    def _ask_disk(self) -> str:
        """Where we write ourselves. A server's disk is the server's to watch."""
        file = address.sqlite_file(self._database.engine.url) if self._database.is_sqlite else None
        folder = Path.cwd() if file is None else file.absolute().parent
        free = shutil.disk_usage(folder).free
        if free < LEAST_FREE:
            raise DatabaseUnusable(f"{folder} has {free >> 20} MB free", hint="make room before it is full")
        return f"{free >> 20} MB free"


def _be_brief(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{_STATEMENT}'")


def _finding(name: str, answer: "Future[Finding]") -> Finding:
    return answer.result() if answer.done() else Finding(name, False, f"no answer within {PATIENCE:g} s")
