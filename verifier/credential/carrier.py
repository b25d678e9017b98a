"""A signed credential as QR text and back, losslessly: the token that was signed, in a fraction of its size.

    QR text  =  "OB1:" base45(wire)
    wire     =  kind (1 byte), dictionary (1 byte), body

Kind 1 carries a compact JWS or an SD-JWT, kind 2 an SD-JWT with its holder's proof. Of several credentials
(kind 3) `muster` is the packer, of moving frames (kind 4) `frames`. docs/credential-format.md describes all
of them so that a second decoder can be written.
"""

import zlib
from functools import cache
from typing import Final, NamedTuple

from keys import jws
from keys.algorithms import SIGNATURE_BYTES
from keys.encoding import EncodingError, b64url_decode, b64url_encode
from keys.jwk import PublicKey
from keys.jws import MalformedJws, UnverifiedJws
from keys.said import Reasoned
from verifier.credential import base45, dictionary, presentation, sd_jwt
from verifier.credential.presentation import Audience, HolderProof, HolderProofError
from verifier.credential.restoring import LiftingError, restore
from verifier.credential.sd_jwt import SdJwt

PREFIX: Final = "OB1:"
DICTIONARY: Final = 1  # what this version packs with

KIND_CREDENTIAL: Final = 1
KIND_PRESENTATION: Final = 2
_NOT_ONE: Final = {
    3: "kind 3 holds several credentials, which are read together",
    4: "kind 4 is one of many moving frames: keep the camera on the code",
}

MAX_CHARACTERS: Final = 20_000
_MAX_INFLATED: Final = 20_000  # the text of such a token is three quarters of it; lifting never lengthens it
_MAX_WIRE: Final = 20_000
_MAX_QR_TEXT: Final = len(PREFIX) + (80_000 * 3 + 1) // 2  # of a muster, the largest of all

_AUDIENCES: Final = (Audience.TIME, Audience.CHALLENGE)
PROOF_SIZE: Final = 1 + 4 + presentation.NONCE_BYTES + SIGNATURE_BYTES


class MalformedCarrier(Reasoned):
    """Not the carrier of any credential, or a token that the carrier does not carry; says why."""


class UnknownKind(MalformedCarrier):
    """A wire of a kind that this version does not read."""


class NotOneCredential(MalformedCarrier):
    """A wire of a kind that is known, and that holds several credentials or a part of something."""


class UnknownDictionary(MalformedCarrier):
    """A wire made with a dictionary that this version does not have."""


def to_qr_text(wire: bytes) -> str:
    """The text that a QR code holds, all in its alphanumeric alphabet."""
    return PREFIX + base45.encode(wire)


def from_qr_text(text: str) -> bytes:
    """The wire of QR text. Raises MalformedCarrier; never strips, since a space is a digit."""
    if not text.startswith(PREFIX):
        raise MalformedCarrier('the text does not start with "{}"', PREFIX)
    if len(text) > _MAX_QR_TEXT:
        raise MalformedCarrier("QR text of {} characters; at most {} are read", len(text), _MAX_QR_TEXT)
    try:
        return base45.decode(text[len(PREFIX) :])
    except base45.Base45Error as error:
        raise MalformedCarrier("{}", error) from None


def pack(text: str) -> bytes:
    """The wire of a compact JWS, an SD-JWT or a presentation as `presentation.make` writes it.

    Raises MalformedCarrier for anything else, and for more than 20,000 characters.
    """
    try:
        if "~" not in text:
            token = jws.parse(text, max_size=MAX_CHARACTERS)
            return _bounded(bytes((KIND_CREDENTIAL, DICTIONARY)) + _pack_body(token, None))
        parsed = sd_jwt.parse(text)
    except MalformedJws as error:
        raise MalformedCarrier("only a compact JWS or an SD-JWT is carried: {}", error) from None
    if len(parsed.text) > MAX_CHARACTERS:
        raise MalformedCarrier("a credential over {} characters is not carried", MAX_CHARACTERS)
    head = bytes((KIND_CREDENTIAL, DICTIONARY))
    if parsed.key_binding is not None:
        head = bytes((KIND_PRESENTATION, DICTIONARY)) + pack_proof(parsed, text)
    return _bounded(head + _pack_body(parsed.jws, parsed.disclosures))


