"""Whether a log only grew between two of its checkpoints; and the file that such a proof travels in.

The file has a line for each hash, in base64, as C2SP's tlog-proof and tlog-witness write a proof's hashes.
"""

import binascii
from collections.abc import Sequence
from typing import Final

from keys.transparency.checkpoint import Checkpoint
from keys.transparency.merkle import HASH_BYTES, MAX_PROOF, ProofError, verify_consistency

MAX_FILE: Final = MAX_PROOF * 45


def check(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> None:
    """Return if `new` has all entries of `old`, in their places. Raises ProofError."""
    if old.origin != new.origin:
        raise ProofError(f"checkpoints of two logs: {old.origin} and {new.origin}")
    verify_consistency(old=old.size, old_root=old.root, new=new.size, new_root=new.root, proof=proof)


def to_text(proof: Sequence[bytes]) -> str:
    """A line for each hash."""
    return "".join(binascii.b2a_base64(one).decode("ascii") for one in proof)


def from_text(data: bytes) -> tuple[bytes, ...]:
    """Read what `to_text` wrote, byte for byte. Raises ProofError."""
    if len(data) > MAX_FILE:
        raise ProofError(f"a proof of {len(data)} bytes; at most {MAX_FILE} are read")
    try:
        proof = tuple(binascii.a2b_base64(line, strict_mode=True) for line in data.split(b"\n")[:-1])
    except binascii.Error:
        raise ProofError("a line of the proof is not base64") from None
    if any(len(one) != HASH_BYTES for one in proof) or to_text(proof).encode() != data:
        raise ProofError(f"a proof is lines of base64, each a hash of {HASH_BYTES} bytes")
    return proof
