"""The nonce endpoint: a fresh value for a key proof, to anyone who asks (OpenID4VCI 1.0, 7)."""

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from issuer.api.oid4vci.errors import NO_STORE
from issuer.api.rate_limit import RateLimit, limited
from issuer.api.routing import new_router
from issuer.services.phone.nonces import Nonces


def nonce_router(nonces: Nonces, limit: RateLimit, path: str) -> APIRouter:
    """`POST {path}`, without a body and without authentication."""
    router = new_router(tags=["OpenID4VCI"])

    @router.post(path, summary="A fresh c_nonce for one key proof", dependencies=[Depends(limited(limit))])
    def nonce() -> Response:
        return JSONResponse({"c_nonce": nonces.fresh()}, headers=NO_STORE)

    return router
