"""A credential shown with a fresh proof of its holder's key: made in the wallet, checked here."""

from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from keys import jws
from keys.algorithms import Algorithm, SignatureMismatch
from keys.encoding import EncodingError, b64url_decode, b64url_encode, json_dumps, json_object
from keys.jwk import PublicKey
from keys.jws import MalformedJws, UnverifiedJws
from keys.said import Reasoned
from keys.signer import Signer
from verifier.credential.sd_jwt import SdJwt, sd_hash

AUD_TIME: Final = "urn:ombord:on-board:time"
AUD_CHALLENGE: Final = "urn:ombord:on-board:challenge"
TYP: Final = "kb+jwt"
NONCE_BYTES: Final = 8

CHALLENGE_PREFIX: Final = "OMBORD-CHALLENGE:"  # what an inspector's QR code begins with
TYPED: Final = 6  # characters that stand in for that code
TYPED_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another one
_TYPED_NONCE: Final = bytes(NONCE_BYTES - TYPED)  # what comes before them

_ES256: Final = Algorithm.ES256  # an enum's members are slow to look up
_HEADER: Final = b64url_encode(json_dumps({"alg": Algorithm.ES256.value, "typ": TYP}))
_PAYLOAD: Final = '{"iat":%d,"aud":"%s","nonce":"%s","sd_hash":"%s"}'  # none of them needs an escape
_PARAMETERS: Final = frozenset(("alg", "typ"))
_CLAIMS: Final = frozenset(("iat", "aud", "nonce", "sd_hash"))
_MAX_CHARACTERS: Final = 1_024
_INSTANTS: Final = range(2**32)  # four bytes on the wire: until 2106


class Audience(StrEnum):
    """What the proof is fresh by: the time it was made, or an inspector's challenge."""

    TIME = AUD_TIME
    CHALLENGE = AUD_CHALLENGE


_MADE_BY: Final = {  # whether the proof says itself which credential it is for
    True: "the proof was made by another key",
    False: "the proof was made by another key, or for another credential",
}


class NoChallenge(ValueError):
    """Text that is no inspector's challenge; says why."""


class HolderProofError(Reasoned):
    """The holder proof is no good; its subclasses say how."""


class MalformedProof(HolderProofError):
    """No key-binding JWT of the one form that is accepted."""


class WrongHolder(HolderProofError):
    """A proof by another key, or for another credential."""


class HolderProof(NamedTuple):
    """What a key-binding JWT says: made at `iat` (Unix seconds), for `audience`, over the 8 bytes `nonce`."""

    iat: int
    nonce: bytes
    audience: Audience
    signature: bytes


