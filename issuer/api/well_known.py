"""The three documents under `/.well-known/`, at the address that each specification gives them."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.addresses import Addresses
from issuer.api.oid4vci.metadata import authorization_server_metadata, issuer_metadata
from issuer.api.published import published, readable
from issuer.api.routing import new_router
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.publishing.publisher import jwt_vc_issuer
from issuer.settings import Settings
from keys.encoding import Json, json_dumps

# Keys are added long before they sign, so an hour's cache never hides the one that is needed.
MAX_AGE = 3_600


def well_known_router(settings: Settings, keys: AuthorityKeys, addresses: Addresses) -> APIRouter:
    """`openid-credential-issuer`, `oauth-authorization-server` and `jwt-vc-issuer`; each made once."""
    router = new_router(tags=["well-known"])
    signing = keys.public(keys.certificate_kid).algorithm
    documents: dict[str, dict[str, Json]] = {
        "openid-credential-issuer": issuer_metadata(addresses, settings.authority_name, signing),
        "oauth-authorization-server": authorization_server_metadata(addresses),
        "jwt-vc-issuer": jwt_vc_issuer(settings, keys),
    }
    for name, document in documents.items():
        _serve(router, addresses.well_known_path(name), name, json_dumps(document))
    return router


def _serve(router: APIRouter, path: str, name: str, body: bytes) -> None:
    @readable(router, path, f"The document {name}")
    def document(request: Request) -> Response:
        return published(request, body, "application/json", max_age=MAX_AGE)
