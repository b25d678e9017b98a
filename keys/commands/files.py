"""Files that the commands take and make: holders, drafts, keys and passphrases, each with its refusal."""

import argparse
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from keys.custody import atomic_file, passphrase, sealed_file
from keys.options import UsageError
from keys.regular_file import opener
from keys.trust.drafts import DraftError
from keys.trust.holder import Holder
from keys.trust.home import Home
from keys.trust.plan import Plan
from keys.trust.register import RegisterError

if TYPE_CHECKING:
    from keys.signer import SoftwareSigner
    from keys.trust.drafts import Draft

HOME_PASSPHRASE = ("OMBORD_KEYS_PASSPHRASE", "OMBORD_PASSPHRASE")
OWN_PASSPHRASE = ("OMBORD_PASSPHRASE",)
MAX_FILE = 40 << 20


def read(path: Path) -> bytes:
    """A file that somebody named. Raises OSError; RegisterError for what is far too long."""
    with open(path, "rb", opener=opener) as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise RegisterError(f"{path} is longer than any file that is read here", "name another")
    return data


def new_draft(home: Home, path: Path) -> None:
    """Raise UsageError or RegisterError unless a draft can go there: never among what is published."""
    not_in_home(home, path)
    refuse_existing(path)


def write_new(path: Path, data: bytes, hint: str = "remove it, or name another with --out") -> None:
    """A file that was not there before. Raises RegisterError."""
    refuse_existing(path, hint)
    atomic_file.write(path, data)


def refuse_existing(path: Path, hint: str = "remove it, or name another with --out") -> None:
    """Raise RegisterError: nothing is overwritten, and no folder is made."""
    if not path.parent.is_dir():
        raise RegisterError(f"{path.parent} is no folder", "make it, or name another with --out")
    if path.exists() or path.is_symlink():
        raise RegisterError(f"{path} exists already", hint)


def holders(paths: Iterable[Path]) -> tuple[Holder, ...]:
    """The people behind these files. Raises RegisterError, OSError."""
    people = tuple(Holder.from_json(read(path), str(path)) for path in paths)
    for one, other in combinations(people, 2):
        if one.key == other.key or one.name == other.name:
            said = (
                f"{other.name} is named twice" if one.key == other.key else f"two holders called {one.name}"
            )
            raise RegisterError(said, "name each holder's file once, each by a name of their own")
    return people


def draft(path: Path) -> "Draft":
    """A draft of metadata. Raises DraftError, OSError."""
    from keys.trust.drafts import from_json

    try:
        return from_json(read(path))
    except DraftError as error:
        raise DraftError(f"{path}: {error}") from error


def home_secret(arguments: argparse.Namespace, *, new: bool = False) -> bytes:
    """The passphrase of the home's own keys, asked for once."""
    if "home_secret" not in arguments:
        prompt = f"the role keys in {arguments.home}"
        arguments.home_secret = passphrase.ask(*HOME_PASSPHRASE, prompt=prompt, new=new)
    secret: bytes = arguments.home_secret
    return secret


def own_signers(arguments: argparse.Namespace) -> "dict[str, SoftwareSigner]":
    """The keys in the file that `--sealed` names; the home's own file has the home's passphrase."""
    path: Path = arguments.sealed
    if Home(arguments.home).owns(path):
        return sealed_file.unseal(path, home_secret(arguments))
    return sealed_file.unseal(path, passphrase.ask(*OWN_PASSPHRASE, prompt=str(path)))


def perhaps_here(plan: Plan, keyids: Iterable[str]) -> bool:
    """Whether some of these keys may be the home's own: keys with a holder's name lie elsewhere."""
    return any(keyid not in plan.holders for keyid in keyids)


def signers_here(
    arguments: argparse.Namespace, home: Home, plan: Plan, keyids: Iterable[str]
) -> "Mapping[str, SoftwareSigner]":
    """Those of these keys that the home's sealed file holds; when all have holders, it stays closed."""
    keyids = list(keyids)
    if not perhaps_here(plan, keyids):
        return {}
    own = home.signers(home_secret(arguments))
    return {keyid: own[keyid] for keyid in keyids if keyid in own}


def keep(arguments: argparse.Namespace, home: Home) -> None:
    """Seal the keys that a command has made in the home, if any: after its last refusal."""
    if home.has_new_keys:
        home.keep(home_secret(arguments))


def not_in_home(home: Home, path: Path) -> None:
    """Raise UsageError for a path that is the home's own."""
    if home.owns(path):
        raise UsageError(f"{path} is the home's own: name a file of another folder")
