"""`ombord-verify check TOKEN` as a whole process, against a Python that does nothing."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from benchmarks.row import Row
from benchmarks.samples import NOON, samples
from benchmarks.verdict import AT, authority
from keys.trust.state import TrustState
from verifier import status, store
from verifier.intake import Intake

PAIRS = 25


def rows() -> Iterator[Row]:
    """Start, check one paper certificate against what was imported, print the verdict, end."""
    with tempfile.TemporaryDirectory(prefix="ombord-benchmark-") as home:
        _import_into(home)
        text = samples(seafarers=40, bound=False)[0].text
        check = [sys.executable, "-m", "verifier.cli", "check", text, "--at", AT.isoformat()]
        nothing = [sys.executable, "-c", "pass"]
        environment = {
            **os.environ,
            "OMBORD_HOME": home,
            "PYTHONPYCACHEPREFIX": os.path.join(home, "bytecode"),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed, with its bytecode
        _seconds(check, environment), _seconds(nothing, environment)
        ratios = [_seconds(check, environment) / _seconds(nothing, environment) for _ in range(PAIRS)]
    yield Row(
        "ombord-verify check TOKEN, whole process against python -c pass",
        median(ratios),
        "×",
        9,
        "lower",
        "typer + rich + PyJWT 23, node jose 11, floor 3.7",
    )


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    start = perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def _import_into(home: str) -> None:
    """What `pack import` would have left: one authority and its list."""
    directory, token = authority("NO")
    one = status.verify_list(token, directory=directory)
    intake = Intake(
        pack="benchmark",
        root=b"{}",
        trust=TrustState(pin="0" * 64, root=b"{}", time_floor=NOON),
        directory=directory,
        lists={one.uri: one},
        tokens={one.uri: token.encode("ascii")},
        changes=(),
    )
    store.write(home, intake)
