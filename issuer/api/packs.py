"""Sea packs for ships: the files that `ombord-verify pack build --site` wrote, resumable and cacheable.

A pack is signed all through, so this serves bytes and judges none. Whatever serves files can do it instead.
"""

import os
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from issuer.adapters.object_store import FOR_EVER, cache_control
from issuer.api.addresses import Addresses
from issuer.api.problems import Problem
from issuer.api.published import OPEN_TO_ALL
from issuer.api.ranges import Slice, Unsatisfiable, has_already, part, wants_another
from issuer.api.routing import new_router
from issuer.services.publishing.packs import LATEST_SECONDS, MEDIA_TYPE

CHUNK_BYTES = 1 << 16

_PACK_ID = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{12}", re.ASCII)


def packs_router(folder: Path | None, addresses: Addresses) -> APIRouter:
    """`GET {prefix}/packs/latest`, `/packs/{id}.pack` and `/packs/since/{id}`, and HEAD of each."""
    router = new_router(tags=["packs"])

    def latest(request: Request) -> Response:
        return _send(request, folder, ("latest",), cache_control(LATEST_SECONDS))

    def update(pack_id: str, request: Request) -> Response:
        return _send(request, folder, ("since", _checked(pack_id)), cache_control(LATEST_SECONDS))

    def one(pack_id: str, request: Request) -> Response:
        return _send(request, folder, (f"{_checked(pack_id)}.pack",), cache_control(FOR_EVER))

    for parts, endpoint, summary in (
        (("latest",), latest, "The newest sea pack"),
        (("since", "{pack_id}"), update, "What is new since a pack, for whoever imported that one"),
        (("{pack_id}.pack",), one, "One sea pack, by its id"),
    ):
        path = addresses.path("packs", *parts)
        router.add_api_route(path, endpoint, summary=summary, response_class=Response)
        router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
    return router


def _checked(pack_id: str) -> str:
    """An id in its one spelling, so that no name leads out of the folder."""
    if _PACK_ID.fullmatch(pack_id) is None:
        raise _no_pack("A pack's id is its date and twelve digits of its hash.")
    return pack_id


def _no_pack(detail: str) -> Problem:
    return Problem("no-such-pack", f"{detail} The newest is at packs/latest.")


def _send(request: Request, folder: Path | None, parts: tuple[str, ...], cached: str) -> Response:
    """The file or the part of it that is asked for, all of one edition: it is opened once."""
    if folder is None:
        raise Problem("no-such-pack", "This authority serves no sea packs.")
    file = _open(folder / "packs", parts)
    sent = False
    try:
        response = _respond(request, file, cached)
        sent = isinstance(response, StreamingResponse)  # then it reads on
        return response
    finally:
        if not sent:
            file.close()


def _open(folder: Path, parts: tuple[str, ...]) -> BinaryIO:
    """A regular file within the folder; 404 for anything else."""
    try:
        path, inside = folder.joinpath(*parts).resolve(), folder.resolve()
        if not path.is_relative_to(inside):
            raise _no_pack("There is nothing at this address.")
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # nothing waits for what is no file
    except (OSError, RuntimeError) as error:  # missing, or links in a circle
        raise _no_pack("There is nothing at this address.") from error
    if not S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _no_pack("There is nothing at this address.")
    return os.fdopen(handle, "rb")


def _respond(request: Request, file: BinaryIO, cached: str) -> Response:
    size = os.fstat(file.fileno()).st_size
    tag = f'"{_digest(file)}"'
    headers = {
        **OPEN_TO_ALL,
        "Access-Control-Expose-Headers": "ETag, Content-Range, Accept-Ranges",
        "Accept-Ranges": "bytes",
        "Cache-Control": cached,
        "ETag": tag,
    }
    if wants_another(request.headers, tag):
        raise Problem("another-edition", "This file has changed: ask without If-Match.")
    if has_already(request.headers, tag):
        return Response(status_code=304, headers=headers)
    if request.method == "HEAD":  # a range is for GET alone (RFC 9110, 14.2)
        headers["Content-Length"] = str(size)
        return Response(headers=headers, media_type=MEDIA_TYPE)
    try:
        asked = part(request.headers, tag, size)
    except Unsatisfiable:
        where = {"Content-Range": f"bytes */{size}", "ETag": tag}
        raise Problem("nothing-there", f"The file has {size} bytes.", headers=where) from None
    if asked is not None:
        headers["Content-Range"] = asked.content_range
    chosen = asked or Slice(0, size, size)
    headers["Content-Length"] = str(chosen.end - chosen.start)
    return StreamingResponse(
        _chunks(file, chosen), status_code=206 if asked else 200, headers=headers, media_type=MEDIA_TYPE
    )


def _digest(file: BinaryIO) -> str:
    """Half of the content's SHA-256: the same on every server and after every copy, unlike a time."""
    digest = sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()[:32]


def _chunks(file: BinaryIO, chosen: Slice) -> Iterator[bytes]:
    with file:
        file.seek(chosen.start)
        left = chosen.end - chosen.start
        while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
