"""Requests of a phone that proves its key: one reading of the proof, and one set of refusals.

Whoever cannot prove a key that is bound to a certificate learns nothing, not even whether the key is known.
"""

from collections.abc import Callable, Mapping
from math import ceil
from types import MappingProxyType
from typing import Any, assert_never

from issuer.api.body import json_request
from issuer.api.key_proof import MAX_PROOF, BadProof, ProvenKey, read_proof
from issuer.api.problems import Problem
from issuer.api.rate_limit import RateLimit
from issuer.services.clock import Clock
from issuer.services.phone.known import NotBound
from issuer.services.phone.nonces import Nonces
from keys.encoding import Json
from keys.jwk import PublicKey

CLAIMS = frozenset({"aud", "iat", "nonce"})
Prove = Callable[[dict[str, Json]], PublicKey]


def body_schema(
    optional: Mapping[str, dict[str, Any]] = MappingProxyType({}), **members: dict[str, Any]
) -> dict[str, Any]:
    """What OpenAPI says of a body with a proof and these members, and perhaps those that are `optional`."""
    required = {"proof": {"type": "string", "maxLength": MAX_PROOF}, **members}
    schema = {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }
    return json_request(schema)


def prover(nonces: Nonces, clock: Clock, *, typ: str, audience: str, phones: RateLimit) -> Prove:
    """What reads a body's proof, spends its nonce and a token of its phone. Raises Problem."""

    def prove(body: dict[str, Json]) -> PublicKey:
        proven = _proven(body, typ, audience, clock)
        if not nonces.consume(proven.nonce):
            detail = "The nonce is unknown, used or old: get a fresh one."
            raise Problem("invalid-nonce", detail)
        wait = phones.wait(proven.key.thumbprint())
        if wait > 0:
            raise Problem(
                "too-often",
                f"This phone has just asked: try again in {ceil(wait)} seconds.",
                headers={"Retry-After": str(ceil(wait))},
            )
        return proven.key

    return prove


def _proven(body: dict[str, Json], typ: str, audience: str, clock: Clock) -> ProvenKey:
    proof = body.get("proof")
    if not isinstance(proof, str):
        raise bad_proof("the body has a proof, as text")
    try:
        proven = read_proof(proof, typ=typ, audience=audience, at=clock())
    except BadProof as error:
        raise bad_proof(str(error)) from error
    if set(proven.claims) != CLAIMS:
        raise bad_proof("the proof's claims are exactly aud, iat and nonce")
    return proven


def bad_proof(reason: str) -> Problem:
    """A body whose proof cannot be taken."""
    return Problem("invalid-proof", f"{reason}.")


def not_bound(answer: NotBound, typ: str) -> Problem:
    """Only the owner of a key that was bound here is told that it no longer is: others cannot ask."""
    match answer:
        case NotBound.UNKNOWN:
            return Problem(
                "not-recognised",
                "This key opens nothing here.",
                headers={"WWW-Authenticate": f'Proof typ="{typ}"'},
            )
        case NotBound.NO_LONGER:
            return Problem(
                "no-longer-bound",
                "The certificates have been issued to another phone, or this one was reported lost. "
                "Ask the authority for a new offer if it is yours.",
            )
        case NotBound.SHARED:
            return Problem(
                "shared-phone",
                "Ask the authority to bind it anew.",
            )
    assert_never(answer)
