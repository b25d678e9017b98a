"""The audit trail's head in a checkpoint's extension line: what the log's key signs holds that fast too.

    ombord-audit SEQUENCE HASH

The number of the newest event when the checkpoint was made, and the trail's SHA-256 after it in hexadecimal.
Monitors of logs pass over the line (C2SP tlog-checkpoint: extensions); the authority's auditor asks for it.
"""

import re
from typing import Final, NamedTuple

from keys.transparency.checkpoint import Checkpoint, CheckpointError

_LINE: Final = re.compile(r"ombord-audit (0|[1-9][0-9]{0,18}) ([0-9a-f]{64})", re.ASCII)
_WORD: Final = "ombord-audit"


class Anchor(NamedTuple):
    """Up to which event the audit trail went, and its head then."""

    sequence: int
    head: str

    @property
    def line(self) -> str:
        """The extension line."""
        return f"{_WORD} {self.sequence} {self.head}"


def anchor_of(checkpoint: Checkpoint) -> Anchor | None:
    """What a checkpoint says of the audit trail, if it does. Raises CheckpointError for half a word of it."""
    lines = [line for line in checkpoint.extensions if line.split(" ")[0] == _WORD]
    if not lines:
        return None
    found = _LINE.fullmatch(lines[0])
    if found is None or len(lines) > 1:
        raise CheckpointError("a checkpoint's word on the audit trail is ombord-audit SEQUENCE HASH, once")
    return Anchor(int(found[1]), found[2])
