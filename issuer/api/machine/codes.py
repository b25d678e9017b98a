"""Code lists for those who report: each code with its name in every language, open to everybody."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Final, NamedTuple

import orjson
from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.problems import Problem
from issuer.api.routing import new_router
from issuer.rules.reading.code_lists import CodeList, CodeLists
from keys.encoding import Json

_NAME: Final = r"^[a-z][a-z0-9_-]{0,39}$"
_OTHERWISE: Final = "en"
CACHED: Final = "public, max-age=300"
_NAMES: Final[dict[str, Json]] = {"type": "object", "additionalProperties": {"type": "string"}}
_EXAMPLE: Final[dict[str, Json]] = {"sv": "befälhavare", "en": "master"}
_CODE: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["code", "names", "own"],
    "properties": {
        "code": {"type": "string"},
        "names": _NAMES,
        "own": {"type": ["string", "null"], "description": "the language of the law's own term"},
    },
    "example": {"code": "befalhavare", "names": _EXAMPLE, "own": "sv"},
}
_LIST: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["name", "names", "codes"],
    "properties": {
        "name": {"type": "string"},
        "names": _NAMES,
        "codes": {"type": "array", "items": _CODE},
    },
}
_LISTS: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["lists"],
    "properties": {
        "lists": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "names", "codes", "etag"],
                "properties": {
                    "name": {"type": "string"},
                    "names": _NAMES,
                    "codes": {"type": "integer", "description": "how many there are"},
                    "etag": {"type": "string"},
                },
            },
        }
    },
}


class _Page(NamedTuple):
    """A body that is the same for everybody until the lists change, and the tag that it is known by."""

    body: bytes
    tag: str


def codes_router(lists: CodeLists, path: str) -> APIRouter:
    """`GET {path}` and `GET {path}/{list}`, each with an ETag."""
    router = new_router(tags=["machines: code lists"])
    languages = sorted({language for one in lists.lists.values() for language in one.names})
    pages = {
        (one.name, language): _page(_shown(one, language))
        for one in lists.lists.values()
        for language in (None, *languages)
    }
    overview = _page({"lists": [_counted(one, pages[one.name, None].tag) for one in lists.lists.values()]})

    @router.get(
        path,
        summary="Which code lists there are",
        name="code lists",
        response_class=Response,
        responses=_responses(_LISTS),
    )
    def all_lists(request: Request) -> Response:
        return _answer(request, overview)

    @router.get(
        path + "/{name}",
        summary="One list: its codes with their names",
        name="code list",
        response_class=Response,
        responses=_responses(_LIST),
    )
    def one_list(
        request: Request,
        name: Annotated[str, Path(pattern=_NAME, examples=["rank"])],
        language: Annotated[
            str | None,
            Query(
                pattern=f"^({'|'.join(languages)})$",
                description="names in this language alone; in English where there is none",
            ),
        ] = None,
    ) -> Response:
        found = pages.get((name, language))
        if found is None:
            raise Problem("no-such-code-list", "There is no list of that name: GET the address above it.")
        return _answer(request, found)

    return router


def _counted(one: CodeList, tag: str) -> dict[str, Json]:
    return {"name": one.name, "names": dict(one.names), "codes": len(one.codes), "etag": tag}


def _shown(found: CodeList, language: str | None) -> dict[str, Json]:
    codes: list[Json] = [
        {"code": one.code, "names": _names(one.names, language), "own": one.own}
        for one in found.codes.values()
    ]
    return {"name": found.name, "names": _names(found.names, language), "codes": codes}


def _names(names: Mapping[str, str], language: str | None) -> dict[str, Json]:
    chosen = (language, _OTHERWISE) if language else names
    first = next((one for one in chosen if one in names), None)
    if language is None or first is None:
        return dict(names)
    return {first: names[first]}


def _page(content: dict[str, Json]) -> _Page:
    body = orjson.dumps(content)
    return _Page(body, f'"{sha256(body).hexdigest()[:32]}"')


def _answer(request: Request, page: _Page) -> Response:
    """RFC 9110, 13.1.2: 304 to whoever has it already."""
    headers = {"ETag": page.tag, "Cache-Control": CACHED}
    asked = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if page.tag in asked or "*" in asked:
        return Response(status_code=304, headers=headers)
    return Response(page.body, headers=headers, media_type="application/json")


def _responses(schema: dict[str, Json]) -> dict[int | str, dict[str, Json]]:
    found: dict[str, Json] = {
        "description": "found",
        "content": {"application/json": {"schema": schema}},
    }
    return {200: found, 304: {"description": "as the ETag that was sent has it"}}
