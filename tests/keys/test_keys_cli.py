"""`ombord-keys` as a person uses it: what it makes, and what it says to everything that cannot be."""

import getpass
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keys.algorithms import Algorithm
from keys.cli import COMMANDS, main
from keys.custody import passphrase, sealed_file
from keys.custody.sealed_file import Cost, unseal
from keys.trust.client import load
from keys.trust.directory import CERTIFICATES, Directory, Environment, KeyState
from keys.trust.folder import read_folder
from keys.trust.state import TrustState

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRET = "åtte ord om vær og vind i Vågen"

CHECKOUT = str(Path(__file__).parents[2])

Run = Callable[..., int]


def settle(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """A shell of a person's in a folder of their own; a passphrase is no dearer than it must be."""
    patch.chdir(folder)
    patch.delenv("OMBORD_KEYS_HOME", raising=False)
    patch.delenv("OMBORD_KEYS_PASSPHRASE", raising=False)
    patch.setenv("OMBORD_PASSPHRASE", SECRET)
    patch.setattr(sealed_file, "COST", Cost(memory_kib=64, passes=1, lanes=1))


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(monkeypatch, tmp_path)


def command(*words: str, at: str = "2026-11-21T12:00:00Z") -> int:
    return main([*words, "--at", at])


@pytest.fixture
def run() -> Run:
    return command


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Norway in a home, made once: to copy is a fiftieth of the work."""
    folder = tmp_path_factory.mktemp("registered")
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, folder)
        register(command)
    return folder


@pytest.fixture
def norway(run: Run, registered: Path, tmp_path: Path) -> Run:
    """A home with Norway, its keys for certificates and for status, and one publication in `out`."""
    shutil.copytree(registered, tmp_path, dirs_exist_ok=True)
    return run


def register(run: Run) -> None:
    assert run("init") == 0
    assert run("authority", "add", "NO", "--name", "Sjøfartsdirektoratet", "--iss", "https://no.example") == 0
    assert run("key", "add", "NO", "--sealed", "no.sealed") == 0
    assert run("key", "add", "NO", "--purpose", "status", "--sealed", "no.sealed") == 0
    assert run("publish", "--out", "out") == 0


def read(folder: str = "out", previous: TrustState | None = None) -> tuple[Directory, TrustState]:
    files = read_folder(Path(folder))
    return load(files, root=files["1.root.json"], at=AT, previous=previous)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """The two lines of an error; nothing like a traceback."""
    captured = capsys.readouterr().err
    error, hint = captured.strip().splitlines()[-2:]
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    assert "Traceback" not in captured
    return captured


# What it makes


def test_what_is_registered_is_what_ships_read(norway: Run) -> None:
    directory, _ = read()
    assert directory.environment is Environment.TEST
    assert directory.published_at == AT
    authority = directory.authority("https://no.example")
    assert authority is not None
    assert (authority.flag, authority.name) == ("NO", "Sjøfartsdirektoratet")
    assert (authority.status_prefix, authority.time_zone) == ("https://no.example/status/", "Europe/Oslo")
    certificates = directory.key("https://no.example", "NO-2026a")
    status = directory.key("https://no.example", "NO-status-2026a")
    assert certificates is not None
    assert status is not None
    assert certificates.purposes == frozenset(CERTIFICATES)
    assert status.purposes == {"status"}


def test_the_private_halves_are_in_the_authoritys_sealed_file_alone(norway: Run) -> None:
    signers = unseal("no.sealed", passphrase.from_text(SECRET))
    directory, _ = read()
    assert set(signers) == {"NO-2026a", "NO-status-2026a"}
    for kid, signer in signers.items():
        key = directory.key("https://no.example", kid)
        assert key is not None
        assert key.key == signer.public_key
    assert stat.S_IMODE(Path("no.sealed").stat().st_mode) == 0o600
    assert stat.S_IMODE(Path("ombord-keys").stat().st_mode) == 0o700
    assert stat.S_IMODE(Path("ombord-keys/roles.sealed").stat().st_mode) == 0o600
    assert not set(signers) & set(unseal("ombord-keys/roles.sealed", passphrase.from_text(SECRET)))


def test_a_key_signs_for_two_years_and_counts_longer_than_any_certificate_runs(norway: Run) -> None:
    key = read()[0].key("https://no.example", "NO-2026a")
    assert key is not None
    assert key.sign_from == datetime(2026, 11, 21, tzinfo=UTC)
    assert (key.sign_until - key.sign_from).days == 730
    assert key.verify_until > key.sign_until.replace(year=key.sign_until.year + 5)


def test_a_key_for_the_log_is_an_ed25519_key_named_so_and_counts_as_long_as_those_of_certificates(
    norway: Run,
) -> None:
    assert norway("key", "add", "NO", "--purpose", "log", "--sealed", "no.sealed") == 0
    assert norway("publish", "--out", "out") == 0
    listed, _ = read()
    log, certificates = (
        listed.keys["https://no.example", "NO-log-2026a"],
        listed.keys["https://no.example", "NO-2026a"],
    )
    assert (log.purposes, log.key.algorithm) == ({"log"}, Algorithm.ED25519)
    assert log.verify_until >= certificates.verify_until


def test_windows_and_purposes_are_as_asked_for(norway: Run) -> None:
    windows = ["--sign-from", "2026-01-01", "--sign-until", "2027-01-01T00:00:00+01:00"]
    words = ["key", "add", "NO", "--sealed", "x", "--purpose", "medical", "medical-permit", *windows]
    assert norway(*words, "--verify-until", "2030-01-01", "--algorithm", "Ed25519", "--kid", "NO-med") == 0
    norway("publish", "--out", "out")
    key = read()[0].key("https://no.example", "NO-med")
    assert key is not None
    assert key.purposes == {"medical", "medical-permit"}
    assert key.key.algorithm == "Ed25519"
    assert key.sign_until == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert key.verify_until == datetime(2030, 1, 1, tzinfo=UTC)


def test_key_ids_count_through_the_year_and_start_again_in_the_next(norway: Run) -> None:
    for _ in range(27):
        norway("key", "add", "NO", "--sealed", "no.sealed")
    norway("key", "add", "NO", "--sealed", "no.sealed", at="2027-01-01")
    kids = set(unseal("no.sealed", passphrase.from_text(SECRET)))
    assert {"NO-2026b", "NO-2026z", "NO-2026aa", "NO-2026ab", "NO-2027a"} < kids


def test_retiring_ends_signing_and_revoking_ends_trust(norway: Run) -> None:
    norway("key", "add", "NO", "--sealed", "no.sealed")
    assert norway("key", "retire", "NO", "NO-2026a", at="2026-12-01") == 0
    revoke = ("key", "retire", "NO", "NO-2026b", "--state", "revoked", "--reason", "laptop stolen")
    assert norway(*revoke, at="2026-12-01") == 0
    assert norway("publish", "--out", "out", at="2026-12-01T01:00:00Z") == 0
    directory, _ = read()
    retired, revoked = (directory.key("https://no.example", f"NO-2026{letter}") for letter in "ab")
    assert retired is not None
    assert revoked is not None
    assert retired.sign_until == datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC)
    assert (revoked.state, revoked.reason) == (KeyState.REVOKED, "laptop stolen")


def test_each_publication_follows_the_one_before(norway: Run) -> None:
    _, seen = read()
    norway("authority", "add", "DK", "--name", "Søfartsstyrelsen", "--iss", "https://dk.example/cert")
    norway("key", "add", "DK", "--sealed", "dk.sealed")
    assert norway("publish", "--out", "out", at="2026-11-22") == 0
    directory, seen = read("out", seen)
    assert seen.versions == {"timestamp": 2, "snapshot": 2, "targets": 2, "NO": 1, "DK": 1}
    assert directory.key("https://dk.example/cert", "DK-2026a") is not None


def test_publishing_elsewhere_carries_the_whole_past_along(norway: Run) -> None:
    norway("key", "add", "NO", "--sealed", "no.sealed")
    norway("publish", "--out", "elsewhere/public", at="2026-11-22")
    assert set(read_folder(Path("out"))) < set(read_folder(Path("elsewhere/public")))


def test_a_key_left_by_a_command_that_died_is_taken_up_again(
    norway: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from keys.trust.home import Home

    def die(self: Home, plan: object) -> None:
        raise OSError(28, "No space left on device", "home.json")

    with monkeypatch.context() as patch:
        patch.setattr(Home, "save", die)
        assert norway("key", "add", "NO", "--sealed", "no.sealed") == 1
    assert "home.json: No space left" in said(capsys)
    orphan = unseal("no.sealed", passphrase.from_text(SECRET))["NO-2026b"]
    assert norway("key", "add", "NO", "--sealed", "no.sealed") == 0
    assert norway("publish", "--out", "out") == 0
    key = read()[0].key("https://no.example", "NO-2026b")
    assert key is not None
    assert key.key == orphan.public_key


def test_a_publication_that_died_half_written_is_finished_by_the_next(
    norway: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keys.custody import atomic_file

    before, write = read(), atomic_file.write
    norway("key", "add", "NO", "--sealed", "no.sealed")

    def full(path: Path, data: bytes, *, mode: int = 0o644) -> None:
        if path.name == "timestamp.json" and "out" in path.parts:
            raise OSError(28, "No space left on device", str(path))
        write(path, data, mode=mode)

    with monkeypatch.context() as patch:
        patch.setattr(atomic_file, "write", full)
        assert norway("publish", "--out", "out", at="2026-11-22") == 1
    assert read() == before
    assert norway("publish", "--out", "out", at="2026-11-22") == 0
    assert read("out", before[1])[1].versions["timestamp"] == 3


def test_the_home_can_have_a_passphrase_of_its_own(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMBORD_KEYS_PASSPHRASE", "directory")
    run("init")
    run("authority", "add", "NO", "--name", "N", "--iss", "https://no.example")
    monkeypatch.delenv("OMBORD_KEYS_PASSPHRASE")
    assert run("key", "add", "NO", "--sealed", "no.sealed") == 0
    assert run("publish", "--out", "out") == 1
    monkeypatch.setenv("OMBORD_KEYS_PASSPHRASE", "directory")
    assert run("publish", "--out", "out") == 0


def test_the_home_is_named_by_option_or_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["--home", "a", "init"]) == 0
    assert main(["init", "--home", "b", "--environment", "production"]) == 0
    monkeypatch.setenv("OMBORD_KEYS_HOME", "c")
    assert main(["init"]) == 0
    assert all(Path(name, "home.json").is_file() for name in "abc")
    assert json.loads(Path("b/home.json").read_bytes())["environment"] == "production"


# What it says to everything that cannot be


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["frobnicate"],
        ["init", "--environment", "staging"],
        ["authority"],
        ["authority", "add", "NO"],
        ["authority", "add", "GB", "--name", "MCA", "--iss", "https://gb.example"],
        ["authority", "add", "NO", "--name", "N", "--iss", "https://x.example", "--time-zone", "Mars/Base"],
        ["authority", "add", "NO", "--name", "N", "--iss", "https://x.example", "--time-zone", "../x"],
        ["key", "add", "NO"],
        ["key", "add", "NO", "--sealed", "x", "--algorithm", "RS256"],
        ["key", "add", "NO", "--sealed", "x", "--sign-from", "yesterday"],
        ["key", "add", "NO", "--sealed", "x", "--sign-from", "2026-11-21T12:00"],
        ["key", "add", "NO", "--sealed", "x", "--sign-from", "0001-01-01"],
        ["key", "add", "NO", "--sealed", "x", "--verify-until", "9999-01-01"],
        ["key", "retire", "NO", "NO-2026a", "--state", "active"],
        ["publish"],
        ["publish", "--out", "ombord-keys"],
        ["publish", "--out", "ombord-keys/published"],
    ],
)
def test_wrong_arguments_exit_with_3(
    norway: Run, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(words) == 3
    said(capsys)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["init"], "not an empty folder"),
        (["--home", "no.sealed", "init"], "not an empty folder"),
        (["--home", "no.sealed/x", "init"], "Not a directory"),
        (["--home", "nowhere", "publish", "--out", "out"], "no home"),
        (["authority", "add", "NO", "--name", "N", "--iss", "https://b.example"], "registered already"),
        (["authority", "add", "SE", "--name", "S", "--iss", "https://no.example"], "two authorities"),
        (["authority", "add", "SE", "--name", "S", "--iss", "http://se.example"], "not https"),
        (["authority", "add", "SE", "--name", "S", "--iss", "https://se.example/"], "slash"),
        (["authority", "add", "SE", "--name", "S", "--iss", "https://SE.example"], "plain https"),
        (
            ["authority", "add", "se", "--name", "S", "--iss", "https://s.example", "--time-zone", "UTC"],
            "no flag",
        ),
        (["authority", "add", "SE", "--name", "\u202e", "--iss", "https://se.example"], "name"),
        (["key", "add", "SE", "--sealed", "x"], "no authority SE"),
        (["key", "add", "NO", "--sealed", "no.sealed", "--kid", "NO-2026a"], "names another key already"),
        (["key", "add", "NO", "--sealed", "x", "--kid", "NO-2026a"], "names another key already"),
        (["key", "add", "NO", "--sealed", "x", "--kid", "../evil"], "no key id"),
        (["key", "add", "NO", "--sealed", "x", "--purpose", "piracy"], "no purpose is called piracy"),
        (["key", "add", "NO", "--sealed", "x", "--purpose", "status", "medical"], "no other purpose"),
        (["key", "add", "NO", "--sealed", "x", "--purpose", "log", "pass"], "no other purpose"),
        (
            ["key", "add", "NO", "--sealed", "x", "--purpose", "log", "--algorithm", "ES256"],
            "a checkpoint of the log is signed with Ed25519",
        ),
        (["key", "add", "NO", "--sealed", "x", "--iss", "https://dk.example"], "not an address of NO"),
        (["key", "add", "NO", "--sealed", "x", "--sign-until", "2020-01-01"], "out of order"),
        (["key", "add", "NO", "--sealed", "nowhere/x"], "No such file"),
        (["key", "add", "NO", "--sealed", "out"], "Is a directory"),
        (["key", "add", "NO", "--sealed", "out/1.NO.json"], "not a sealed key file"),
        (["key", "retire", "NO", "NO-2026a", "--reason", "a\nb"], "reason is not short printable text"),
        (["key", "retire", "NO", "NO-1999a"], "NO has no key NO-1999a"),
        (["key", "retire", "SE", "NO-2026a"], "no authority SE"),
        (["publish", "--out", "no.sealed"], "Not a directory"),
        (["publish", "--out", "no.sealed/x"], "Not a directory"),
        (["publish", "--out", "."], "holds other files"),
        (["--at", "2026-11-20", "publish", "--out", "out"], "the clock says 2026-11-20"),
    ],
)
def test_what_cannot_be_done_exits_with_1_and_changes_nothing(
    norway: Run, capsys: pytest.CaptureFixture[str], words: list[str], reason: str
) -> None:
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    arguments = words if "--at" in words else [*words, "--at", "2026-11-21T12:00:00Z"]
    assert main(arguments) == 1
    assert reason in said(capsys)
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_a_wrong_passphrase_opens_nothing_and_changes_nothing(
    norway: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    monkeypatch.setenv("OMBORD_PASSPHRASE", "guess")
    for words in (
        ["key", "add", "NO", "--sealed", "no.sealed"],
        ["authority", "add", "SE", "--name", "S", "--iss", "https://se.example"],
        ["publish", "--out", "out"],
    ):
        assert norway(*words) == 1
        assert "the passphrase does not open" in said(capsys)
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_without_a_passphrase_or_a_terminal_it_says_so(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OMBORD_PASSPHRASE")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert run("init") == 1
    assert "set OMBORD_PASSPHRASE" in said(capsys)
    assert not Path("ombord-keys").exists()


def test_a_new_passphrase_is_typed_twice(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OMBORD_PASSPHRASE")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter(["one", "two", "three", "three", "three"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert run("init") == 1
    assert "differ" in said(capsys)
    assert run("init") == 0
    assert run("authority", "add", "NO", "--name", "N", "--iss", "https://no.example") == 0


def test_a_passphrase_is_the_same_on_every_keyboard() -> None:
    assert passphrase.from_text("A\u030angstro\u0308m") == passphrase.from_text("Ångström")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ombord-keys/home.json", "JSON|register"),
        ("ombord-keys/roles.sealed", "damaged|sealed key file"),
        ("ombord-keys/published/timestamp.json", "timestamp.json"),
        ("ombord-keys/published/1.root.json", "root.json"),
        ("out/timestamp.json", "damaged"),
    ],
)
@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"{}", b'{"format":"ombord-keys-home","version":2}'])
def test_a_damaged_store_is_named_and_left_as_it_is(
    norway: Run, capsys: pytest.CaptureFixture[str], name: str, reason: str, damage: bytes
) -> None:
    Path(name).write_bytes(damage)
    assert norway("publish", "--out", "out") == 1
    assert re.search(reason, said(capsys))
    assert Path(name).read_bytes() == damage


def test_a_home_from_an_old_backup_does_not_publish_over_what_devices_have_seen(
    norway: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = {path: path.read_bytes() for path in Path("ombord-keys").rglob("*") if path.is_file()}
    assert norway("publish", "--out", "out", at="2026-11-22") == 0
    assert norway("publish", "--out", "out", at="2026-11-23") == 0
    for path, data in backup.items():
        path.write_bytes(data)
    assert norway("publish", "--out", "out", at="2026-11-24") == 1
    assert "restore the newest backup" in said(capsys)


def test_another_homes_folder_is_not_overwritten(norway: Run, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--home", "other", "init"])
    assert main(["--home", "other", "publish", "--out", "out"]) == 1
    assert "holds another directory" in said(capsys)


def test_a_revoked_key_stays_revoked(norway: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert norway("key", "retire", "NO", "NO-2026a", "--state", "allow-list-only") == 0
    assert norway("key", "retire", "NO", "NO-2026a", "--state", "revoked") == 0
    for state in ("retired", "allow-list-only"):
        assert norway("key", "retire", "NO", "NO-2026a", "--state", state) == 1
        assert "revoked for ever" in said(capsys)


def test_the_same_key_does_not_get_two_ids(norway: Run, capsys: pytest.CaptureFixture[str]) -> None:
    signers = unseal("no.sealed", passphrase.from_text(SECRET))
    sealed_file.seal("copy", {"NO-copy": signers["NO-2026a"]}, passphrase.from_text(SECRET))
    assert norway("key", "add", "NO", "--sealed", "copy", "--kid", "NO-copy") == 1
    assert "this is the key NO-2026a" in said(capsys)
    assert norway("key", "add", "NO", "--sealed", "copy", "--kid", "NO-copy", "--algorithm", "Ed25519") == 1
    assert "of another kind" in said(capsys)


def test_two_at_once_do_not_lose_each_others_changes(norway: Run, capsys: pytest.CaptureFixture[str]) -> None:
    from keys.trust.home import Home

    with Home(Path("ombord-keys")).locked():
        assert norway("key", "add", "NO", "--sealed", "no.sealed") == 1
    assert "is in use" in said(capsys)
    assert norway("key", "add", "NO", "--sealed", "no.sealed") == 0


def test_http_on_loopback_is_for_rehearsals_alone(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["authority", "add", "NO", "--name", "N", "--iss", "http://127.0.0.1:8080/no"]
    assert main(["--home", "test", "init"]) == 0
    assert main(["--home", "test", *words]) == 0
    assert main(["--home", "real", "init", "--environment", "production"]) == 0
    assert main(["--home", "real", *words]) == 1
    assert "http is for loopback" in said(capsys)


def test_help_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert main(["key", "add", "--help"]) == 0
    assert "--sealed FILE" in capsys.readouterr().out


def test_the_whole_command_runs_as_a_process(tmp_path: Path) -> None:
    checkout = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OMBORD_PASSPHRASE": SECRET}

    def ombord_keys(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "keys.cli", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert ombord_keys("init").returncode == 0
    again = ombord_keys("init")
    assert again.returncode == 1
    assert again.stderr == (
        "error: ombord-keys is not an empty folder\nhint: name a new one: ombord-keys --home DIR init\n"
    )


# Where nobody listens, or nobody can answer


def in_a_shell(command: str, **surroundings: str) -> subprocess.CompletedProcess[str]:
    """`ombord-keys` as its own process, with the shell's redirections."""
    program = f'"{sys.executable}" -m keys.cli --at 2026-11-21T12:00:00Z {command}'
    return subprocess.run(
        ["sh", "-c", program],
        env={**os.environ, "PYTHONPATH": CHECKOUT, **surroundings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


ADD = "authority add NO --name Sjøfartsdirektoratet --iss https://no.example"
NOBODY_LISTENS = {
    "the disk is full": (">/dev/full", "warning: that is done; it could not be printed"),
    "closed": (">&-", ""),
    "both closed": (">&- 2>&-", ""),
}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is needed")
@pytest.mark.parametrize(("shell", "warning"), NOBODY_LISTENS.values(), ids=NOBODY_LISTENS.keys())
def test_what_is_done_stays_done_when_it_cannot_be_told(run: Run, shell: str, warning: str) -> None:
    assert run("init") == 0
    done = in_a_shell(f"{ADD} {shell}")
    assert done.returncode == 0
    assert warning in done.stderr
    for lie in ("nothing has changed", "Traceback", "Exception", "error:"):
        assert lie not in done.stderr
    assert run(*ADD.split()) == 1, "it is registered"


def test_a_reader_that_has_gone_changes_nothing_of_what_was_done(run: Run) -> None:
    assert run("init") == 0
    read, write = os.pipe()
    os.close(read)
    words = [sys.executable, "-m", "keys.cli", *ADD.split()]
    done = subprocess.run(
        words,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": CHECKOUT},
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_without_the_names_letters_is_no_refusal(run: Run) -> None:
    assert run("init") == 0
    done = in_a_shell(ADD, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Sj\\xf8fartsdirektoratet" in done.stdout


def test_closed_input_and_no_passphrase_is_said(norway: Run) -> None:
    done = in_a_shell("key add NO --sealed no.sealed <&-", OMBORD_PASSPHRASE="")
    assert done.returncode == 1
    assert done.stderr.startswith("error: no passphrase for no.sealed")
    assert "Traceback" not in done.stderr


def test_a_passphrase_that_is_broken_off_is_none(
    norway: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken_off(prompt: str) -> str:
        raise EOFError

    monkeypatch.delenv("OMBORD_PASSPHRASE")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(getpass, "getpass", broken_off)
    assert norway("key", "add", "NO", "--sealed", "no.sealed") == 1
    assert "no passphrase" in said(capsys)


@pytest.mark.parametrize("words", [("key", "add", "NO", "--sealed", "pipe"), ("publish", "--out", "piped")])
def test_a_pipe_in_a_files_place_is_said_and_not_waited_for(
    norway: Run, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    os.mkfifo("pipe")
    Path("piped").mkdir()
    os.mkfifo("piped/x.json")
    assert norway(*words) == 1
    assert "a pipe or device" in said(capsys)


@pytest.mark.parametrize(
    "path",
    [
        "roles.sealed",
        "home.json",
        "published/x.sealed",
        "../link.sealed",
        "../hard.sealed",
        "../way/roles.sealed",
    ],
)
def test_an_authoritys_keys_never_go_into_the_homes_own_files(
    norway: Run, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    roles = Path("ombord-keys/roles.sealed")
    Path("link.sealed").symlink_to(roles)
    Path("hard.sealed").hardlink_to(roles)
    Path("way").symlink_to("ombord-keys")
    before = roles.read_bytes()
    assert norway("key", "add", "NO", "--sealed", f"ombord-keys/{path}") == 3
    assert "the home's own" in said(capsys)
    assert roles.read_bytes() == before


def test_the_readme_names_every_command() -> None:
    readme = (Path(CHECKOUT) / "README.md").read_text("utf-8")
    [row] = [line for line in readme.splitlines() if line.startswith("| `.venv/bin/ombord-keys` |")]
    named = [one.split() for one in re.findall(r"`([a-z][a-z |\\\\]*)`", row)]
    assert {f"{group} {verb}" for group, *verbs in named for verb in "".join(verbs).split("\\|")} == {
        f"{command} " if " " not in command else command for command in COMMANDS
    }
