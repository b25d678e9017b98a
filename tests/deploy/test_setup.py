"""Set-up says in one line what it cannot install."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
NOBODY = 65_534


@pytest.fixture
def bare_machine() -> Iterator[Path]:
    """A checkout that every user may read, beside tools that find no graphics library and let nobody in."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for path in ("tools", "deploy"):
            (folder / path).mkdir(mode=0o755)
        for tool, status in {"ldconfig": 0, "sudo": 1, "apt-get": 1}.items():
            (folder / "tools" / tool).write_text(f"#!/bin/sh\nexit {status}\n")
            (folder / "tools" / tool).chmod(0o755)
        shutil.copy(CHECKOUT / "deploy" / "setup.sh", folder / "deploy")
        yield folder


def test_without_root_or_sudo_one_line_names_the_missing_packages(bare_machine: Path) -> None:
    done = subprocess.run(
        ["bash", bare_machine / "deploy" / "setup.sh"],
        env={"PATH": f"{bare_machine / 'tools'}{os.pathsep}/usr/bin:/bin"},
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
