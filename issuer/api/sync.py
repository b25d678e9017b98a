"""Sync: a phone that proves its key hears how its certificates stand, and gets the pass and what is ready.

Whoever cannot prove a key that is bound to a certificate learns nothing, not even whether the key is known.
"""

from math import ceil
from typing import Annotated, assert_never

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from issuer.api.body import json_body
from issuer.api.key_proof import MAX_PROOF, BadProof, ProvenKey, read_proof
from issuer.api.problems import Problem
from issuer.api.rate_limit import RateLimit, limited
from issuer.services.clock import Clock
from issuer.services.nonces import Nonces
from issuer.services.syncing import NotBound, Synced, Syncing
from keys.encoding import Json

PROOF_TYPE = "ombord-sync+jwt"
CLAIMS = frozenset({"aud", "iat", "nonce"})
# Twenty phones of a crew behind one satellite link are one address.
BURST = 60
PER_SECOND = 1.0
# Each sync signs a pass; a phone syncs on opening and by hand.
PHONE_BURST = 10
PHONE_PER_SECOND = 1 / 30
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"proof": {"type": "string", "maxLength": MAX_PROOF}},
                    "required": ["proof"],
                    "additionalProperties": False,
                }
            }
        },
    }
}


def sync_router(syncing: Syncing, nonces: Nonces, clock: Clock, *, audience: str, path: str) -> APIRouter:
    """`POST {path}`; `audience` is the issuer's identifier, which every proof must name."""
    router = APIRouter(tags=["sync"])
    addresses = RateLimit(burst=BURST, per_second=PER_SECOND)
    phones = RateLimit(burst=PHONE_BURST, per_second=PHONE_PER_SECOND)

    @router.post(
        path,
        summary="The pass, the status of the phone's own credentials, and offers of what is new",
        dependencies=[Depends(limited(addresses))],
        openapi_extra=_BODY,
    )
    def sync(body: Annotated[dict[str, Json], Depends(json_body)]) -> Response:
        proven = _proven(body, audience, clock)
        if not nonces.consume(proven.nonce):
            detail = "The nonce is unknown, used or old: get a fresh one."
            raise Problem(400, "Nonce not good", detail, kind="urn:ombord:problem:invalid-nonce")
        wait = phones.wait(proven.key.thumbprint())
        if wait > 0:
            raise Problem(
                429,
                "Synced too often",
                f"This phone has just synced: try again in {ceil(wait)} seconds.",
                kind="urn:ombord:problem:too-often",
                headers={"Retry-After": str(ceil(wait))},
            )
        answer = syncing.sync(proven.key)
        if isinstance(answer, NotBound):
            raise _not_bound(answer)
        return JSONResponse(_answer(answer), headers={"Cache-Control": "no-store"})

    return router


def _proven(body: dict[str, Json], audience: str, clock: Clock) -> ProvenKey:
    proof = body.get("proof")
    if set(body) != {"proof"} or not isinstance(proof, str):
        raise _bad_proof("the body has a proof, as text, and nothing else")
    try:
        proven = read_proof(proof, typ=PROOF_TYPE, audience=audience, at=clock())
    except BadProof as error:
        raise _bad_proof(str(error)) from error
    if set(proven.claims) != CLAIMS:
        raise _bad_proof("the proof's claims are exactly aud, iat and nonce")
    return proven


def _bad_proof(reason: str) -> Problem:
    return Problem(400, "Proof refused", f"{reason}.", kind="urn:ombord:problem:invalid-proof")


def _not_bound(answer: NotBound) -> Problem:
    """Only the owner of a key that was bound here is told that it no longer is: others cannot ask."""
    match answer:
        case NotBound.UNKNOWN:
            return Problem(
                401,
                "Not recognised",
                "This key opens nothing here.",
                kind="urn:ombord:problem:not-recognised",
                headers={"WWW-Authenticate": f'Proof typ="{PROOF_TYPE}"'},
            )
        case NotBound.NO_LONGER:
            return Problem(
                403,
                "This phone is no longer bound",
                "The certificates have been issued to another phone, or this one was reported lost. "
                "Ask the authority for a new offer if it is yours.",
                kind="urn:ombord:problem:no-longer-bound",
            )
        case NotBound.SHARED:
            return Problem(
                403,
                "This phone is bound to more than one seafarer",
                "Ask the authority to bind it anew.",
                kind="urn:ombord:problem:shared-phone",
            )
    assert_never(answer)


def _answer(synced: Synced) -> dict[str, Json]:
    """One offer serves all that is ready, so that one pick-up brings it; each entry repeats its codes."""
    offer = synced.offer
    return {
        "as_of": int(synced.as_of.timestamp()),
        "pass": synced.sea_pass,
        "left_out": list(synced.left_out),
        "credentials": [
            {"uri": one.uri, "idx": one.idx, "status": one.status.name.lower()} for one in synced.credentials
        ],
        "offers": [
            {
                "offer": offer.uri,
                "tx_code": offer.tx_code,
                "reason": one.reason.value,
                "document_number": one.document_number,
            }
            for one in synced.ready
            if offer is not None
        ],
    }
