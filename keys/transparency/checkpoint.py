"""A log's signed word on how large it is and what it holds: a checkpoint (C2SP tlog-checkpoint, signed-note).

    ORIGIN, the number of entries, the root's hash in base64, perhaps more lines; an empty line;
    "— " NAME " " base64(key id || signature), a line for each who signed

Everything here is text that `parse` reads strictly, and that says nothing before `verify`.
"""

import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from keys.algorithms import Algorithm, SignatureMismatch
from keys.encoding import b64url_decode
from keys.jwk import PublicKey
from keys.signer import Signer
from keys.transparency.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE

MAX_NOTE: Final = 200_000  # bytes: 16 signatures of the largest kind, post-quantum ones, and some more
MAX_SIGNATURES: Final = 64  # signed-note: at least 16 must be read
ED25519: Final = b"\x01"  # signed-note § Signature types
KEY_ID_BYTES: Final = 4
_KEY_BYTES: Final = 32
_SIZE: Final = re.compile("0|[1-9][0-9]{0,18}", re.ASCII)
_DASH: Final = "— "


class CheckpointError(ValueError):
    """Text that is no checkpoint or no log's key, or that cannot be made one; says which rule it breaks."""


class UnknownSigner(CheckpointError):
    """None of the keys that are known here has signed it: nothing can be said about it."""


class ForgedSignature(CheckpointError):
    """It bears the name of a known key, whose signature it is not."""


class LogKey(NamedTuple):
    """A public key of a log (or of a witness), and the name that it signs under: a log's origin."""

    name: str
    key: PublicKey

    @property
    def key_id(self) -> bytes:
        """What tells this key from others in a signature line (signed-note § Signatures)."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self._raw).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """`name+key id+key`, as golang.org/x/mod/sumdb/note writes a verifier's key."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(ED25519 + self._raw)}"

    @property
    def _raw(self) -> bytes:
        if self.key.algorithm is not Algorithm.ED25519:
            raise CheckpointError("checkpoints are signed with Ed25519 keys alone")
        return b64url_decode(str(self.key.to_jwk()["x"]))

    @classmethod
    def from_text(cls, text: str) -> "LogKey":
        """Read what `text` wrote. Raises CheckpointError."""
        parts = text.split("+", 2)
        if len(parts) != 3 or not _is_name(parts[0]):
            raise CheckpointError(
                "a log's key is written NAME+KEY ID+KEY, such as log.example/1+1234abcd+AQ…"
            )
        data = _unbase64(parts[2], "the log's key")
        if len(data) != 1 + _KEY_BYTES or data[:1] != ED25519:
            raise CheckpointError("the log's key is no Ed25519 key")
        key = cls(parts[0], PublicKey(Algorithm.ED25519, data[1:]))
        if key.key_id.hex() != parts[1]:
            raise CheckpointError(
                "the log's key and its key id do not belong together: part of it is changed"
            )
        return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How large a log is, and its root hash then. Raises CheckpointError for what cannot be written down."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()  # lines that no log's monitor can check

    def __post_init__(self) -> None:
        """Hold the rules of tlog-checkpoint § Note text."""
        if any(not line or _controls(line) for line in (self.origin, *self.extensions)):
            raise CheckpointError("an empty line, or one with control characters, in a checkpoint")
        if not 0 <= self.size <= MAX_SIZE:
            raise CheckpointError(f"a log of {self.size} entries")
        if len(self.root) != HASH_BYTES or (self.size == 0 and self.root != EMPTY_ROOT):
            raise CheckpointError(f"the root hash is none of a log of {self.size} entries")

    @property
    def text(self) -> str:
        """The lines that are signed, each with its end."""
        return "\n".join((self.origin, str(self.size), _base64(self.root), *self.extensions, ""))


class NoteSignature(NamedTuple):
    """A line below a checkpoint: who says to have signed it."""

    name: str
    key_id: bytes
    signature: bytes


class UnverifiedCheckpoint(NamedTuple):
    """A checkpoint as read. Nothing in it may be believed before `verify`."""

    checkpoint: Checkpoint
    signatures: tuple[NoteSignature, ...]


def origin_of(issuer: str) -> str:
    """The name of an authority's log, for ever: its address without the scheme, then `/log`."""
    return f"{issuer.partition('://')[2]}/log"


