"""The audit trail's head in a checkpoint's extension line: what the log's key signs holds that fast too.

    audit SEQUENCE HASH

The number of the newest event when the checkpoint was made, and the trail's SHA-256 after it in base64, as
the root above it has it: each byte of a checkpoint is in every receipt. Monitors of logs pass over the line
(C2SP tlog-checkpoint: extensions); the authority's auditor asks for it.
"""

import re
from base64 import b64decode, b64encode
from typing import Final, NamedTuple

from keys.transparency.checkpoint import Checkpoint, CheckpointError

_LINE: Final = re.compile(r"audit (0|[1-9][0-9]{0,18}) ([A-Za-z0-9+/]{43}=)", re.ASCII)
_WORD: Final = "audit"


class Anchor(NamedTuple):
    """Up to which event the audit trail went, and its head then."""

    sequence: int
    head: str  # 64 digits of hexadecimal

    @property
    def line(self) -> str:
        """The extension line."""
        return f"{_WORD} {self.sequence} {b64encode(bytes.fromhex(self.head)).decode('ascii')}"


def anchor_of(checkpoint: Checkpoint) -> Anchor | None:
    """What a checkpoint says of the audit trail, if it does. Raises CheckpointError for half a word of it."""
    lines = [line for line in checkpoint.extensions if line.split(" ")[0] == _WORD]
    if not lines:
        return None
    found = _LINE.fullmatch(lines[0])
    if found is None or len(lines) > 1:
        raise CheckpointError("a checkpoint's word on the audit trail is audit SEQUENCE HASH, once")
    anchor = Anchor(int(found[1]), b64decode(found[2]).hex())
    if anchor.line != lines[0]:
        raise CheckpointError("the hash in a checkpoint's word on the audit trail is not in its one spelling")
    return anchor
