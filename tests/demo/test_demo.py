"""The demo is the main job from end to end; here it runs as a newcomer runs it, over a smaller register."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from demo.stage import DemoFailed, Stage

CHECKOUT = Path(__file__).resolve().parents[2]
ROWS = (
    "C1",
    "C2",
    "C3",
    "C4",
    "C4b",
    "C5",
    "C6",
    "C7",
    "C8",
    "C9",
    "C10",
    "C11",
    "C12",
    "C13",
    "C14",
    "C15",
    "P4",
)


@pytest.mark.loopback
@pytest.mark.screen
def test_the_whole_job_ends_with_every_verdict_right(tmp_path: Path) -> None:
    out = tmp_path / "output"
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--out", out, "--seafarers", "120"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    table = (out / "verdicts.md").read_text()
    assert all(f"| {row} |" in table for row in ROWS)
    assert "31 of 31 verdicts are right" in done.stdout
    assert "the download went on from there" in done.stdout
    assert (out / "pack.svg").stat().st_size > 2_000
    assert (out / "verdicts.md").read_text() in (CHECKOUT / "README.md").read_text(), "README's table is old"
    assert (out / "wallet.png").stat().st_size > 50_000
    assert json.loads((out / "screens" / "later" / "shown.json").read_text())


def test_a_folder_with_files_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "thesis.txt"
    precious.write_text("three years of work")
    with pytest.raises(DemoFailed, match="no demo made"):
        Stage(tmp_path).clear()
    assert precious.read_text() == "three years of work"
