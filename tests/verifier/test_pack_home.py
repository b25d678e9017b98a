"""Oddities of a home: pipes, links, leftovers, clocks; each is said or passed over, none is waited for."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from support.ship_store import Shore, ombord_verify
from support.simulator import NOW, Authority

from verifier import pack_update, state

CHECKOUT = Path(__file__).parents[2]
DAY = timedelta(days=1)


@pytest.fixture
def shore(tmp_path: Path) -> Shore:
    return Shore(tmp_path / "shore", Authority("NO"))


@pytest.fixture
def home(tmp_path: Path, shore: Shore, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    assert ombord_verify("pack", "import", shore.pack(), "--root", shore.root).code == 0
    return tmp_path / "home"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes by name are Unix's")
@pytest.mark.parametrize("name", ["clock", "clock.new", "source.json", "source.json.new", "current.new"])
def test_a_pipe_in_a_files_place_is_not_waited_for(home: Path, shore: Shore, name: str) -> None:
    (home / name).unlink(missing_ok=True)
    os.mkfifo(home / name)
    assert state.last_clock(str(home)) is None or name != "clock"
    assert pack_update.remembered(str(home)) is None
    state.remember_clock(str(home), NOW)
    assert ombord_verify("pack", "update", shore.folder / "sea.pack").code == 0
    assert ombord_verify("pack", "show").code == 0


@pytest.mark.parametrize("name", ["current.new", "source.json.new", "g-000002"])
@pytest.mark.parametrize("folder", [True, False], ids=["a folder", "a file"])
def test_what_a_dead_import_has_left_blocks_no_other(
    home: Path, shore: Shore, name: str, folder: bool
) -> None:
    if folder:
        (home / name).mkdir()
        (home / name / "x").write_text("x", encoding="ascii")
    else:
        (home / name).write_text("x", encoding="ascii")
    run = ombord_verify("pack", "update", shore.folder / "sea.pack")
    assert run.code == 0, run.err


def test_a_link_in_a_circle_as_home_is_named(
    tmp_path: Path, shore: Shore, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "circle"
    place.symlink_to(place)
    monkeypatch.setenv("OMBORD_HOME", str(place))
    run = ombord_verify("pack", "import", shore.pack(), "--root", shore.root)
    assert run.code == 3
    assert "circle" in run.err
    assert "File exists" not in run.err


def test_a_clock_that_cannot_be_written_leaves_the_one_last_seen(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.remember_clock(str(home), NOW)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    state.remember_clock(str(home), NOW + 2 * DAY)
    assert state.last_clock(str(home)) == NOW


@pytest.mark.skipif(shutil.which("faketime") is None, reason="faketime is needed")
@pytest.mark.parametrize("command", [["show"], ["export", "x.pack"], ["update"], ["import", "x.pack"]])
def test_a_clock_beyond_all_reckoning_is_an_error_in_words(home: Path, command: list[str]) -> None:
    words = ["faketime", "-f", "@9999-12-31 12:00:00", sys.executable, "-m", "verifier.cli", "pack", *command]
    run = subprocess.run(words, capture_output=True, text=True, check=False, cwd=CHECKOUT, timeout=60)
    assert run.returncode == 3, run.stderr
    assert "set the clock" in run.stderr
    assert "Traceback" not in run.stderr
