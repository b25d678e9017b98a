"""The parent of processes that are killed: it has imported everything, and forks one for each order.

`python -m support.faults_nursery` takes one order a line, and answers with how its child ended. To start a
Python with all of the issuer takes a second; a fork of one that has started takes a hundredth.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
CHILD_SECONDS = 60  # far more than any order takes: what hangs is a failure


@dataclass(frozen=True, kw_only=True)
class Order:
    """One process's life: what it runs, and what goes wrong at which point, if it comes so far."""

    workload: str
    database_url: str
    folder: str
    record: str
    fault: tuple[int, str, str] | None = None
    hours: int = 0  # its clock, after the first run's
    flushes: bool = False  # whether it notes what it flushes to the disk


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it had told until then."""

    fault: str | None  # what went wrong, and where
    points: int
    acknowledged: list[int]  # how many points it had come to at each answer
    answers: dict[str, Any]  # by request key
    refusals: list[tuple[str, str]]  # request keys, and what they were told instead of an answer
    signed: list[str]  # signing inputs, Base64
    error: str | None


class Nursery:
    """Talks to the forking process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def run(self, order: Order) -> Ended:
        """Let a child live and perhaps die. Fails where it neither ends nor dies."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        Path(order.record).unlink(missing_ok=True)
        self._process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], CHILD_SECONDS + 10)
        assert ready, f"no answer to {order}"
        ended = json.loads(self._process.stdout.readline())
        return _read(order, ended["signal"])


def _read(order: Order, ended_by: int) -> Ended:
    lines = [json.loads(line) for line in Path(order.record).read_text().splitlines()]
    told: dict[str, list[Any]] = {}
    for line in lines:
        for name, value in line.items():
            told.setdefault(name, []).append(value)
    fault = told.get("fault", [None])[0]
    error = told.get("error", [None])[0]
    if ended_by == signal.SIGALRM:
        error = f"hung for {CHILD_SECONDS} s"
    elif fault is None and error is None and "points" not in told:
        error = f"ended by signal {ended_by}"
    return Ended(
        fault=fault,
        points=told.get("points", [0])[0],
        acknowledged=told.get("acknowledged", []),
        answers=dict(told.get("answer", [])),
        refusals=[(key, said) for key, said in told.get("refused", [])],
        signed=told.get("signed", []),
        error=error,
    )


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Start it; it ends when we do."""
    environment = {**os.environ, "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{CHECKOUT / 'tests'}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "support.faults_nursery"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        cwd=CHECKOUT,
    )
    try:
        yield Nursery(process)
    finally:
        process.kill()
        process.communicate()


def _live(order: Order) -> None:
    """In the child: all that it tells goes to a file at once, so that nothing told is lost with it."""
    from support.faults_flushing import note_flushes
    from support.faults_hooks import Fault, Points, install
    from support.faults_workload import WORKLOADS, Clerk, later

    from issuer.domain.errors import DatabaseUnusable

    record = os.open(order.record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    said = os.open(f"{order.record}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):  # our own answers go through the parent's
        os.dup2(said, stream)

    def note(what: dict[str, object]) -> None:
        os.write(record, json.dumps(what).encode() + b"\n")

    def refuse(key: str, said: str) -> None:
        note({"refused": [key, said]})

    try:
        points = Points(note, Fault(*order.fault) if order.fault else None)
        install(points, note)
        if order.flushes:
            note_flushes(note, Path(f"{order.record}.kept"))
        clerk = None
        for _ in range(2):  # whoever starts it is told what is wrong, and starts it once more
            try:
                clerk = Clerk(order.workload, order.database_url, Path(order.folder), now=later(order.hours))
                break
            except DatabaseUnusable as error:
                refuse("start", f"{error.code}: {error.message} [{error.hint}]")
        if clerk is not None:
            clerk.run(
                WORKLOADS[order.workload],
                lambda key, answer: note({"answer": [key, answer], "acknowledged": points.count}),
                refuse,
            )
            clerk.close()
        note({"points": points.count})
    except BaseException:  # noqa: BLE001 - told to the test
        sys.stdout.flush()
        note({"error": f"{traceback.format_exc()}\n{Path(f'{order.record}.log').read_text()[-3000:]}"})


def _serve() -> None:
    import support.faults_workload  # noqa: F401 - before the first fork

    for line in sys.stdin.buffer:
        order = Order(**json.loads(line))
        child = os.fork()
        if child == 0:
            signal.alarm(CHILD_SECONDS)
            _live(order)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        ended = {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}
        sys.stdout.buffer.write(json.dumps(ended).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
