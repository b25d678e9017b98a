"""The key proof of a credential request: does the wallet hold the key that it asks us to bind to?

OpenID4VCI 1.0, appendix F.1 (`jwt` proof type), narrowed: the key travels in `jwk`, ES256 alone,
nothing else in the header. The proof says nothing about who the wallet is: the access token does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from issuer.api.oid4vci.errors import ProtocolError
from keys import jws
from keys.algorithms import Algorithm, SignatureMismatch
from keys.encoding import EncodingError, Json, json_object
from keys.jwk import JwkError, PublicKey

PROOF_TYPE = "openid4vci-proof+jwt"
PROOF_ALGORITHM = Algorithm.ES256
MAX_PROOF = 4_096
HEADER_PARAMETERS = frozenset({"alg", "typ", "jwk"})
# A phone's clock may be minutes off; the nonce bounds a proof's life, `iat` only refuses nonsense.
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ProvenKey:
    """A key whose owner has just signed our nonce (the nonce is still to be consumed)."""

    key: PublicKey
    nonce: str


def check_proof(token: str, *, audience: str, at: datetime) -> ProvenKey:
    """Check everything but the nonce's freshness. Raises `ProtocolError` `invalid_proof`."""
    if len(token) > MAX_PROOF:
        raise _invalid(f"the proof is longer than {MAX_PROOF} characters")
    try:
        unverified = jws.parse(token)
        key = _holder_key(unverified)
        claims = json_object(jws.verify(unverified, key, typ=PROOF_TYPE), max_size=MAX_PROOF)
    except jws.MalformedJws as error:
        raise _invalid(f"the proof is not a JWT of type {PROOF_TYPE}: {error}") from error
    except EncodingError as error:
        raise _invalid(f"the proof's claims cannot be read: {error}") from error
    except SignatureMismatch as error:
        raise _invalid("the proof is not signed by the key in its own header") from error
    return ProvenKey(key=key, nonce=_check_claims(claims, audience, at))


def _holder_key(unverified: jws.UnverifiedJws) -> PublicKey:
    header = unverified.header
    if set(header) != HEADER_PARAMETERS:
        raise _invalid("the proof's header has exactly alg, typ and jwk")
    if header["alg"] != PROOF_ALGORITHM:
        raise _invalid(f"the proof is signed with {PROOF_ALGORITHM}")
    jwk = header["jwk"]
    if not isinstance(jwk, dict):
        raise _invalid("jwk is an object")
    try:
        key = PublicKey.from_jwk(jwk)
    except JwkError as error:
        raise _invalid(f"jwk is no public key that we can use: {error}") from error
    if key.algorithm is not PROOF_ALGORITHM:
        raise _invalid("jwk is a P-256 key")
    return key


def _check_claims(claims: dict[str, Json], audience: str, at: datetime) -> str:
    if "iss" in claims:
        raise _invalid("iss is left out, since the access token was obtained anonymously")
    if claims.get("aud") != audience:
        raise _invalid(f"aud is {audience}, as a string, exactly")
    _check_window(claims, at)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise _invalid("nonce is the c_nonce of our nonce endpoint")
    return nonce


def _check_window(claims: dict[str, Json], at: datetime) -> None:
    now, skew = int(at.timestamp()), int(CLOCK_SKEW.total_seconds())
    issued, expires = claims.get("iat"), claims.get("exp")
    if type(issued) is not int or abs(issued - now) > skew:
        raise _invalid("iat is the time of signing, to within five minutes of ours")
    if expires is not None and (type(expires) is not int or expires <= now - skew):
        raise _invalid("the proof has expired")


def _invalid(description: str) -> ProtocolError:
    return ProtocolError("invalid_proof", description)