class Carried(NamedTuple):
    """An SD-JWT as it was signed and, of a presentation, the holder's proof over it.

    `key` is the last key that the wire has as a point: the holder's, if its claims say so.
    """

    sd_jwt: SdJwt
    proof: HolderProof | None
    key: PublicKey | None


def unpack(wire: bytes) -> str:
    """The token in `wire`, byte for byte as it was packed. Raises MalformedCarrier."""
    proof, body = _unpack(wire)
    text = _text(body)
    return text if proof is None else presentation.rebuild(text, proof)


def read(wire: bytes) -> Carried:
    """What `wire` carries, taken apart: who judges it here need not spell and read its text first.

    Raises MalformedCarrier, and MalformedJws for what is no SD-JWT.
    """
    proof, body = _unpack(wire)
    if not body.form:
        raise MalformedJws("a plain JWS, which is no SD-JWT")
    header, payload, *rest = body.parts
    carried = sd_jwt.from_parts(header, payload, body.signature, tuple(map(b64url_encode, rest)))
    _check_length(carried.text)
    return Carried(carried, proof, body.key)


class _Body(NamedTuple):
    """Header, payload and disclosures, decoded; form 0 is a plain JWS."""

    parts: list[bytes]
    key: PublicKey | None
    signature: bytes
    form: int


def _unpack(wire: bytes) -> tuple[HolderProof | None, _Body]:
    if not 2 <= len(wire) <= _MAX_WIRE:
        raise MalformedCarrier("a wire of {} bytes", len(wire))
    kind = wire[0]
    if kind == KIND_CREDENTIAL:
        return None, _unpack_body(wire, 2)
    if kind == KIND_PRESENTATION:
        return _unpack_presentation(wire)
    if kind in _NOT_ONE:
        raise NotOneCredential(_NOT_ONE[kind])
    raise UnknownKind("kind {} is not known to this version; update the application", kind)


def _bounded(wire: bytes) -> bytes:
    if len(wire) > _MAX_WIRE:
        raise MalformedCarrier("a wire of {} bytes; at most {} are read", len(wire), _MAX_WIRE)
    return wire


def pack_proof(parsed: sd_jwt.SdJwt, text: str) -> bytes:
    """Audience, instant, nonce and signature of the proof in presentation `text`. Raises MalformedCarrier."""
    try:
        proof = presentation.read(parsed)
    except HolderProofError as error:
        raise MalformedCarrier("a holder proof that is not carried: {}", error) from None
    if presentation.rebuild(parsed.text, proof) != text:
        raise MalformedCarrier("a holder proof in another form than the one that is carried")
    audience = bytes((_AUDIENCES.index(proof.audience),))
    return audience + proof.iat.to_bytes(4, "big") + proof.nonce + proof.signature


def _unpack_presentation(wire: bytes) -> tuple[HolderProof, _Body]:
    proof = read_proof(wire)
    body = _unpack_body(wire, 2 + PROOF_SIZE)
    if not body.form:
        raise MalformedCarrier("a holder proof over a plain JWS")
    return proof, body


def read_proof(wire: bytes) -> HolderProof:
    """The proof after kind and dictionary. Raises MalformedCarrier."""
    end = 2 + PROOF_SIZE
    if len(wire) <= end or wire[2] >= len(_AUDIENCES):
        raise MalformedCarrier("a presentation that is cut short, or for an unknown audience")
    return HolderProof(int.from_bytes(wire[3:7], "big"), wire[7:15], _AUDIENCES[wire[2]], wire[15:end])


