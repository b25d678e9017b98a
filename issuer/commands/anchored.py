"""The audit trail's head in the file of a checkpoint, for `audit verify`: an auditor kept it, and not we."""

from pathlib import Path

from issuer import terminal
from issuer.domain.errors import InvalidInput
from keys.regular_file import opener
from keys.transparency.anchor import Anchor, anchor_of
from keys.transparency.checkpoint import MAX_NOTE, Checkpoint, CheckpointError, LogKey, parse, verify

_MAX_KEY = 4_096


def read_anchor(file: Path, key: str | None) -> Anchor:
    """What the checkpoint in `file` says; who signed it is checked with the log's key, as text or in a file.

    Raises InvalidInput.
    """
    try:
        checkpoint = _checkpoint(_read(file, MAX_NOTE), key)
        found = anchor_of(checkpoint)
    except CheckpointError as error:
        raise InvalidInput(f"{file}: {error}", hint="give a checkpoint as the log publishes it") from error
    if found is None:
        raise InvalidInput(f"{file}: a checkpoint that names no audit trail", hint="take a later one")
    return found


def _checkpoint(note: bytes, key: str | None) -> Checkpoint:
    if key is None:
        terminal.say("who signed the checkpoint is not checked: --key KEY does that")
        return parse(note).checkpoint
    known = _key(key)
    return verify(note, [known], origin=known.name)


def _key(text: str) -> LogKey:
    """A key as text, or the file that has it. Raises InvalidInput."""
    try:
        if "+" not in text or Path(text).is_file():
            text = _read(Path(text), _MAX_KEY).decode().removesuffix("\n")
        return LogKey.from_text(text)
    except (CheckpointError, UnicodeDecodeError) as error:
        raise InvalidInput(f"--key: {error}", hint="give what `ombord-issuer log key` writes") from error


def _read(file: Path, most: int) -> bytes:
    try:
        with open(file, "rb", opener=opener) as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}", hint="check the file's name") from error