def challenge_text(nonce: bytes) -> str:
    """What an inspector's QR code says for a challenge, all in its alphanumeric alphabet."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a challenge has {NONCE_BYTES} bytes")
    return CHALLENGE_PREFIX + nonce.hex().upper()


def typed_challenge(characters: str) -> bytes:
    """The nonce of six characters that an inspector reads out: two zero bytes and the characters.

    Small letters, spaces and hyphens do not matter. Raises NoChallenge.
    """
    typed = "".join(characters.split()).replace("-", "").upper()
    if len(typed) != TYPED:
        raise NoChallenge(f"a typed challenge has {TYPED} characters, and this has {len(typed)}")
    unknown = [one for one in typed if one not in TYPED_ALPHABET]
    if unknown:
        raise NoChallenge(f"no challenge has the character {unknown[0][:1]!r}")
    return _TYPED_NONCE + typed.encode("ascii")


def read_challenge(text: str) -> bytes:
    """The nonce of a challenge, as its QR code has it or as it was typed. Raises NoChallenge."""
    if not text.startswith(CHALLENGE_PREFIX):
        return typed_challenge(text)
    digits = text.removeprefix(CHALLENGE_PREFIX)
    try:
        nonce = bytes.fromhex(digits)
    except ValueError:
        nonce = b""
    if len(nonce) != NONCE_BYTES or nonce.hex().upper() != digits:
        raise NoChallenge(f"a challenge has {2 * NONCE_BYTES} digits from 0 to F")
    return nonce


def make(
    credential_text: str, signer: Signer, *, at: int | datetime, nonce: bytes, audience: Audience
) -> str:
    """The SD-JWT `credential_text` (ends with "~") with a key-binding JWT by `signer`, an ES256 key.

    `at` is Unix seconds or an aware instant. Raises ValueError for what no verifier would accept.
    """
    if signer.algorithm is not Algorithm.ES256:
        raise ValueError("holder proofs are signed with ES256 alone")
    if isinstance(at, datetime) and at.tzinfo is None:
        raise ValueError("the instant of a holder proof needs a time zone")
    iat = at if isinstance(at, int) else int(at.timestamp())
    if iat not in _INSTANTS or len(nonce) != NONCE_BYTES or not credential_text.endswith("~"):
        raise ValueError(f"a holder proof needs an instant until 2106, {NONCE_BYTES} bytes and an SD-JWT")
    unsigned = _signing_input(credential_text, iat, nonce, audience)
    return f"{credential_text}{unsigned}.{b64url_encode(signer.sign(unsigned.encode('ascii')))}"


def check(sd_jwt: SdJwt, holder_key: PublicKey) -> HolderProof:
    """The proof, once `holder_key` is shown to have made it over this very text; its time is not judged here.

    Raises MalformedProof, or WrongHolder for another key or another credential.
    """
    token, proof, named_hash = _parse(sd_jwt)
    _verify(holder_key, token.signing_input, token.signature, names_it=True)
    if named_hash != sd_hash(sd_jwt.text):
        raise WrongHolder("the proof was made for another credential")
    return proof


def confirm(text: str, proof: HolderProof, holder_key: PublicKey) -> None:
    """As `check`, for a proof that stands apart from the SD-JWT `text`. Raises WrongHolder."""
    signing_input = _signing_input(text, proof.iat, proof.nonce, proof.audience)
    _verify(holder_key, signing_input.encode("ascii"), proof.signature, names_it=False)


def _verify(holder_key: PublicKey, signing_input: bytes, signature: bytes, *, names_it: bool) -> None:
    if holder_key.algorithm is not _ES256:
        raise WrongHolder("the credential is bound to a key that is not for ES256")
    try:
        holder_key.verify(signing_input, signature)
    except SignatureMismatch:
        raise WrongHolder(_MADE_BY[names_it]) from None


def read(sd_jwt: SdJwt) -> HolderProof:
    """What the proof says, unverified. Raises MalformedProof."""
    return _parse(sd_jwt)[1]


def rebuild(text: str, proof: HolderProof) -> str:
    """The presentation as `make` writes it, from the SD-JWT `text` and its proof."""
    unsigned = _signing_input(text, proof.iat, proof.nonce, proof.audience)
    return f"{text}{unsigned}.{b64url_encode(proof.signature)}"


def _signing_input(text: str, iat: int, nonce: bytes, audience: Audience) -> str:
    payload = _PAYLOAD % (iat, audience, b64url_encode(nonce), sd_hash(text))
    return f"{_HEADER}.{b64url_encode(payload.encode('ascii'))}"


def _parse(sd_jwt: SdJwt) -> tuple[UnverifiedJws, HolderProof, str]:
    if sd_jwt.key_binding is None:
        raise MalformedProof("no key-binding JWT after the last ~")
    try:
        token = jws.parse(sd_jwt.key_binding, max_size=_MAX_CHARACTERS)
        jws.only_parameters(token, _PARAMETERS)
        claims = json_object(token.payload)
    except (MalformedJws, EncodingError) as error:
        raise MalformedProof("the key-binding JWT cannot be read: {}", error) from None
    if token.header != {"alg": Algorithm.ES256.value, "typ": TYP}:
        raise MalformedProof('the header of a key-binding JWT is exactly alg "ES256" and typ "{}"', TYP)
    if claims.keys() != _CLAIMS:
        raise MalformedProof("the claims of a key-binding JWT are exactly iat, aud, nonce and sd_hash")
    iat, audience, nonce, named_hash = claims["iat"], claims["aud"], claims["nonce"], claims["sd_hash"]
    if type(iat) is not int or iat not in _INSTANTS:
        raise MalformedProof("iat of the holder proof is no instant until 2106")
    if not isinstance(audience, str) or audience not in (AUD_TIME, AUD_CHALLENGE):
        raise MalformedProof("aud of the holder proof is not Ombord's")
    if not isinstance(named_hash, str):
        raise MalformedProof("sd_hash of the holder proof is no text")
    return token, HolderProof(iat, _nonce(nonce), Audience(audience), token.signature), named_hash


def _nonce(nonce: object) -> bytes:
    try:
        data = b64url_decode(nonce) if isinstance(nonce, str) else b""
    except EncodingError:
        data = b""
    if len(data) != NONCE_BYTES:
        raise MalformedProof("nonce of the holder proof is not {} bytes in base64url", NONCE_BYTES)
    return data
