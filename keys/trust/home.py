"""The publisher's folder: its register, its roles' private keys under a passphrase, what it has published.

home.json      the register (`plan`): public
roles.sealed   private keys of root, directory, flags, snapshot and timestamp
published/     the signed files, which `publish --out` copies
"""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from keys.algorithms import Algorithm
from keys.custody import atomic_file, sealed_file
from keys.signer import SoftwareSigner
from keys.trust import plan as plans
from keys.trust.directory import Environment
from keys.trust.folder import read_folder, write_folder
from keys.trust.plan import FLAG_LIFETIME, LIFETIMES, Plan, Role, key_id
from keys.trust.register import RegisterError


class Home:
    """An existing home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._register = folder / "home.json"
        self._roles = folder / "roles.sealed"
        self._published = folder / "published"

    @classmethod
    def create(cls, folder: Path, environment: Environment, passphrase: bytes) -> "Home":
        """A development home: each of TUF's roles has one key. Raises RegisterError, OSError."""
        home = cls(folder)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RegisterError(
                f"{folder} is not an empty folder", "name a new one: ombord-keys --home DIR init"
            )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        signers = {name: SoftwareSigner.generate(Algorithm.ED25519) for name in LIFETIMES}
        roles = {
            name: Role(keys=(signer.public_key,), lifetime=LIFETIMES[name])
            for name, signer in signers.items()
        }
        sealed_file.seal(home._roles, {key_id(one.public_key): one for one in signers.values()}, passphrase)
        home.save(Plan(environment=environment, roles=roles))  # last: it makes the folder a home
        return home

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
            yield plans.from_json(self._register.read_bytes())

    def owns(self, path: Path) -> bool:
        """Whether a path is one of the home's own files, by whatever name it is reached."""
        own, path = self.folder.resolve(), path.resolve()
        files = (self._roles, self._register)
        if own / "published" in path.parents or path in (own / file.name for file in files):
            return True
        return path.exists() and any(file.exists() and path.samefile(file) for file in files)

    def save(self, plan: Plan) -> None:
        """Replace the register."""
        atomic_file.write(self._register, plans.to_json(plan))

    def signers(self, passphrase: bytes) -> dict[str, SoftwareSigner]:
        """The roles' private keys by their short ids. Raises SealedFileError."""
        return sealed_file.unseal(self._roles, passphrase)

    def new_flag_role(self, passphrase: bytes) -> Role:
        """Make and seal the key with which one flag will sign its list of keys. Raises SealedFileError."""
        signers, signer = self.signers(passphrase), SoftwareSigner.generate(Algorithm.ED25519)
        sealed_file.seal(self._roles, {**signers, key_id(signer.public_key): signer}, passphrase)
        return Role(keys=(signer.public_key,), lifetime=FLAG_LIFETIME)

    def published(self) -> dict[str, bytes]:
        """All files published so far."""
        return read_folder(self._published)

    def store(self, files: Mapping[str, bytes]) -> None:
        """Keep what is about to be published."""
        write_folder(self._published, files)
