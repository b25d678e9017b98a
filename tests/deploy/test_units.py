"""What deploy/ hands to systemd and to a container: it names commands, users and files that there are."""

import re
import shlex
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest
import typer.main

from issuer.cli import app
from issuer.settings import Settings
from issuer.settings_loading import ELSEWHERE
from keys.arguments import parser

CHECKOUT = Path(__file__).resolve().parents[2]
UNITS = CHECKOUT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
TIMERS = sorted(UNITS.glob("*.timer"))
PROGRAMS = "/opt/ombord/bin/"
CONTAINER = (CHECKOUT / "deploy" / "Containerfile").read_text(encoding="utf-8")
# Nobody who takes over the process gets at more of the machine than its own folders.
HARDENED = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "CapabilityBoundingSet": "", "RestrictSUIDSGID": "yes",
    "RestrictNamespaces": "yes", "LockPersonality": "yes", "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes", "ProtectControlGroups": "yes", "SystemCallFilter": "@system-service",
    "SystemCallArchitectures": "native",
}  # fmt: skip


class Unit(RawConfigParser):
    """A unit file: names keep their case, and come several times."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, interpolation=None, delimiters=("=",))
        self.optionxform = str  # type: ignore[assignment,method-assign]
        self.read_string(path.read_text(encoding="utf-8"))


def check_command(words: list[str]) -> None:
    """The real program takes these words: it is asked to parse them, and does nothing."""
    program, *arguments = words
    if program == "ombord-keys":
        parser().parse_args(arguments)
        return
    assert program == "ombord-issuer"
    command = typer.main.get_command(app)
    context = command.make_context(program, arguments)
    while isinstance(command, typer.core.TyperGroup):
        rest = [*context._protected_args, *context.args]
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None, rest
        command = found
        context = command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_service_starts_a_command_that_there_is(path: Path) -> None:
    line = Unit(path)["Service"]["ExecStart"]
    assert line.startswith(PROGRAMS)
    check_command(shlex.split(line.removeprefix(PROGRAMS).replace("${BACKUP_RECIPIENT}", "age1x")))


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_service_gets_nothing_of_the_machine_but_its_own(path: Path) -> None:
    service = Unit(path)["Service"]
    assert {name: service.get(name) for name in HARDENED} == HARDENED
    assert service["User"] == ("ombord-signer" if path.stem == "ombord-signer" else "ombord")


def test_signer_has_a_user_of_its_own_and_shares_its_socket_alone() -> None:
    signer, issuer = Unit(UNITS / "ombord-signer.service")["Service"], Unit(UNITS / "ombord-issuer.service")
    assert signer["RuntimeDirectoryMode"] == "0750"
    assert signer["StateDirectoryMode"] == "0700"
    assert signer["RestrictAddressFamilies"] == "AF_UNIX"
    assert issuer["Service"]["SupplementaryGroups"] == signer["Group"] == "ombord-signer"
    assert "--socket /run/ombord-signer/signer.sock" in signer["ExecStart"]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_variables_of_units_are_read_by_somebody(path: Path) -> None:
    known = ELSEWHERE | {f"OMBORD_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bOMBORD_[A-Z_]+", path.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.stem)
def test_timer_is_for_a_service_and_enabled_by_timers(path: Path) -> None:
    assert path.with_suffix(".service") in SERVICES
    unit = Unit(path)
    assert "OnCalendar" in unit["Timer"]
    assert unit["Install"]["WantedBy"] == "timers.target"


def test_publishing_follows_or_is_timed_and_never_both() -> None:
    follows = Unit(UNITS / "ombord-publish-follow.service")
    assert follows["Service"]["ExecStart"].endswith("publish --follow")
    assert follows["Unit"]["Conflicts"] == "ombord-publish.timer"


@pytest.mark.parametrize("path", [*SERVICES, *TIMERS], ids=lambda path: path.name)
def test_operators_page_names_every_unit_that_is_enabled(path: Path) -> None:
    if Unit(path).has_section("Install"):
        page = (CHECKOUT / "docs" / "running-an-issuer.md").read_text(encoding="utf-8")
        assert f"| `{path.name}` |" in page


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not here")
    here = f"{Path(sys.executable).parent}/"
    copies = []
    for path in (*SERVICES, *TIMERS):
        copies.append(tmp_path / path.name)
        copies[-1].write_text(path.read_text(encoding="utf-8").replace(PROGRAMS, here))
    done = subprocess.run([analyze, "verify", "--man=no", *copies], capture_output=True, text=True)
    # What is wrong with other units of this machine is not ours to say.
    ours = [line for line in done.stderr.splitlines() if "ombord" in line]
    assert ours == []


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the container file with its words, comments and line breaks gone."""
    lines = [line for line in CONTAINER.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def test_container_is_built_of_files_that_there_are_and_of_locked_packages() -> None:
    copied = [rest.split()[:-1] for name, rest in instructions() if name == "COPY" and "--from" not in rest]
    for file in (one for words in copied for one in words):
        assert (CHECKOUT / file).exists(), file
    installs = re.findall(r"pip install [^&\n]*", "\n".join(rest for _, rest in instructions()))
    assert len(installs) == 3
    own = "--build-constraint requirements.lock --no-deps ."
    assert all("--require-hashes -r requirements-" in one or one.endswith(own) for one in installs)


def test_container_runs_as_nobody_in_particular_and_names_no_registry() -> None:
    found = instructions()
    assert {rest.split()[0] for name, rest in found if name == "FROM"} == {"debian:12-slim"}
    after = found[[name for name, _ in found].index("USER") :]
    assert after[0] == ("USER", "ombord")
    assert not any(name in ("RUN", "COPY", "ADD") for name, _ in after)
    assert not re.search(r"--index|https?://(?!127\.0\.0\.1)|password|secret", CONTAINER, re.IGNORECASE)


def test_containers_command_and_health_check_are_what_the_program_has() -> None:
    words = {name: rest for name, rest in instructions() if name in ("ENTRYPOINT", "CMD", "HEALTHCHECK")}
    (program,), (command,) = (re.findall(r'"([^"]+)"', words[name]) for name in ("ENTRYPOINT", "CMD"))
    check_command([program, command])
    assert "http://127.0.0.1:8000/health/ready" in words["HEALTHCHECK"]
    assert Settings.model_fields["port"].default == 8_000
    names = set(re.findall(r"\bOMBORD_[A-Z_]+", CONTAINER))
    assert names <= ELSEWHERE | {f"OMBORD_{name.upper()}" for name in Settings.model_fields}


def test_lock_of_the_container_is_a_part_of_the_checkouts_lock() -> None:
    pinned = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)
    everything, own = (
        dict(pinned.findall((CHECKOUT / f"requirements{name}.lock").read_text(encoding="utf-8")))
        for name in ("", "-issuer")
    )
    assert own.items() <= everything.items()
