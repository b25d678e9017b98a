"""The verification page at `/verify/`: static files of `verifier/page`, and the trust file it works with.

The page sends nothing: its policy lets it talk to this server alone, and it only ever reads from it.
"""

import logging
import mimetypes
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

import verifier
from issuer.api.addresses import Addresses
from issuer.api.problems import Problem
from issuer.api.published import published, readable
from issuer.api.routing import new_router
from issuer.domain.errors import InvalidInput, NotFound
from keys.encoding import json_dumps

log = logging.getLogger(__name__)

TRUST_MAX_AGE = 900
HEADERS = {
    # `wasm-unsafe-eval` is for the reader of QR codes, which is WebAssembly; no text is ever run as script.
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "img-src 'self' blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), usb=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_SERVED = re.compile(r".+\.(html|js|mjs|css|json|webmanifest|svg|png|woff2|wasm|txt|bin)")
_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".webmanifest": "application/manifest+json"}
_TYPES |= {".woff2": "font/woff2", ".wasm": "application/wasm", ".bin": "application/octet-stream"}
_NEEDED = ("vendor/pako.mjs", "vendor/zxing-reader.wasm")
_FOLDER = Path(verifier.__file__).parent
_MOVED: Final[dict[int | str, dict[str, Any]]] = {308: {"description": "the page, a slash further"}}


def verify_page_router(trust: Callable[[], bytes], addresses: Addresses) -> APIRouter:
    """`GET {prefix}/verify/` and all files below it; nothing where set-up could not fetch its libraries."""
    router = new_router(tags=["verification page"])
    files = page_files()
    if not all(name in files for name in _NEEDED):
        log.warning("no verification page: its libraries are missing (deploy/build_assets.py page)")
        return router

    @readable(router, addresses.path("verify"), "The verification page, at its one address", also=_MOVED)
    def to_the_folder() -> Response:
        return Response(status_code=308, headers={"Location": "verify/"})  # relative: no Host header in it

    @readable(router, addresses.path("verify", "trust.json"), "The authority and its keys, for the page")
    def trust_file(request: Request) -> Response:
        try:
            body = trust()
        except InvalidInput as error:
            log.error("%s: %s", error.message, error.hint)
            raise Problem("no-trust-data", "This server holds no directory now.") from error
        return published(request, body, "application/json", max_age=TRUST_MAX_AGE)

    @readable(router, addresses.path("verify", "{name:path}"), "The verification page and its files", "*/*")
    def file(name: str, request: Request) -> Response:
        body = files.get(name or "index.html")
        if body is None:
            raise NotFound("the verification page has no such file")
        suffix = Path(name or "index.html").suffix
        media_type = _TYPES.get(suffix) or mimetypes.types_map.get(suffix, "text/plain")
        # Asked again each time, answered with 304: the files of one version belong together.
        answer = published(request, body, media_type, max_age=0, dense=suffix in (".woff2", ".png"))
        answer.headers.update(HEADERS)
        return answer

    return router


def page_files() -> Mapping[str, bytes]:
    """Every file of the page by its address below `/verify/`, and the list of them for its service worker."""
    page, credential = _FOLDER / "page", _FOLDER / "credential"
    paths = [path for path in page.rglob("*") if path.is_file()]
    files = {path.relative_to(page).as_posix(): path for path in paths}
    for shared in ("dictionaries", "codelists"):
        files |= {f"{shared}/{path.name}": path for path in (credential / shared).iterdir()}
    content = {name: path.read_bytes() for name, path in sorted(files.items()) if _SERVED.fullmatch(name)}
    version = sha256(b"".join(sha256(name.encode() + body).digest() for name, body in content.items()))
    listed = {"version": version.hexdigest()[:16], "files": ["", *(one for one in content if one != "sw.js")]}
    return {**content, "files.js": b"self.OMBORD = " + json_dumps(listed) + b";\n"}