def sign(checkpoint: Checkpoint, signer: Signer) -> str:
    """The signed note of a log's own key, whose name is the origin. Raises CheckpointError."""
    key = LogKey(checkpoint.origin, signer.public_key)
    if not _is_name(key.name):
        raise CheckpointError(f"{key.name} cannot name a key: it has a space or a plus")
    line = _base64(key.key_id + signer.sign(checkpoint.text.encode()))
    return f"{checkpoint.text}\n{_DASH}{key.name} {line}\n"


def from_text(text: str) -> Checkpoint:
    """The checkpoint of the lines that `Checkpoint.text` wrote, unsigned. Raises CheckpointError."""
    if len(text) > MAX_NOTE:
        raise CheckpointError(f"a checkpoint of {len(text)} characters; at most {MAX_NOTE} are read")
    checkpoint = _checkpoint(text.removesuffix("\n").split("\n"))
    if checkpoint.text != text:
        raise CheckpointError("a checkpoint's last line does not end")
    return checkpoint


def parse(note: bytes) -> UnverifiedCheckpoint:
    """Read a signed note whose text is a checkpoint, each line well formed. Raises CheckpointError."""
    if len(note) > MAX_NOTE:
        raise CheckpointError(f"a checkpoint of {len(note)} bytes; at most {MAX_NOTE} are read")
    try:
        text = note.decode()
    except UnicodeDecodeError:
        raise CheckpointError("the checkpoint is not UTF-8") from None
    if _controls(text.replace("\n", "")):
        raise CheckpointError("the checkpoint has control characters")
    body, empty, signed = text.rpartition("\n\n")
    if not empty or not signed.endswith("\n"):
        raise CheckpointError("a checkpoint is lines of text, an empty line, and signature lines")
    lines = signed[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise CheckpointError(f"{len(lines)} signature lines; at most {MAX_SIGNATURES} are read")
    return UnverifiedCheckpoint(_checkpoint(body.split("\n")), tuple(map(_signature, lines)))


def verify(note: bytes, known: Iterable[LogKey], *, origin: str) -> Checkpoint:
    """The checkpoint of the log called `origin`, if a `known` key of that name has signed it.

    A witness alone does not make it the log's. Signatures of unknown keys are passed over, as signed-note
    demands; one in a known key's name that is not its own voids the whole. Raises CheckpointError,
    UnknownSigner or ForgedSignature.
    """
    keys = {(key.name, key.key_id): key.key for key in known}
    checkpoint, signatures = parse(note)
    if checkpoint.origin != origin:
        raise UnknownSigner(f"a checkpoint of the log {checkpoint.origin}, not of {origin}")
    good = 0
    for one in signatures:
        key = keys.get((one.name, one.key_id))
        if key is None:
            continue
        try:
            key.verify(checkpoint.text.encode(), one.signature)
        except SignatureMismatch:
            raise ForgedSignature(f"the signature in the name of {one.name} is not that key's") from None
        good += one.name == origin
    if not good:
        raise UnknownSigner("no key of the log that is known here has signed the checkpoint")
    return checkpoint


def _checkpoint(lines: list[str]) -> Checkpoint:
    if len(lines) < 3 or not _SIZE.fullmatch(lines[1]):
        raise CheckpointError("a checkpoint's lines are: the log's name, its size in digits, its root hash")
    return Checkpoint(lines[0], int(lines[1]), _unbase64(lines[2], "the root hash"), tuple(lines[3:]))


def _signature(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not _is_name(name):
        raise CheckpointError("a signature line is a dash, a name and a signature, with a space between each")
    data = _unbase64(encoded, f"the signature of {name}")
    if len(data) <= KEY_ID_BYTES:
        raise CheckpointError(f"the signature of {name} is too short")
    return NoteSignature(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


def _is_name(text: str) -> bool:
    return bool(text) and "+" not in text and not any(map(str.isspace, text)) and not _controls(text)


def _controls(text: str) -> bool:
    return any(character < " " for character in text)


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def _unbase64(text: str, what: str) -> bytes:
    """Padded base64 in its one spelling (RFC 4648 § 4). Raises CheckpointError."""
    try:
        data = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        raise CheckpointError(f"{what} is not base64") from None
    if _base64(data) != text:
        raise CheckpointError(f"{what} is not base64 in its one spelling")
    return data
