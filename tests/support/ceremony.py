"""A directory whose holders sit at machines of their own: a folder each; files travel between them."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keys.cli import main
from keys.custody import sealed_file
from keys.custody.sealed_file import Cost
from keys.trust.client import load
from keys.trust.directory import Directory
from keys.trust.folder import read_folder
from keys.trust.state import TrustState

AT = "2026-11-21T12:00:00Z"
ROOT = ("Anna", "Bo", "Cai", "Dag", "Eva")
DIRECTORY = ("Frida", "Gro", "Hanna")


class Ceremony:
    """`operator` is where the home is; each holder has a folder with a sealed file and nothing else."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.at = AT

    def machine(self, name: str) -> Path:
        """The folder of a holder or of the operator."""
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path

    @contextmanager
    def _seated(self, who: str) -> Iterator[None]:
        before = Path.cwd()
        os.chdir(self.machine(who))
        try:
            yield
        finally:
            os.chdir(before)

    def run(self, who: str, *words: str, at: str | None = None) -> int:
        """One command on somebody's machine; each has a passphrase of their own."""
        with self._seated(who), pytest.MonkeyPatch.context() as patch:
            patch.setenv("OMBORD_PASSPHRASE", f"the passphrase of {who}")
            return main([*words, "--at", at or self.at])

    def done(self, who: str, *words: str, at: str | None = None) -> str:
        """A command that must succeed; returns what it said."""
        self.capsys.readouterr()
        code = self.run(who, *words, at=at)
        captured = self.capsys.readouterr()
        assert code == 0, captured.err
        return captured.out

    def refused(self, who: str, *words: str, at: str | None = None) -> str:
        """A command that must be refused and change nothing; returns the error and the hint."""
        before = self.snapshot()
        self.capsys.readouterr()
        assert self.run(who, *words, at=at) == 1
        captured = self.capsys.readouterr().err
        assert re.fullmatch(r"error: .+\nhint: .+\n", captured), captured
        assert self.snapshot() == before
        return captured

    def snapshot(self) -> dict[Path, bytes]:
        """Every file on every machine."""
        return {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    def carry(self, name: str, source: str, target: str) -> None:
        """A file goes from one machine to another."""
        if source != target:
            shutil.copy(self.machine(source) / name, self.machine(target) / name)

    def new_holder(self, name: str, *, to: str = "operator") -> str:
        """Somebody makes a key and sends the public half."""
        self.done(name, "holder", "new", name, "--sealed", f"{name}.sealed")
        self.carry(f"{name}.pub.json", name, to)
        return f"{name}.pub.json"

    def sign(self, draft: str, *names: str, kind: str = "root", at: str | None = None) -> str:
        """The draft goes from the operator to each of these holders in turn, and back."""
        holder, said = "operator", ""
        for name in names:
            self.carry(draft, holder, name)
            said = self.done(name, kind, "sign", draft, "--sealed", f"{name}.sealed", at=at)
            holder = name
        self.carry(draft, holder, "operator")
        return said

    def establish(self, environment: str = "test") -> None:
        """3 of 5 for root, 2 of 3 for the directory, published once."""
        holders = [word for name in ROOT for word in ("--holder", self.new_holder(name))]
        directory = [word for name in DIRECTORY for word in ("--directory", self.new_holder(name))]
        thresholds = ("--threshold", "3", "--directory-threshold", "2", "--environment", environment)
        self.done("operator", "root", "init", *holders, *directory, *thresholds)
        self.sign("1.root.draft.json", *ROOT[:3])
        self.done("operator", "directory", "draft")
        self.sign("1.directory.draft.json", *DIRECTORY[:2], kind="directory")
        self.publish("1.root.draft.json", "1.directory.draft.json")

    def authority(self, flag: str = "NO") -> None:
        """A flag whose role keys the operator holds."""
        self.done("operator", "authority", "add", flag, "--name", f"Flag {flag}", "--iss", f"https://{flag.lower()}.example",
                  "--time-zone", "UTC")  # fmt: skip

    def publish(self, *drafts: str, at: str | None = None) -> str:
        """Into the operator's folder `out`."""
        signed = [word for draft in drafts for word in ("--signed", draft)]
        return self.done("operator", "publish", "--out", "out", *signed, at=at)

    def read(self, previous: TrustState | None = None, at: str | None = None) -> tuple[Directory, TrustState]:
        """What a device makes of it."""
        files = read_folder(self.machine("operator") / "out")
        now = datetime.fromisoformat(at or self.at).astimezone(UTC)
        return load(files, root=files["1.root.json"], at=now, previous=previous)


def cheap_passphrases(patch: pytest.MonkeyPatch) -> None:
    """Argon2id at its least: tests are no guesses."""
    patch.setattr(sealed_file, "COST", Cost(memory_kib=64, passes=1, lanes=1))
    for name in ("OMBORD_KEYS_HOME", "OMBORD_KEYS_PASSPHRASE"):
        patch.delenv(name, raising=False)


def full_home(folder: Path, capsys: pytest.CaptureFixture[str]) -> Ceremony:
    """All keys in the operator's home, with Norway and its keys, published once."""
    home = Ceremony(folder, capsys)
    home.done("operator", "init", "--full")
    home.authority("NO")
    home.done("operator", "key", "add", "NO", "--sealed", "no.sealed")
    home.publish()
    return home
