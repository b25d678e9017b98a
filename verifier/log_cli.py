"""The `log` part of `ombord-verify`: an auditor checks that an authority's log only ever grew."""

import argparse
import os
from typing import TYPE_CHECKING, Any, Final

from verifier.unusable import Unusable, read_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keys.transparency.checkpoint import Checkpoint, LogKey

    Actions = argparse._SubParsersAction[Any]

CONSISTENT, BROKEN, UNDECIDED = 0, 1, 2
_MAX_KEY_FILE: Final = 4_096
_KEEP: Final = "keep both files: together they show anybody that the log was rewritten"
_NONE_FITS: Final = "if none fits, the log was rewritten: keep all files"


def add(commands: "Actions") -> None:
    """Add `log check`."""
    log = commands.add_parser("log", help="an authority's transparency log: check that it only grew")
    actions = log.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="whether a later checkpoint has all that an earlier one had")
    check.add_argument("old", metavar="OLD", help="the earlier checkpoint, a file")
    check.add_argument("new", metavar="NEW", help="the later one")
    check.add_argument("--proof", metavar="FILE", help="the proof of consistency between the two sizes")
    check.add_argument(
        "--key",
        required=True,
        action="append",
        metavar="KEY|FILE",
        help="the log's key, NAME+ID+KEY, or a file with it; repeat it where the log has changed keys",
    )
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> tuple[int, str]:
    """Exit 0: it only grew. 1: it did not, or that is not proven, or forged. 2: these files do not tell."""
    from keys.transparency.checkpoint import ForgedSignature, UnknownSigner
    from keys.transparency.merkle import ProofError

    keys = [_key(text) for text in arguments.key]
    if len({key.name for key in keys}) > 1:
        raise Unusable("keys of two logs", "a log's keys all have its name; check each log by itself")
    proof = _proof(arguments.proof)
    try:
        old, new = (_checkpoint(path, keys) for path in (arguments.old, arguments.new))
    except ForgedSignature as error:
        return BROKEN, _said("REJECTED", str(error), "get the file elsewhere; whoever changed it has no key")
    except UnknownSigner as error:
        return UNDECIDED, _said("CANNOT TELL", str(error), "give the log's key that the authority publishes")
    try:
        return _compare(old, new, proof)
    except ProofError as error:
        if old.size == new.size:
            return BROKEN, _said("REWRITTEN", f"{new.origin} has signed {error}", _KEEP)
        ask = f"ask for the proof from {old.size} to {new.size} again; {_NONE_FITS}"
        return BROKEN, _said("NOT PROVEN", str(error), ask)


def _compare(old: "Checkpoint", new: "Checkpoint", proof: "Sequence[bytes] | None") -> tuple[int, str]:
    """Judge two checkpoints that were signed. Raises ProofError."""
    from keys.transparency import consistency

    sizes = f"{old.size:,} to {new.size:,} entries"
    if old.size > new.size:
        return UNDECIDED, _said("CANNOT TELL", f"from OLD to NEW it is {sizes}", "name the smaller one first")
    if old.size in (0, new.size):
        proof = ()  # none is needed
    if proof is None:
        said = f"{new.origin} grew from {sizes}, and there is no proof between them"
        return UNDECIDED, _said("CANNOT TELL", said, "ask the authority for it: --proof FILE")
    consistency.check(old, new, proof)
    if old.size == new.size:
        return CONSISTENT, _said("CONSISTENT", f"{new.origin}: the same {new.size:,} entries in both")
    return CONSISTENT, _said("CONSISTENT", f"{new.origin} grew from {sizes}; none of the old ones changed")


def _said(headline: str, text: str, hint: str = "") -> str:
    """For people, with nothing in it that steers a terminal."""
    from verifier.report import escaped

    return escaped(f"{headline}: {text}") + (f"\nhint: {escaped(hint)}" if hint else "")


def _key(text: str) -> "LogKey":
    """A key as text or from its file. Raises Unusable."""
    from keys.transparency.checkpoint import CheckpointError, LogKey

    hint = "a log's key is one line, as docs/transparency-log.md shows it"
    if os.path.exists(text) or "+" not in text:
        try:
            text = read_file(text, _MAX_KEY_FILE).decode().removesuffix("\n")
        except UnicodeDecodeError:
            raise Unusable(f"{text[:200]}: no text", hint) from None
    try:
        return LogKey.from_text(text)
    except CheckpointError as error:
        raise Unusable(f"--key: {error}", hint) from None


def _checkpoint(path: str, keys: "Sequence[LogKey]") -> "Checkpoint":
    """A checkpoint that was signed. Raises Unusable for what is none, UnknownSigner or ForgedSignature."""
    from keys.transparency import checkpoint

    data = read_file(path, checkpoint.MAX_NOTE + 1)
    try:
        return checkpoint.verify(data, keys, origin=keys[0].name)
    except (checkpoint.ForgedSignature, checkpoint.UnknownSigner) as error:
        raise type(error)(f"{path}: {error}") from None
    except checkpoint.CheckpointError as error:
        raise Unusable(f"{path}: {error}", "give a checkpoint as the authority publishes it") from None


def _proof(path: str | None) -> "Sequence[bytes] | None":
    """The hashes of a proof's file. Raises Unusable."""
    from keys.transparency import consistency, merkle

    if path is None:
        return None
    try:
        return consistency.from_text(read_file(path, consistency.MAX_FILE + 1))
    except merkle.ProofError as error:
        raise Unusable(f"{path}: {error}", "give the proof as the authority publishes it") from None
