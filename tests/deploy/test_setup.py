"""Set-up says in one line what it cannot install."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
NOBODY = 65_534


@pytest.fixture
def bare_machine(tmp_path: Path) -> dict[str, str]:
    """A PATH on which no graphics library is installed and sudo lets nobody in."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, script in {
        "ldconfig": "exit 0",
        "sudo": "exit 1",
        "apt-get": "echo called apt-get >&2",
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    (tmp_path / "deploy").mkdir()
    shutil.copy(CHECKOUT / "deploy" / "setup.sh", tmp_path / "deploy")
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(0o755)
    return {"PATH": f"{tools}{os.pathsep}/usr/bin:/bin"}


def test_without_root_or_sudo_one_line_names_the_missing_packages(
    bare_machine: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        ["bash", tmp_path / "deploy" / "setup.sh"],
        env=bare_machine,
        user=NOBODY if os.geteuid() == 0 else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: missing system packages, and neither root nor sudo to install them: ")
    assert {"libegl1", "libgl1", "libmtdev1"} <= set(line.split())
