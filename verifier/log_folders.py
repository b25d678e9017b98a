"""Folders in which authorities publish their logs: what of each a sea pack carries.

checkpoint          the newest
SIZE.checkpoint     of each size that was published
SIZE.proof          that it begins with the one that was published before
"""

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from keys.transparency import consistency
from keys.transparency.checkpoint import Checkpoint, CheckpointError, parse
from keys.transparency.merkle import ProofError
from keys.trust.directory import Directory
from verifier import pack_logs
from verifier.pack_logs import Carried
from verifier.unusable import Unusable, read_file

_OF_SIZE: Final = re.compile(r"([1-9][0-9]{0,18})\.checkpoint", re.ASCII)
_GIVE: Final = "give the folder log of what ombord-issuer publish wrote"


def read(folders: Sequence[str], directory: Directory) -> dict[str, bytes]:
    """Files for a pack: of each log its newest checkpoint, verified, and the proof that leads to it.

    Raises Unusable.
    """
    found: dict[str, bytes] = {}
    for folder in folders:
        flag, carried = _read(folder, directory)
        files = pack_logs.files_of(flag, carried)
        if files.keys() & found.keys():
            raise Unusable(f"{folder}: another log of {flag}", "a pack carries one log of each flag")
        found |= files
    return found


def _read(folder: str, directory: Directory) -> tuple[str, Carried]:
    path = os.path.join(folder, "checkpoint")
    note = read_file(path, pack_logs.MAX_CHECKPOINT)
    try:
        origin = parse(note).checkpoint.origin
        flag = pack_logs.flag_of(origin, directory)
        if flag is None:
            raise Unusable(f"{path}: the directory knows nobody whose log is {origin}", _GIVE)
        new = pack_logs.verified(note, flag, directory)
    except CheckpointError as error:
        raise Unusable(f"{path}: {error}", _GIVE) from None
    return flag, Carried(note, _proofs(folder, new))


def _proofs(folder: str, new: Checkpoint) -> dict[int, bytes]:
    """The proof that leads to `new`, by the size that it begins with; none where none is there, or fits."""
    with suppress(Unusable, CheckpointError, ProofError):
        sizes = [int(found[1]) for name in os.listdir(folder) if (found := _OF_SIZE.fullmatch(name))]
        before = max((size for size in sizes if size < new.size), default=None)
        if before is not None:
            old = parse(read_file(os.path.join(folder, f"{before}.checkpoint"), pack_logs.MAX_CHECKPOINT))
            text = read_file(os.path.join(folder, f"{new.size}.proof"), consistency.MAX_FILE)
            proof = b"".join(consistency.from_text(text))
            if pack_logs.is_proven(old.checkpoint, new, proof):
                return {before: proof}
    return {}
