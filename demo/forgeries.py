"""What a forger, a thief or a careless colleague could show an inspector, made from genuine credentials."""

from collections.abc import Mapping

from keys import jws
from keys.encoding import Json, b64url_encode, json_dumps, json_object
from keys.signer import Signer, SoftwareSigner
from verifier.credential import carrier, sd_jwt, vc
from verifier.credential.presentation import Audience, make


def flipped(credential: str) -> str:
    """The credential with one bit of its signature changed."""
    token = sd_jwt.parse(credential).jws
    signature = bytearray(token.signature)
    signature[-1] ^= 1
    return f"{token.token.rpartition('.')[0]}.{b64url_encode(bytes(signature))}~"


def signed_anew(credential: str, signer: Signer, kid: str, **changes: Json) -> str:
    """The same claims, with `changes`, under another key. None takes a claim away."""
    claims: Mapping[str, Json] = json_object(sd_jwt.parse(credential).jws.payload) | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jws.sign(json_dumps(kept), signer, typ=vc.TYP, kid=kid) + "~"


def by_another_phone(credential: str, at: int) -> str:
    """A stolen credential, presented by a phone whose key it is not bound to."""
    return make(credential, SoftwareSigner.generate(), at=at, nonce=bytes(8), audience=Audience.TIME)


def qr_text(credential: str) -> str:
    """What the QR code of it says."""
    return carrier.to_qr_text(carrier.pack(credential))


def without_proof(qr: str) -> str:
    """The credential in a code's text, without the holder's proof."""
    return sd_jwt.parse(carrier.unpack(carrier.from_qr_text(qr))).text
