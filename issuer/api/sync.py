"""Sync: a phone that proves its key hears how its certificates stand, and gets the pass and what is ready.

Whoever cannot prove a key that is bound to a certificate learns nothing, not even whether the key is known.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from issuer.api.body import json_body
from issuer.api.proven_phone import bad_proof, body_schema, not_bound, prover
from issuer.api.rate_limit import RateLimit, limited
from issuer.api.routing import new_router
from issuer.services.clock import Clock
from issuer.services.phone.known import NotBound
from issuer.services.phone.nonces import Nonces
from issuer.services.phone.syncing import MOST_STATUSES, Place, Synced, Syncing
from keys.encoding import Json, json_object
from keys.transparency.entry import Receipt

PROOF_TYPE = "ombord-sync+jwt"
# Twenty phones of a crew behind one satellite link are one address.
BURST = 60
PER_SECOND = 1.0
# Each sync signs a pass; a phone syncs on opening and by hand.
PHONE_BURST = 10
PHONE_PER_SECOND = 1 / 30
_PLACES = {
    "type": "array",
    "maxItems": MOST_STATUSES,
    "items": {
        "type": "object",
        "properties": {"uri": {"type": "string"}, "idx": {"type": "integer"}},
        "required": ["uri", "idx"],
        "additionalProperties": False,
    },
}


def sync_router(syncing: Syncing, nonces: Nonces, clock: Clock, *, audience: str, path: str) -> APIRouter:
    """`POST {path}`; `audience` is the issuer's identifier, which every proof must name."""
    router = new_router(tags=["sync"])
    addresses = RateLimit(burst=BURST, per_second=PER_SECOND)
    phones = RateLimit(burst=PHONE_BURST, per_second=PHONE_PER_SECOND)
    prove = prover(nonces, clock, typ=PROOF_TYPE, audience=audience, phones=phones)

    @router.post(
        path,
        summary="The pass, the status of the phone's own credentials, and offers of what is new",
        dependencies=[Depends(limited(addresses))],
        openapi_extra=body_schema({"without_receipt": _PLACES}),
    )
    def sync(body: Annotated[dict[str, Json], Depends(json_body)]) -> Response:
        if not {"proof"} <= set(body) <= {"proof", "without_receipt"}:
            raise bad_proof("the body has a proof, as text, perhaps without_receipt, and nothing else")
        without_receipt = _places(body.get("without_receipt", []))
        answer = syncing.sync(prove(body), without_receipt)
        if isinstance(answer, NotBound):
            raise not_bound(answer, PROOF_TYPE)
        return JSONResponse(_answer(answer), headers={"Cache-Control": "no-store"})

    return router


def _places(value: Json) -> frozenset[Place]:
    """The credentials whose receipt a phone lacks, each by its place in a status list."""
    listed = value if isinstance(value, list) and len(value) <= MOST_STATUSES else None
    found = [
        Place(one["uri"], one["idx"])
        for one in listed or ()
        if isinstance(one, dict) and one.keys() == {"uri", "idx"}
        if isinstance(one["uri"], str) and type(one["idx"]) is int
    ]
    if listed is None or len(found) != len(listed):
        raise bad_proof(f"without_receipt is a list of at most {MOST_STATUSES} objects with uri and idx")
    return frozenset(found)


def _receipt(receipt: Receipt | None) -> dict[str, Json]:
    return {} if receipt is None else {"log_receipt": json_object(receipt.to_json())}


def _answer(synced: Synced) -> dict[str, Json]:
    """One offer serves all that is ready, so that one pick-up brings it; each entry repeats its codes."""
    offer = synced.offer
    return {
        "as_of": int(synced.as_of.timestamp()),
        # Without a word of it a phone keeps the pass that it has; `null` says that there is none any more.
        **({} if synced.is_pass_late else {"pass": synced.sea_pass, "left_out": list(synced.left_out)}),
        "credentials": [
            {
                "uri": one.uri,
                "idx": one.idx,
                "status": one.status.name.lower(),
                **_receipt(synced.receipts.get(Place(one.uri, one.idx))),
            }
            for one in synced.credentials
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
