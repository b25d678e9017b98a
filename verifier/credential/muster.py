"""A muster (kind 3): several credentials of one seafarer as one solid stream, with one proof over the first.

What they repeat (names, authority, the holder's key) is carried once. The proof is by the key of the first:
the others count as held by the same phone only where they are bound to the same key, which is the
decision's to say. The format is in docs/credential-format.md.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from keys.algorithms import SIGNATURE_BYTES
from keys.encoding import b64url_encode
from keys.jwk import PublicKey
from keys.jws import MalformedJws
from verifier.credential import carrier, presentation, sd_jwt
from verifier.credential.carrier import Carried, MalformedCarrier
from verifier.credential.presentation import HolderProof
from verifier.credential.restoring import LiftingError, restore_all
from verifier.credential.sd_jwt import SdJwt

KIND: Final = 3
MAX_CREDENTIALS: Final = 64
MAX_BYTES: Final = 80_000  # of the wire, of the text inside it, and characters of all credentials together

_COUNT_AT: Final = 2 + carrier.PROOF_SIZE
_LENGTH_SIZE: Final = 3


def pack(presented: str, others: Sequence[str]) -> bytes:
    """The wire of a presentation, as `presentation.make` writes it, and of more SD-JWTs without a proof.

    Raises MalformedCarrier for anything else, for one credential twice, and for more than 64 of them or
    80,000 characters.
    """
    from verifier.credential.lifting import (
        lift_all,
    )  # its patterns take 2 ms to compile, and readers need none

    if len(others) >= MAX_CREDENTIALS:
        raise MalformedCarrier("{} credentials; a muster holds {}", len(others) + 1, MAX_CREDENTIALS)
    parsed = [_parsed(text) for text in (presented, *others)]
    if parsed[0].key_binding is None or any(one.key_binding is not None for one in parsed[1:]):
        raise MalformedCarrier("the first of a muster has a holder proof, and no other has one")
    _check([one.text for one in parsed])
    proof = carrier.pack_proof(parsed[0], presented)
    text, lifted = lift_all([carrier.parts_of(one.jws, one.disclosures) for one in parsed])
    if len(text) > MAX_BYTES:
        raise MalformedCarrier("a muster with more than {} bytes of text", MAX_BYTES)
    head = bytes((KIND, carrier.DICTIONARY)) + proof + bytes((len(parsed),))
    signatures = b"".join([one.jws.signature for one in parsed])
    forms = bytes([len(one.disclosures) for one in parsed])
    length = len(lifted).to_bytes(_LENGTH_SIZE, "big")
    wire = b"".join((head, signatures, forms, length, lifted, carrier.deflate(text)))
    if len(wire) > MAX_BYTES:
        raise MalformedCarrier("a muster of {} bytes; at most {} are read", len(wire), MAX_BYTES)
    return wire


def read(wire: bytes) -> tuple[Carried, ...]:
    """What `wire`, of kind 1, 2 or 3, carries: each credential taken apart, the proof with the first.

    Raises MalformedCarrier, and MalformedJws for what is no SD-JWT.
    """
    if wire[:1] != bytes((KIND,)):
        return (carrier.read(wire),)
    proof, tokens = _unpack(wire)
    found = [Carried(sd_jwt.from_parts(*one.issued, one.disclosures), None, one.key) for one in tokens]
    _check([one.sd_jwt.text for one in found])
    return found[0]._replace(proof=proof), *found[1:]


def unpack(wire: bytes) -> list[str]:
    """The tokens in `wire`, of kind 1, 2 or 3, byte for byte as they were packed. Raises MalformedCarrier."""
    if wire[:1] != bytes((KIND,)):
        return [carrier.unpack(wire)]
    proof, tokens = _unpack(wire)
    texts = ["~".join((".".join(map(b64url_encode, one.issued)), *one.disclosures, "")) for one in tokens]
    _check(texts)
    return [presentation.rebuild(texts[0], proof), *texts[1:]]


class _Token(NamedTuple):
    """One credential of a muster: header, payload and signature, decoded, and what is beside them."""

    issued: tuple[bytes, bytes, bytes]
    disclosures: tuple[str, ...]
    key: PublicKey | None


def _unpack(wire: bytes) -> tuple[HolderProof, list[_Token]]:
    if len(wire) > MAX_BYTES:
        raise MalformedCarrier("a muster of {} bytes; at most {} are read", len(wire), MAX_BYTES)
    proof = carrier.read_proof(wire)
    count = wire[_COUNT_AT]
    forms_at = _COUNT_AT + 1 + count * SIGNATURE_BYTES
    lifted_at = forms_at + count + _LENGTH_SIZE
    deflated_at = lifted_at + int.from_bytes(wire[forms_at + count : lifted_at], "big")
    if not 1 <= count <= MAX_CREDENTIALS or len(wire) <= deflated_at:
        raise MalformedCarrier("a muster of no credentials, of too many, or cut short")
    text = carrier.inflate(wire[deflated_at:], wire[1], MAX_BYTES)
    sizes = [2 + disclosures for disclosures in wire[forms_at : forms_at + count]]
    try:
        tokens = restore_all(text, wire[lifted_at:deflated_at], sizes)
    except LiftingError as error:
        raise MalformedCarrier("lifted values that cannot be put back: {}", error) from None
    starts = range(_COUNT_AT + 1, forms_at, SIGNATURE_BYTES)
    return proof, [
        _token(*one, wire[at : at + SIGNATURE_BYTES]) for one, at in zip(tokens, starts, strict=True)
    ]


def _token(parts: list[bytes], key: PublicKey | None, signature: bytes) -> _Token:
    header, payload, *disclosures = parts
    if b"" in disclosures:
        raise MalformedCarrier("an empty disclosure")
    return _Token((header, payload, signature), tuple(map(b64url_encode, disclosures)), key)


def _parsed(text: str) -> SdJwt:
    try:
        return sd_jwt.parse(text)
    except MalformedJws as error:
        raise MalformedCarrier("a muster holds SD-JWTs alone: {}", error) from None


def _check(texts: Sequence[str]) -> None:
    """Each of them short enough, all together, and none of them twice."""
    lengths = [len(text) for text in texts]
    if max(lengths) > carrier.MAX_CHARACTERS or sum(lengths) > MAX_BYTES:
        raise MalformedCarrier(
            "a credential over {} characters, or a muster over {}", carrier.MAX_CHARACTERS, MAX_BYTES
        )
    if len(set(texts)) != len(texts):
        raise MalformedCarrier("one credential twice")
