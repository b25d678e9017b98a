"""What is published ashore for ships: the directory of all flags, their status, and the packs made of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random

from benchmarks.countries import COUNTRIES
from benchmarks.fleet import FlagState, flag_states, registered, write_snapshots
from demo.authorities import PASSPHRASE, AuthorityOffice
from demo.stage import Stage
from keys.custody import sealed_file
from keys.trust.directory import Environment
from keys.trust.home import Home

SEED = 20260101
CERTIFICATES = 100_000  # of each invented flag
NOT_VALID = 0.01
CHANGES_A_DAY = 2


@dataclass(slots=True, kw_only=True)
class Shore:
    """Two offices of the demo, as many invented flags as make sixty, and the directory's operator."""

    stage: Stage
    offices: dict[str, AuthorityOffice]
    flags: tuple[FlagState, ...]
    random: Random

    @classmethod
    def with_sixty_flags(cls, stage: Stage, offices: dict[str, AuthorityOffice], at: datetime) -> "Shore":
        """Invent 58 flags and register them with the directory's operator.

        Their offices would each run a dozen commands: what those do to the register is done here at once.
        """
        codes = [code for code in COUNTRIES if code not in offices][: 60 - len(offices)]
        flags = flag_states(codes, CERTIFICATES, NOT_VALID, 4, SEED, at, Environment.TEST)
        for one in flags:
            one.sign(at)
        home = Home(stage.path("directory-operator"))
        passphrase = PASSPHRASE["OMBORD_PASSPHRASE"].encode()
        with home.locked() as plan:
            signers = dict(home.signers(passphrase))
            for one in flags:
                signers.update(one.role_signers)
            sealed_file.seal(home.folder / "roles.sealed", signers, passphrase)
            home.save(replace(plan, flags=(*plan.flags, *registered(flags))))
        return cls(stage=stage, offices=offices, flags=flags, random=Random(SEED))

    @property
    def site(self) -> Path:
        """The folder of packs that a web server shows to ships."""
        return self.stage.path("site")

    def publish(self, at: datetime | None = None, *, days: int = 0) -> None:
        """Everybody signs what is so at `at`, `days` after the last time; a pack is made of it."""
        stage = self.stage
        first = at is None  # the commands are the same each time: shown once
        if not first:
            stage.say("everybody publishes again, and a pack is made of it")
        with ThreadPoolExecutor() as desks:
            folders = list(
                desks.map(lambda office: self._office(office, at, show=first), self.offices.values())
            )
        if at is not None:
            for one in self.flags:
                one.change(CHANGES_A_DAY * days, self.random)
                one.sign(at)
        own = [f"{flag}={folder}" for flag, folder in zip(self.offices, folders, strict=True)]
        folders.append(stage.path("published", "others"))
        write_snapshots(folders[-1], self.flags)
        directory = stage.path("directory")
        index: list[str | Path] = [word for lists in (*own, str(folders[-1])) for word in ("--status", lists)]
        self.keys("publish", "--out", directory, *index, at=at, show=first)
        pack = stage.path("packs", f"sixty-flags-{'in-port' if at is None else at.date().isoformat()}.obpack")
        made = ("--out", pack, "--site", self.site)
        what: tuple[str | Path, ...] = ("--directory", directory, "--lists", *folders)
        said = stage.run("ombord-verify", "pack", "build", *what, *made, at=at, show=first)
        for line in said.splitlines():
            stage.say(stage.short(line))

    def _office(self, office: AuthorityOffice, at: datetime | None, *, show: bool) -> Path:
        """One authority signs its lists; the folder that it publishes."""
        folder = self.stage.path("published", office.flag)
        out = ("publish", "--out", folder)
        self.stage.run("ombord-issuer", *out, env=office.settings, quiet=True, at=at, show=show)
        return folder

    def keys(self, *arguments: str | Path, at: datetime | None = None, show: bool = True) -> None:
        """A command of the directory's operator."""
        env = {**PASSPHRASE, "OMBORD_KEYS_HOME": str(self.stage.path("directory-operator"))}
        self.stage.run("ombord-keys", *arguments, env=env, quiet=True, at=at, show=show)
