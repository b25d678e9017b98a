"""A muster (kind 3): several credentials of one seafarer as one solid stream, with one proof over the first.

What they repeat (names, authority, the holder's key) is carried once. The proof is by the key of the first:
the others count as held by the same phone only where they are bound to the same key, which is the
decision's to say. The format is in docs/credential-format.md.
"""

from collections.abc import Sequence
from typing import Final

from keys.algorithms import SIGNATURE_BYTES
from keys.encoding import b64url_encode
from keys.jws import MalformedJws
from verifier.credential import carrier, presentation, sd_jwt
from verifier.credential.carrier import Carried, MalformedCarrier
from verifier.credential.restoring import LiftingError, Restored, restore_all
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
        raise MalformedCarrier(f"{len(others) + 1} credentials; a muster holds {MAX_CREDENTIALS}")
    parsed = [_parsed(text) for text in (presented, *others)]
    if parsed[0].key_binding is None or any(one.key_binding is not None for one in parsed[1:]):
        raise MalformedCarrier("the first of a muster has a holder proof, and no other has one")
    _check(parsed)
    proof = carrier.pack_proof(parsed[0], presented)
    text, lifted = lift_all([carrier.parts_of(one.jws, one.disclosures) for one in parsed])
    if len(text) > MAX_BYTES:
        raise MalformedCarrier(f"a muster with more than {MAX_BYTES} bytes of text")
    head = bytes((KIND, carrier.DICTIONARY)) + proof + bytes((len(parsed),))
    signatures = b"".join([one.jws.signature for one in parsed])
    forms = bytes([len(one.disclosures) for one in parsed])
    length = len(lifted).to_bytes(_LENGTH_SIZE, "big")
    wire = b"".join((head, signatures, forms, length, lifted, carrier.deflate(text)))
    if len(wire) > MAX_BYTES:
        raise MalformedCarrier(f"a muster of {len(wire)} bytes; at most {MAX_BYTES} are read")
    return wire


def read(wire: bytes) -> tuple[Carried, ...]:
    """What `wire`, of kind 1, 2 or 3, carries: each credential taken apart, the proof with the first.

    Raises MalformedCarrier, and MalformedJws for what is no SD-JWT.
    """
    if wire[:1] != bytes((KIND,)):
        return (carrier.read(wire),)
    if len(wire) > MAX_BYTES:
        raise MalformedCarrier(f"a muster of {len(wire)} bytes; at most {MAX_BYTES} are read")
    proof = carrier.read_proof(wire)
    count = wire[_COUNT_AT]
    forms_at = _COUNT_AT + 1 + count * SIGNATURE_BYTES
    lifted_at = forms_at + count + _LENGTH_SIZE
    deflated_at = lifted_at + int.from_bytes(wire[forms_at + count : lifted_at], "big")
    if not 1 <= count <= MAX_CREDENTIALS or len(wire) <= deflated_at:
        raise MalformedCarrier("a muster of no credentials, of too many, or cut short")
    forms = wire[forms_at : forms_at + count]
    text = carrier.inflate(wire[deflated_at:], wire[1], MAX_BYTES)
    try:
        tokens = restore_all(text, wire[lifted_at:deflated_at], [2 + form for form in forms])
    except LiftingError as error:
        raise MalformedCarrier(f"lifted values that cannot be put back: {error}") from None
    starts = range(_COUNT_AT + 1, forms_at, SIGNATURE_BYTES)
    found = [_carried(one, wire[at : at + SIGNATURE_BYTES]) for one, at in zip(tokens, starts, strict=True)]
    _check([one.sd_jwt for one in found])
    return found[0]._replace(proof=proof), *found[1:]


def unpack(wire: bytes) -> list[str]:
    """The tokens in `wire`, of kind 1, 2 or 3, byte for byte as they were packed. Raises MalformedCarrier."""
    if wire[:1] != bytes((KIND,)):
        return [carrier.unpack(wire)]
    try:
        first, *others = read(wire)
    except MalformedJws as error:
        raise MalformedCarrier(f"a muster with something else than SD-JWTs: {error}") from None
    assert first.proof is not None  # noqa: S101 # `read` has put it there
    return [presentation.rebuild(first.sd_jwt.text, first.proof), *(one.sd_jwt.text for one in others)]


def _parsed(text: str) -> SdJwt:
    try:
        return sd_jwt.parse(text)
    except MalformedJws as error:
        raise MalformedCarrier(f"a muster holds SD-JWTs alone: {error}") from None


def _carried(token: Restored, signature: bytes) -> Carried:
    header, payload, *disclosures = token.parts
    if b"" in disclosures:
        raise MalformedCarrier("an empty disclosure")
    parsed = sd_jwt.from_parts(header, payload, signature, tuple(map(b64url_encode, disclosures)))
    return Carried(parsed, None, token.key)


def _check(credentials: Sequence[SdJwt]) -> None:
    """Each of them short enough, all together, and none of them twice."""
    lengths = [len(one.text) for one in credentials]
    if max(lengths) > carrier.MAX_CHARACTERS or sum(lengths) > MAX_BYTES:
        raise MalformedCarrier(
            f"a credential over {carrier.MAX_CHARACTERS} characters, or a muster over {MAX_BYTES}"
        )
    if len({one.text for one in credentials}) != len(credentials):
        raise MalformedCarrier("one credential twice")
