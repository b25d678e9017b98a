"""A proof that somebody holds a key: a JWS over our nonce, with the public key in its own header.

One reading for credential requests (OpenID4VCI 1.0, appendix F.1) and for syncs, which differ by `typ` alone:
a proof made for one is refused by the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from keys import jws
from keys.algorithms import Algorithm, SignatureMismatch
from keys.encoding import EncodingError, Json, json_object
from keys.jwk import JwkError, PublicKey

PROOF_ALGORITHM = Algorithm.ES256
MAX_PROOF = 4_096
HEADER_PARAMETERS = frozenset({"alg", "typ", "jwk"})
# A phone's clock may be minutes off; the nonce bounds a proof's life, `iat` only refuses nonsense.
CLOCK_SKEW = timedelta(minutes=5)


class BadProof(ValueError):
    """The proof proves nothing; says what a wallet's developer has to change."""


@dataclass(frozen=True, slots=True)
class ProvenKey:
    """A key whose owner has just signed our nonce (the nonce is still to be consumed)."""

    key: PublicKey
    nonce: str
    claims: Mapping[str, Json]


def read_proof(token: str, *, typ: str, audience: str, at: datetime) -> ProvenKey:
    """Check everything but the nonce's freshness. Raises BadProof."""
    if len(token) > MAX_PROOF:
        raise BadProof(f"the proof is longer than {MAX_PROOF} characters")
    try:
        unverified = jws.parse(token)
        key = _holder_key(unverified)
        claims = json_object(jws.verify(unverified, key, typ=typ), max_size=MAX_PROOF)
    except jws.MalformedJws as error:
        raise BadProof(f"the proof is not a JWT of type {typ}: {error}") from error
    except EncodingError as error:
        raise BadProof(f"the proof's claims cannot be read: {error}") from error
    except SignatureMismatch as error:
        raise BadProof("the proof is not signed by the key in its own header") from error
    return ProvenKey(key=key, nonce=_check_claims(claims, audience, at), claims=claims)


def _holder_key(unverified: jws.UnverifiedJws) -> PublicKey:
    header = unverified.header
    if set(header) != HEADER_PARAMETERS:
        raise BadProof("the proof's header has exactly alg, typ and jwk")
    if header["alg"] != PROOF_ALGORITHM:
        raise BadProof(f"the proof is signed with {PROOF_ALGORITHM}")
    jwk = header["jwk"]
    if not isinstance(jwk, dict):
        raise BadProof("jwk is an object")
    try:
        key = PublicKey.from_jwk(jwk)
    except JwkError as error:
        raise BadProof(f"jwk is no public key that we can use: {error}") from error
    if key.algorithm is not PROOF_ALGORITHM:
        raise BadProof("jwk is a P-256 key")
    return key


def _check_claims(claims: dict[str, Json], audience: str, at: datetime) -> str:
    if "iss" in claims:
        raise BadProof("iss is left out, since the wallet is anonymous")
    if claims.get("aud") != audience:
        raise BadProof(f"aud is {audience}, as a string, exactly")
    _check_window(claims, at)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise BadProof("nonce is the c_nonce of our nonce endpoint")
    return nonce


def _check_window(claims: dict[str, Json], at: datetime) -> None:
    now, skew = int(at.timestamp()), int(CLOCK_SKEW.total_seconds())
    issued, expires = claims.get("iat"), claims.get("exp")
    if type(issued) is not int or abs(issued - now) > skew:
        raise BadProof("iat is the time of signing, to within five minutes of ours")
    if expires is not None and (type(expires) is not int or expires <= now - skew):
        raise BadProof("the proof has expired")
