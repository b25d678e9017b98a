"""SD-JWT VC claims to and from the model, and the signing of a credential.

The order of claims is fixed, so that the carrier's dictionary bites: `iss vct iat nbf exp cnf status`, then
the certificate's in the order of `certificate_claims`. Reading depends on no order. Absent claims are left
out, never null. Unknown claims are tolerated, and nothing here carries them on: what is shown was understood.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Final

from keys import jws
from keys.algorithms import Algorithm
from keys.encoding import Json, json_dumps
from keys.jwk import JwkError, PublicKey
from keys.signer import Signer
from verifier.credential.certificate_reader import certificate_from_claims, holder_from_claims
from verifier.credential.certificate_writer import certificate_claims, holder_claims
from verifier.credential.claims import Claims, MalformedCredential, instant, integer, member, text
from verifier.credential.model import TYPE_OF_VCT, Credential, StatusReference
from verifier.credential.sd_jwt import TYP
from verifier.credential.validity import date_contradiction, issue_times

__all__ = [
    "TYP",
    "MalformedCredential",
    "certificate_claims",
    "certificate_from_claims",
    "date_contradiction",
    "encode",
    "from_claims",
    "holder_claims",
    "holder_from_claims",
    "holder_key",
    "issue_times",
    "seconds",
    "sign",
    "sign_payload",
    "to_claims",
    "url",
]

_ES256: Final = Algorithm.ES256  # an enum's members are slow to look up
_LAST_INDEX: Final = 2**31 - 1


def sign(credential: Credential, signer: Signer, kid: str) -> str:
    """The credential as SD-JWT VC text without disclosures, `<jws>~`; header exactly `alg`, `kid`, `typ`."""
    return sign_payload(encode(to_claims(credential)), signer, kid)


def sign_payload(payload: bytes, signer: Signer, kid: str) -> str:
    """As `sign`, for a payload that was encoded, checked and kept before."""
    return jws.sign(payload, signer, typ=TYP, kid=kid) + "~"


def encode(claims: Claims) -> bytes:
    """The claims as the bytes to sign: compact UTF-8 JSON in the order given."""
    return _encoder()(claims)


@cache
def _encoder() -> Callable[[object], bytes]:
    """The fast encoder where an issuer has installed it; both write the same bytes."""
    try:
        from orjson import dumps
    except ImportError:
        return json_dumps
    return dumps


def to_claims(credential: Credential) -> dict[str, Json]:
    """All claims of the credential, in the fixed order."""
    certificate = credential.certificate
    claims: dict[str, Json] = {
        "iss": credential.issuer,
        "vct": certificate.type.vct,
        "iat": seconds(credential.issued_at),
        "nbf": seconds(credential.not_before),
    }
    if credential.expires is not None:
        claims["exp"] = seconds(credential.expires)
    if credential.holder_key is not None:
        claims["cnf"] = {"jwk": credential.holder_key.to_jwk()}
    claims["status"] = {"status_list": {"idx": credential.status.idx, "uri": credential.status.uri}}
    claims.update(certificate_claims(certificate))
    return claims


def from_claims(
    claims: Claims, known: PublicKey | None = None, *, issued_at: datetime | None = None
) -> Credential:
    """The credential of processed claims (`sd_jwt.claims`). Raises MalformedCredential with the claim's path.

    `known` is a P-256 key that was read before, and that the holder's may turn out to be; `issued_at` is the
    `iat` that was read before.
    Dates that contradict each other are read as they stand: `date_contradiction` judges them.
    """
    issuer = url(claims, "iss")
    kind = TYPE_OF_VCT.get(text(claims, "vct"))
    if kind is None:
        raise MalformedCredential("vct", "a document type that this version does not know")
    return Credential.of(
        {
            "issuer": issuer,
            "issued_at": issued_at or instant(claims, "iat"),
            "not_before": instant(claims, "nbf"),
            "expires": instant(claims, "exp") if "exp" in claims else None,
            "holder_key": holder_key(claims, known) if "cnf" in claims else None,
            "status": _status(claims),
            "certificate": certificate_from_claims(kind, claims),
        }
    )


def holder_key(claims: Claims, known: PublicKey | None) -> PublicKey:
    """The key of `cnf` (RFC 7800 section 3.2); the carrier and the key-binding JWT know P-256 alone."""
    try:
        jwk = member(member(claims, "cnf"), "jwk")
        key = known if known is not None and known.to_jwk() == jwk else PublicKey.from_jwk(jwk)
    except JwkError as error:
        raise MalformedCredential("cnf.jwk", "{}", error) from None
    except MalformedCredential as error:
        raise error if error.path == "cnf" else error.inside("cnf") from None
    if key.algorithm is not _ES256:
        raise MalformedCredential("cnf.jwk", "a P-256 key is needed")
    return key


def _status(claims: Claims) -> StatusReference:
    status = member(claims, "status")
    try:
        reference = member(status, "status_list")
        return StatusReference(url(reference, "uri"), integer(reference, "idx", _LAST_INDEX))
    except MalformedCredential as error:
        raise error.inside("status" if error.path == "status_list" else "status.status_list") from None


def url(claims: Claims, name: str) -> str:
    """A required URL; whose it is, and whether http is fine (on a loopback), is the directory's to say."""
    value = text(claims, name)
    if not value.startswith(("https://", "http://")):
        raise MalformedCredential(name, "a URL is needed")
    return value


def seconds(moment: datetime) -> int:
    """Unix seconds. Raises ValueError for a naive time, which would be read as local."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} needs a time zone")
    return int(moment.timestamp())
