"""What a check imports: it must start fast on a phone and on an inspector's old laptop."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.scenario import PHONE, competency, show
from support.ship_store import Shore, ombord_verify
from support.simulator import NOW, Authority

from verifier.credential import carrier

CHECKOUT = Path(__file__).parents[2]

# Each costs a check more than it brings; `hashlib` only a check without a holder's proof.
NOT_ON_THE_WAY = {
    *("tuf", "securesystemslib", "logging", "pathlib", "tempfile", "yaml", "PIL", "zxingcpp", "socket"),
    *("zoneinfo", "random", "subprocess", "urllib", "cryptography.hazmat.primitives.serialization"),
    *("cryptography.hazmat.backends.openssl.backend", "verifier.intake", "verifier.store", "verifier.pack"),
    *("verifier.inspection.person", "verifier.inspection.duty", "verifier.inspection.crew"),
    *("verifier.ship_cli", "verifier.crew_files", "verifier.manning_decision"),
    *("verifier.pass_decision", "verifier.report_pass", "verifier.credential.sea_pass"),
    *("verifier.rice", "verifier.statement", "verifier.status_wire", "verifier.ship_status"),
    *("verifier.memory", "verifier.merging", "verifier.pack_cli", "verifier.download", "http", "ssl"),
}

PROBE = """
import sys
from verifier.cli import main
code = main(sys.argv[1:])
print(" ".join(sys.modules), file=sys.stderr)
sys.exit(code)
"""


IN_A_SHELL = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1], shell=True))"

LONG_VERDICT = """
import sys
from verifier import cli
cli._check = lambda arguments: (0, "x" * 100_000)
sys.exit(cli.main(["check", "eyJ"]))
"""


def in_a_shell(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this Python on the checkout, with the surroundings of this test."""
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=60, cwd=CHECKOUT
    )


@pytest.mark.parametrize("form", ["paper token", "live token", "live QR text"])
def test_a_check_imports_no_more_than_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    norway = Authority("NO")
    shore = Shore(tmp_path / "shore", norway)
    assert ombord_verify("pack", "import", shore.pack(), "--root", shore.root).code == 0
    text = show(norway.issue(competency(), PHONE))
    if form == "paper token":
        text = norway.issue(competency())
    elif form == "live QR text":
        text = carrier.to_qr_text(carrier.pack(text))
    run = in_a_shell("-c", PROBE, "check", text, "--at", NOW.isoformat(), "--json")
    assert run.returncode == 0, run.stderr
    loaded = set(run.stderr.split())
    assert loaded & NOT_ON_THE_WAY == set()
    assert "verifier.decision" in loaded
    assert ("hashlib" in loaded) is (form != "paper token")


def test_the_commands_exit_code_reaches_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path))
    run = in_a_shell("-m", "verifier.cli", "check", "eyJ")
    assert run.returncode == 3
    assert run.stderr.startswith("error: ")


def test_a_reader_that_goes_away_gets_no_traceback() -> None:
    """As `ombord-verify check … | head -1`."""
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [sys.executable, "-c", LONG_VERDICT],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd=CHECKOUT,
    )
    os.close(write)
    assert run.returncode == 3
    assert run.stderr == ""


def test_closed_standard_input_is_said(tmp_path: Path) -> None:
    run = subprocess.run(
        ["sh", "-c", f'OMBORD_HOME="{tmp_path}" "{sys.executable}" -m verifier.cli check - <&-'],
        capture_output=True, text=True, check=False, cwd=CHECKOUT,
    )  # fmt: skip
    assert run.returncode == 3
    assert run.stderr.startswith("error: standard input is closed")


CLOSED = {
    "standard output is closed": (">&-", "error: standard output is closed"),
    "the disk is full": (">/dev/full", "error: the answer could not be written"),
    "standard error is closed": ("2>&-", ""),
}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is needed")
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize(("shell", "said"), CLOSED.values(), ids=CLOSED.keys())
def test_a_verdict_that_cannot_be_written_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: list[str], shell: str, said: str
) -> None:
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    norway = Authority("NO")
    shore = Shore(tmp_path / "shore", norway)
    assert ombord_verify("pack", "import", shore.pack(), "--root", shore.root).code == 0
    source = norway.issue(competency()) if said else "no such file"
    words = [sys.executable, "-m", "verifier.cli", "check", source, "--at", NOW.isoformat(), *form]
    run = in_a_shell("-c", IN_A_SHELL, f"{shlex.join(words)} {shell}")
    assert run.returncode == 3
    assert run.stdout == ""
    assert run.stderr.startswith(said)
    assert "Traceback" not in run.stderr
    assert "Exception" not in run.stderr
