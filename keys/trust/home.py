"""The publisher's folder: its register, its roles' private keys under a passphrase, what it has published.

home.json      the register (`plan`): public
roles.sealed   private keys of snapshot and timestamp, and of root, directory and flags unless held elsewhere
allow-lists/   what stolen keys truly signed, by hash
published/     the signed files, which `publish --out` copies
"""

import fcntl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from keys.algorithms import Algorithm
from keys.custody import atomic_file, sealed_file
from keys.jwk import PublicKey
from keys.signer import SoftwareSigner
from keys.trust import plan as plans
from keys.trust.directory import DirectoryError, Environment
from keys.trust.folder import read_folder, write_folder
from keys.trust.plan import FLAG_KEYS, FLAG_LIFETIME, LIFETIMES, Plan, Role, key_id
from keys.trust.register import RegisterError

ONLINE: Final = ("snapshot", "timestamp")
# How many keys each role has, and how many must sign: a trial, and what a real directory has.
SINGLE: Final = dict.fromkeys(LIFETIMES, (1, 1))
FULL: Final = {**SINGLE, "root": (5, 3), "targets": (3, 2)}


class Home:
    """An existing home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._register = folder / "home.json"
        self._roles = folder / "roles.sealed"
        self._published = folder / "published"
        self._lists = folder / "allow-lists"
        self._made: list[SoftwareSigner] = []

    @classmethod
    def create(
        cls,
        folder: Path,
        environment: Environment,
        passphrase: bytes,
        sizes: Mapping[str, tuple[int, int]] = SINGLE,
    ) -> "Home":
        """A home that holds every role's keys; `sizes` are (keys, needed). Raises RegisterError, OSError."""
        signers = {name: [_new_signer() for _ in range(sizes[name][0])] for name in LIFETIMES}
        roles = {
            name: Role(
                keys=tuple(one.public_key for one in made), threshold=sizes[name][1], lifetime=LIFETIMES[name]
            )
            for name, made in signers.items()
        }
        with cls._whole(folder) as home:
            home._seal([one for made in signers.values() for one in made], passphrase)
            home.save(Plan(environment=environment, roles=roles))  # last: it makes the folder a home
        return home

    @classmethod
    @contextmanager
    def create_for(
        cls, folder: Path, passphrase: bytes, plan: Callable[[Mapping[str, PublicKey]], Plan]
    ) -> Iterator[Plan]:
        """A home whose root and directory are held elsewhere; `plan` is made from its own online keys.

        It stays when the block under it succeeds: a home without its first draft is of no use.
        """
        online = {name: _new_signer() for name in ONLINE}
        made = plan({name: signer.public_key for name, signer in online.items()})
        with cls._whole(folder) as home:
            home._seal(online.values(), passphrase)
            home.save(made)
            yield made

    @classmethod
    @contextmanager
    def _whole(cls, folder: Path) -> Iterator["Home"]:
        """A new home, of which nothing stays when it cannot be made whole, such as on a full disk."""
        there = folder.exists()
        home = cls._empty(folder)
        try:
            yield home
        except BaseException:
            for path in (home._register, home._roles):
                path.unlink(missing_ok=True)
            if not there:
                folder.rmdir()
            raise

    @classmethod
    def _empty(cls, folder: Path) -> "Home":
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RegisterError(
                f"{folder} is not an empty folder", "name a new one: ombord-keys --home DIR init"
            )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(folder)

    @contextmanager
    def locked(self) -> Iterator[Plan]:
        """The register, while nobody else changes it. Raises RegisterError without a home or while in use."""
        if not self._register.is_file():
            raise RegisterError(f"{self.folder} is no home of ombord-keys", "make one: ombord-keys init")
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RegisterError(f"{self.folder} is in use", "wait for the other ombord-keys") from None
            yield self._plan()

    def _plan(self) -> Plan:
        try:
            return plans.from_json(self._register.read_bytes(), self._allow_lists())
        except DirectoryError as error:
            raise RegisterError(
                f"{self._register}: {error}", "restore the newest backup of the home; nothing has changed"
            ) from error

    def owns(self, path: Path) -> bool:
        """Whether a path is one of the home's own files, by whatever name it is reached."""
        own, path = self.folder.resolve(), path.resolve()
        files = (self._roles, self._register)
        folders = {own / "published", own / "allow-lists"}
        if folders & {*path.parents} or path in (own / file.name for file in files):
            return True
        return path.exists() and any(file.exists() and path.samefile(file) for file in files)

    def save(self, plan: Plan) -> None:
        """Replace the register; allow lists, which it names by their hash, lie there before it names them."""
        for data in (data for flag in plan.flags for data in flag.allow_lists.values()):
            path = self._lists / f"{sha256(data).hexdigest()}.bin"
            if not path.is_file():
                self._lists.mkdir(exist_ok=True)
                atomic_file.write(path, data)
        atomic_file.write(self._register, plans.to_json(plan))

    def _allow_lists(self) -> dict[str, bytes]:
        """By SHA-256; one that was damaged is as good as missing."""
        files = [path.read_bytes() for path in sorted(self._lists.glob("*.bin")) if path.is_file()]
        return {sha256(data).hexdigest(): data for data in files}

    def signers(self, passphrase: bytes) -> dict[str, SoftwareSigner]:
        """The roles' private keys that lie here, by their short ids. Raises SealedFileError."""
        return sealed_file.unseal(self._roles, passphrase)

    def new_keys(self, number: int) -> tuple[PublicKey, ...]:
        """Make keys for a role, a flag's or an online one; `keep` seals them when nothing can be refused."""
        made = [_new_signer() for _ in range(number)]
        self._made += made
        return tuple(one.public_key for one in made)

    def new_flag_role(self) -> Role:
        """Make the keys, current and next, with which one flag will sign its list of keys."""
        return Role(keys=self.new_keys(FLAG_KEYS), lifetime=FLAG_LIFETIME)

    @property
    def has_new_keys(self) -> bool:
        """Whether there is something to `keep`."""
        return bool(self._made)

    def keep(self, passphrase: bytes) -> None:
        """Seal the keys that were made. Raises SealedFileError, OSError."""
        self._seal([*self.signers(passphrase).values(), *self._made], passphrase)
        self._made = []

    def _seal(self, signers: Iterable[SoftwareSigner], passphrase: bytes) -> None:
        sealed_file.seal(self._roles, {key_id(one.public_key): one for one in signers}, passphrase)

    def published(self) -> dict[str, bytes]:
        """All files published so far."""
        return read_folder(self._published)

    def store(self, files: Mapping[str, bytes]) -> None:
        """Keep what is about to be published."""
        write_folder(self._published, files)


def _new_signer() -> SoftwareSigner:
    return SoftwareSigner.generate(Algorithm.ED25519)
