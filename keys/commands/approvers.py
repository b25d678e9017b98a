"""`ombord-keys approver new`: a key of somebody whose statements let the signer sign."""

import argparse
import re
from typing import Final

from keys.commands import files
from keys.custody import passphrase, sealed_file
from keys.encoding import json_dumps
from keys.options import UsageError
from keys.signer import SoftwareSigner
from keys.trust.authority import check_kid

PASSPHRASE: Final = "OMBORD_APPROVER_PASSPHRASE"
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)  # as the policy takes names


def approver_new(arguments: argparse.Namespace) -> str:
    """A sealed file with one key, and the lines that let it count."""
    name, path = arguments.name, arguments.out
    if _WORD.fullmatch(name) is None or any(_WORD.fullmatch(one) is None for one in arguments.rule):
        raise UsageError(f"{name!r}: a name in the policy is a word of letters, digits, dots and hyphens")
    kid = arguments.kid or f"{name}-{arguments.at.year}"
    check_kid(kid)
    files.refuse_existing(path, "name another with --out: a key is not overwritten")
    signer = SoftwareSigner.generate()
    sealed_file.seal(path, {kid: signer}, passphrase.ask(PASSPHRASE, prompt=str(path), new=True))
    public = json_dumps(signer.public_key.to_jwk()).decode()
    if arguments.rule:
        rules = ", ".join(arguments.rule)
        lines = f"rules:\n  {kid}: {{public: {public}, approves: [{rules}]}}"
    else:
        lines = f"people:\n  {name}: {{roles: [], keys: {{{kid}: {{public: {public}}}}}}}"
    thumbprint = signer.public_key.thumbprint()
    return f"{kid}: key in {path}, thumbprint {thumbprint}; for the signing policy:\n{lines}"
