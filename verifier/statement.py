"""What a status key signs for ships: the number of a list, its time, and the hashes of two states.

One signature per publication serves every encoding, since what is signed is a hash of the raw states: a
snapshot, and a delta from whichever earlier number. The bytes: docs/sea-pack-format.md, section 2.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from keys.encoding import Json, b64url_decode, b64url_encode, json_dumps
from keys.jwk import PublicKey
from keys.signer import Signer
from keys.trust.list_header import MAX_NUMBER
from keys.trust.record import Record, unix
from verifier.rice import MAX_SIZE

CONTEXT: Final = b"ombord-status-1\n"
BITS: Final = 2
BEFORE_BYTES: Final = 16  # of the SHA-256 of the states before
NO_STATES: Final = bytes(BEFORE_BYTES)  # what number 1 has before it
EPOCH: Final = 1_577_836_800  # 2020-01-01T00:00:00Z, from which the wire counts
DAY: Final = 86_400

_END_OF_TIME: Final = 7_258_118_400  # 2200-01-01T00:00:00Z
_LAST: Final = EPOCH + (1 << 32)  # four bytes of seconds end in 2156
_URI: Final = re.compile(r"https?://[!#-;=?-\[\]_a-z~]{1,990}")  # ASCII of RFC 3986, with nothing to escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A signed publication of a status list. Whether the signature holds is for `verifier.ship_status`."""

    uri: str
    number: int  # 1 to 2^31 - 1, each one more than the last
    iat: datetime
    exp: datetime | None
    size: int  # entries
    before: bytes  # first 16 bytes of the SHA-256 of the raw states of the number before; zeros for number 1
    after: bytes  # SHA-256 of the raw states
    key_hint: int  # first byte of the JWK thumbprint of the key that signed
    signature: bytes

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        claims: dict[str, Json] = {
            "uri": self.uri,
            "number": self.number,
            "iat": unix(self.iat),
            "exp": None if self.exp is None else unix(self.exp),
            "bits": BITS,
            "size": self.size,
            "before": b64url_encode(self.before),
            "after": b64url_encode(self.after),
        }
        return CONTEXT + json_dumps(claims)


def sign(
    states: bytes,
    *,
    uri: str,
    number: int,
    iat: datetime,
    exp: datetime | None,
    before: bytes | None,
    signer: Signer,
) -> Statement:
    """Sign the raw array of a list, two bits an entry. Raises ValueError for what no ship could read.

    `before` is the raw array of `number` - 1, None for number 1. `iat` and `exp` are whole seconds, and `exp`
    is whole days after `iat`.
    """
    if (before is None) != (number == 1):
        raise ValueError(f"number {number}: the states before belong to every number but the first")
    unsigned = Statement(
        uri=uri,
        number=number,
        iat=iat,
        exp=exp,
        size=len(states) * 4,
        before=NO_STATES if before is None else before_hash(before),
        after=sha256(states).digest(),
        key_hint=key_hint(signer.public_key),
        signature=b"",
    )
    problem = objection(unsigned)
    if problem is not None:
        raise ValueError(f"status list {uri}: {problem}")
    return replace(unsigned, signature=signer.sign(unsigned.message))


def before_hash(states: bytes) -> bytes:
    """How a statement names the states before its own."""
    return sha256(states).digest()[:BEFORE_BYTES]


def key_hint(key: PublicKey) -> int:
    """The byte by which a statement says which of the authority's keys has signed (RFC 7638)."""
    return b64url_decode(key.thumbprint())[0]


def objection(statement: Statement) -> str | None:
    """Why a statement is none that may be signed or read, or None."""
    iat, exp = statement.iat.timestamp(), None if statement.exp is None else statement.exp.timestamp()
    if _URI.fullmatch(statement.uri) is None:
        return "its address is not a plain web address"
    if not 1 <= statement.number <= MAX_NUMBER:
        return f"its number {statement.number} is not within 1 and {MAX_NUMBER}"
    if not 0 < statement.size <= MAX_SIZE or statement.size % 8:
        return f"it has {statement.size} entries; a multiple of 8 up to {MAX_SIZE} is needed"
    if iat != int(iat) or not EPOCH <= iat < _LAST:
        return "its time is not whole seconds within 2020 and 2155"
    if exp is not None and (not iat < exp < _END_OF_TIME or (exp - iat) % DAY):
        return "it expires not whole days after it was signed, or after 2199"
    if (statement.number == 1) != (statement.before == NO_STATES):
        return "the first number, and no other, has no states before it"
    return None


# What a device keeps


def to_json(statement: Statement) -> dict[str, Json]:
    """A statement as the state on disk keeps it."""
    return {
        "uri": statement.uri,
        "number": statement.number,
        "iat": unix(statement.iat),
        "exp": None if statement.exp is None else unix(statement.exp),
        "size": statement.size,
        "before": b64url_encode(statement.before),
        "after": b64url_encode(statement.after),
        "key_hint": statement.key_hint,
        "signature": b64url_encode(statement.signature),
    }


def from_json(record: Record) -> Statement:
    """Read what `to_json` wrote; raises RecordError or EncodingError."""
    return Statement(
        uri=record.text("uri"),
        number=record.number("number", 1, MAX_NUMBER),
        iat=record.instant("iat"),
        exp=None if record.members().get("exp") is None else record.instant("exp"),
        size=record.number("size", 8, MAX_SIZE),
        before=b64url_decode(record.text("before")),
        after=b64url_decode(record.text("after")),
        key_hint=record.number("key_hint", 0, 255),
        signature=b64url_decode(record.text("signature")),
    )
