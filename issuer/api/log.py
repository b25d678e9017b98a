"""The transparency log for whoever asks: an auditor needs nobody's leave, and learns of no certificate.

Checkpoints in C2SP's form and proofs of consistency between any two sizes: docs/transparency-log.md.
"""

import re
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.addresses import Addresses
from issuer.api.problems import Problem
from issuer.api.published import published, readable
from issuer.api.routing import new_router
from issuer.services.log.checkpoints import MEDIA_TYPE, NEWEST_MAX_AGE, Checkpoints

PROOF_MAX_AGE = 86_400  # a proof is ever the same

Size = Annotated[list[str], Query(description="how many entries the log had, in digits")]
_SIZE = re.compile("0|[1-9][0-9]{0,18}", re.ASCII)


def log_router(checkpoints: Checkpoints, addresses: Addresses) -> APIRouter:
    """`GET {prefix}/api/v1/log/checkpoint` and `/api/v1/log/consistency?old=&new=`."""
    router = new_router(tags=["transparency log"])

    @readable(
        router,
        addresses.path("api", "v1", "log", "checkpoint"),
        "The newest checkpoint of the log",
        MEDIA_TYPE,
    )
    def checkpoint(request: Request) -> Response:
        note = checkpoints.newest()
        return published(request, note.encode(), MEDIA_TYPE, max_age=NEWEST_MAX_AGE)

    @readable(
        router,
        addresses.path("api", "v1", "log", "consistency"),
        "The proof that the log of one size begins with that of a smaller one",
        MEDIA_TYPE,
    )
    def consistency(old: Size, new: Size, request: Request) -> Response:
        proof = checkpoints.consistency(_size("old", old), _size("new", new))
        return published(request, proof.encode(), MEDIA_TYPE, max_age=PROOF_MAX_AGE)

    return router


def _size(name: str, given: list[str]) -> int:
    """In its one spelling, so that caches hold one copy of a proof."""
    if len(given) != 1 or not _SIZE.fullmatch(given[0]):
        raise Problem("unclear-size", f"query.{name}: once, a whole number without leading zeroes.")
    return int(given[0])
