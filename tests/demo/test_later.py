"""The demo's later clock: it must reach every place where a command asks what time it is."""

import re
import subprocess
import sys
from pathlib import Path

from demo.later import ASKS_THE_CLOCK

CHECKOUT = Path(__file__).resolve().parents[2]
HANDED_OUT = {"issuer.commands.example_client"}  # to companies, as a file: it runs on their machines
ASKS = re.compile(r"datetime\.now\(|time\.time\(|\.utcnow\(|date\.today\(")


def test_no_command_asks_the_clock_anywhere_else() -> None:
    """The apps are given a clock."""
    asking = {
        ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
        for package in ("keys", "verifier", "issuer")
        for path in (CHECKOUT / package).rglob("*.py")
        if not {"ui", "inspector"} & {*path.parts} and ASKS.search(path.read_text(encoding="utf-8"))
    }
    assert asking - HANDED_OUT == {module for modules in ASKS_THE_CLOCK.values() for module in modules}


def test_a_command_runs_on_another_day(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for words in (("init",), ("publish", "--out", str(tmp_path / "out"))):
        done = subprocess.run(
            [sys.executable, "-m", "demo.later", "2031-05-17T12:00:00+00:00", "ombord-keys", *words],
            cwd=CHECKOUT,
            env={"OMBORD_KEYS_HOME": str(home), "OMBORD_PASSPHRASE": "six words are what it takes"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert '"expires":"2031-05-24T12:00:0' in (tmp_path / "out" / "timestamp.json").read_text()