def _pack_body(token: UnverifiedJws, disclosures: tuple[str, ...] | None) -> bytes:
    """Signature, form, lifted values, deflated text; no disclosures (None) is the form of a plain JWS."""
    from verifier.credential.lifting import lift  # its patterns take 2 ms to compile, and readers need none

    form = 0 if disclosures is None else len(disclosures) + 1
    text, lifted = lift(parts_of(token, disclosures or ()))
    return b"".join((token.signature, bytes((form,)), _varint(len(lifted)), lifted, deflate(text)))


def parts_of(token: UnverifiedJws, disclosures: tuple[str, ...]) -> list[bytes]:
    """Header, payload and disclosures, decoded. Raises MalformedCarrier."""
    try:
        return [token.header_bytes, token.payload, *map(b64url_decode, disclosures)]
    except EncodingError as error:
        raise MalformedCarrier("a disclosure that is not carried: {}", error) from None


def _unpack_body(wire: bytes, start: int) -> _Body:
    form_at = start + SIGNATURE_BYTES
    lifted_size, lifted_at = _read_varint(wire, form_at + 1)
    deflated_at = lifted_at + lifted_size
    if len(wire) <= deflated_at:
        raise MalformedCarrier("a wire that is cut short")
    text = inflate(wire[deflated_at:], wire[1], _MAX_INFLATED)
    try:
        parts, key = restore(text, wire[lifted_at:deflated_at])
    except LiftingError as error:
        raise MalformedCarrier("lifted values that cannot be put back: {}", error) from None
    form = wire[form_at]
    if len(parts) != max(2, form + 1) or b"" in parts[2:]:
        raise MalformedCarrier("parts that are not those of the form: header, payload and its disclosures")
    return _Body(parts, key, wire[start:form_at], form)


def _text(body: _Body) -> str:
    header, payload, *disclosures = map(b64url_encode, body.parts)
    token = f"{header}.{payload}.{b64url_encode(body.signature)}"
    text = "~".join((token, *disclosures, "")) if body.form else token
    _check_length(text)
    return text


def _check_length(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise MalformedCarrier("a credential over {} characters", MAX_CHARACTERS)


def deflate(text: bytes) -> bytes:
    """Raw deflate (RFC 1951) with the dictionary that this version packs with."""
    compressor = _compressor().copy()
    return compressor.compress(text) + compressor.flush()


def inflate(deflated: bytes, number: int, limit: int) -> bytes:
    """At most `limit` bytes of text; the stream must end with the wire. Raises MalformedCarrier."""
    try:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS, _dictionary(number))
        text = inflater.decompress(deflated, limit)
    except zlib.error:
        raise MalformedCarrier("the deflated text is damaged") from None
    if not inflater.eof:
        raise MalformedCarrier("the deflated text is cut short or too long")
    if inflater.unused_data:
        raise MalformedCarrier("bytes after the end of the deflated text")
    return text


def _dictionary(number: int) -> bytes:
    try:
        return dictionary.load(number)
    except dictionary.UnknownDictionary as error:
        raise UnknownDictionary("{}", error) from None


@cache
def _compressor() -> "zlib._Compress":
    """A compressor that has read the dictionary, to be copied: reading it costs more than packing.

    Memory level 6 packs as tightly as 9, and its copies are small enough not to be given back to the system.
    """
    data = dictionary.load(DICTIONARY)
    return zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 6, zlib.Z_DEFAULT_STRATEGY, data)


def _varint(value: int) -> bytes:
    """One byte below 128, else two: seven low bits with the top bit set, then the rest."""
    return bytes((value,)) if value < 0x80 else bytes((value & 0x7F | 0x80, value >> 7))


def _read_varint(wire: bytes, at: int) -> tuple[int, int]:
    """The number at `at`, and where it ends."""
    if len(wire) <= at + 1:
        raise MalformedCarrier("a wire that is cut short")
    low, high = wire[at], wire[at + 1]
    if low < 0x80:
        return low, at + 1
    if high == 0:
        raise MalformedCarrier("a length in two bytes that fits in one")
    return low & 0x7F | high << 7, at + 2
