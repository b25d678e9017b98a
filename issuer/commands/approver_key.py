"""An approver's own key, in a file that their own passphrase opens: it signs here, and is kept nowhere."""

from collections.abc import Collection
from pathlib import Path
from typing import Final, NamedTuple

from issuer.domain.errors import KeysUnusable
from keys.custody import CustodyError, passphrase, sealed_file
from keys.signer import Signer

VARIABLE: Final = "OMBORD_APPROVER_PASSPHRASE"


class OwnKey(NamedTuple):
    """A key whose statements the policy lets count."""

    kid: str
    signer: Signer


def open_own_key(path: Path, known: Collection[str]) -> OwnKey:
    """The one key in the file that is among those of the policy. Raises KeysUnusable."""
    try:
        signers = sealed_file.unseal(path, passphrase.ask(VARIABLE, prompt=str(path)))
    except CustodyError as error:
        raise KeysUnusable(str(error), hint=error.hint) from error
    except OSError as error:
        hint = "name the file that `ombord-keys approver new` wrote"
        raise KeysUnusable(f"{path}: {error.strerror}", hint=hint) from error
    ours = sorted(signers.keys() & set(known))
    if len(ours) != 1:
        has, count = ", ".join(sorted(signers)), "none" if not ours else "more than one"
        raise KeysUnusable(
            f"{path} has {has}: {count} of those can say this by the signing policy",
            hint="add the key to the policy (people, or rules), or name another file",
        )
    return OwnKey(ours[0], signers[ours[0]])
