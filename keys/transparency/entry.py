"""What the log says of a signed credential, and the receipt with which its holder shows that it is logged.

    entry = SHA-256(salt, 16 bytes || JWS signing input), 32 bytes; its leaf hash is SHA-256(0x00 || entry)

The salt has one length, so that no two pairs of salt and text have the same bytes. It is 128 bits drawn for
this entry alone: without it the entry says nothing about any text, also to whoever can guess the text.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from keys.encoding import EncodingError, Json, b64url_decode, b64url_encode, json_dumps, json_object
from keys.transparency.checkpoint import Checkpoint, CheckpointError, LogKey, parse, verify
from keys.transparency.merkle import (
    HASH_BYTES,
    MAX_PROOF,
    MAX_SIZE,
    ProofError,
    leaf_hash,
    verify_inclusion,
)

SALT_BYTES: Final = 16
FORMAT: Final = "ombord-log-receipt"
VERSION: Final = 1
MAX_RECEIPT: Final = 32_768  # bytes
_MEMBERS: Final = {"format", "version", "index", "salt", "proof", "checkpoint"}


class ReceiptError(ValueError):
    """Bytes that are no receipt, or a receipt that shows nothing; says why."""


def entry(salt: bytes, signing_input: bytes) -> bytes:
    """What is logged of a signed text: `header.payload` of its JWS (RFC 7515 § 5.1). Raises ReceiptError."""
    if len(salt) != SALT_BYTES:
        raise ReceiptError(f"a salt of {len(salt)} bytes; {SALT_BYTES} are needed")
    return sha256(salt + signing_input).digest()


def leaf(salt: bytes, signing_input: bytes) -> bytes:
    """Its leaf hash in the log's tree. Raises ReceiptError."""
    return leaf_hash(entry(salt, signing_input))


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a credential stands in the log, and the proof that it does. What the wallet keeps."""

    index: int
    salt: bytes
    proof: tuple[bytes, ...]  # inclusion, from the leaf up
    checkpoint: str  # the signed note

    def to_json(self) -> bytes:
        """Compact JSON in its one spelling."""
        members: dict[str, Json] = {
            "format": FORMAT,
            "version": VERSION,
            "index": self.index,
            "salt": b64url_encode(self.salt),
            "proof": b64url_encode(b"".join(self.proof)),
            "checkpoint": self.checkpoint,
        }
        return json_dumps(members)

    @classmethod
    def from_json(cls, data: bytes) -> "Receipt":
        """Read what `to_json` wrote, byte for byte. Raises ReceiptError."""
        try:
            receipt = cls._read(json_object(data, max_size=MAX_RECEIPT, max_depth=1))
            parse(receipt.checkpoint.encode())
        except (EncodingError, CheckpointError) as error:
            raise ReceiptError(str(error)) from error
        if receipt.to_json() != data:
            raise ReceiptError("a receipt that is not written in its one spelling")
        return receipt

    @classmethod
    def _read(cls, members: dict[str, Json]) -> "Receipt":
        if members.keys() != _MEMBERS or members["format"] != FORMAT or members["version"] != VERSION:
            raise ReceiptError("no receipt of a version that is known here")
        index, note = members["index"], members["checkpoint"]
        if type(index) is not int or not 0 <= index < MAX_SIZE or not isinstance(note, str):
            raise ReceiptError("a receipt's index is a number, and its checkpoint text")
        salt, proof = _bytes(members["salt"]), _bytes(members["proof"])
        if len(salt) != SALT_BYTES or len(proof) % HASH_BYTES or len(proof) > MAX_PROOF * HASH_BYTES:
            raise ReceiptError(f"a receipt has a salt of {SALT_BYTES} bytes, and hashes of {HASH_BYTES} each")
        hashes = tuple(proof[at : at + HASH_BYTES] for at in range(0, len(proof), HASH_BYTES))
        return cls(index, salt, hashes, note)


def check(receipt: Receipt, signing_input: bytes, key: LogKey) -> Checkpoint:
    """The checkpoint of the log under whose root this signed text stands. Raises ReceiptError."""
    try:
        checkpoint = verify(receipt.checkpoint.encode(), [key], origin=key.name)
        verify_inclusion(
            leaf(receipt.salt, signing_input),
            index=receipt.index,
            size=checkpoint.size,
            root=checkpoint.root,
            proof=receipt.proof,
        )
    except (CheckpointError, ProofError) as error:
        raise ReceiptError(str(error)) from error
    return checkpoint


def _bytes(value: Json) -> bytes:
    if not isinstance(value, str):
        raise ReceiptError("a receipt's salt and proof are base64url")
    return b64url_decode(value)
