"""docs/running-a-directory.md stays true: its commands run one after the other, and devices follow."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.ceremony import cheap_passphrases

from keys.cli import main
from keys.trust.client import load
from keys.trust.directory import Directory, KeyState
from keys.trust.folder import read_folder
from keys.trust.state import TrustState

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "docs" / "running-a-directory.md").read_text(encoding="utf-8")
SCRIPT = "".join(re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
ISS = "https://no.example/seafarers"

# The shell expands the page and does what is no command of ours; the commands then run here, which is faster.
LISTED = r"""set -eu
ombord-keys() { printf '%s\037' "$@" >> "$COMMANDS"; printf '\n' >> "$COMMANDS"; }
"""


def commands(folder: Path) -> list[list[str]]:
    """Every `ombord-keys` of the page with its arguments, in order."""
    listed = folder / "commands"
    done = subprocess.run(
        ["bash", "-c", LISTED + SCRIPT],
        cwd=folder,
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(CHECKOUT),
            "COMMANDS": str(listed),
            "LC_ALL": "C.UTF-8",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return [line.split("\x1f")[:-1] for line in listed.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[TrustState]]]:
    """Where the whole page has been run, and what a device remembered after each publication."""
    folder = tmp_path_factory.mktemp("operator")
    states: list[TrustState] = []
    with pytest.MonkeyPatch.context() as patch:
        cheap_passphrases(patch)
        patch.setenv("OMBORD_PASSPHRASE", "each holder has one of their own")
        words = commands(folder)
        patch.chdir(folder / "directory")
        for command in words:
            assert main(command) == 0, command
            if command[0] == "publish":
                states.append(read(Path.cwd(), states[-1] if states else None)[1])
        yield folder / "directory", states


def read(folder: Path, previous: TrustState | None = None) -> tuple[Directory, TrustState]:
    files = read_folder(folder / "public")
    return load(files, root=files["1.root.json"], at=datetime.now(UTC), previous=previous)


def test_the_documented_commands_lead_from_nothing_to_a_directory_that_devices_follow(
    ran: tuple[Path, list[TrustState]],
) -> None:
    folder, states = ran
    directory, _ = read(folder)
    assert directory.environment == "production"
    assert directory.authority(ISS) is not None
    assert [state.versions["NO"] for state in states] == [1, 1, 2, 3, 3, 4, 4, 4]
    assert len(list((folder / "public").glob("*.root.json"))) == 4
    assert len({state.roles["NO"] for state in states}) == 3, "handed over once, and replaced once"


def test_the_stolen_key_on_the_page_counts_for_its_allow_list_alone(
    ran: tuple[Path, list[TrustState]],
) -> None:
    directory, _ = read(ran[0])
    key = directory.key(ISS, "NO-2026a")
    assert key is not None
    assert key.state is KeyState.ALLOW_LIST_ONLY
    found = directory.allow_list(ISS, "NO-2026a")
    assert found is not None
    assert found.holds(b"header.payload")


def test_no_private_key_lies_in_what_is_published_or_handed_round(ran: tuple[Path, list[TrustState]]) -> None:
    folder = ran[0]
    for path in [*(folder / "public").rglob("*"), *folder.glob("*.json")]:
        if path.is_file():
            assert b'"d":' not in path.read_bytes()


def test_every_command_that_the_page_names_exists(capsys: pytest.CaptureFixture[str]) -> None:
    named = set(re.findall(r"ombord-keys (init|publish|[a-z]+ [a-z]+)\b", PAGE))
    assert {
        "root init",
        "root sign",
        "root rotate",
        "directory draft",
        "authority rotate",
        "publish",
    } <= named
    for words in sorted(named):
        assert main([*words.split(), "--help"]) == 0
