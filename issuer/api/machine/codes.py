"""Code lists for those who report: each code with its name in every language, open to everybody."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.problems import Problem
from issuer.rules.code_lists import CodeList, CodeLists
from keys.encoding import Json

_NAME: Final = r"^[a-z][a-z0-9_-]{0,39}$"
_LANGUAGE: Final = r"^[a-z]{2}$"
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


def codes_router(lists: CodeLists, path: str) -> APIRouter:
    """`GET {path}` and `GET {path}/{list}`, each with an ETag."""
    router = APIRouter(tags=["machines: code lists"])

    @router.get(
        path,
        summary="Which code lists there are",
        name="code lists",
        response_class=Response,
        responses=_responses(_LISTS),
    )
    def all_lists(request: Request) -> Response:
        shown: list[Json] = [
            {
                "name": one.name,
                "names": dict(one.names),
                "codes": len(one.codes),
                "etag": _tag(_shown(one, None)),
            }
            for one in lists.lists.values()
        ]
        return _answer(request, {"lists": shown})

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
            str | None, Query(pattern=_LANGUAGE, description="names in this language alone; else in English")
        ] = None,
    ) -> Response:
        found = lists.lists.get(name)
        if found is None:
            raise Problem("no-such-code-list", "There is no list of that name: GET the address above it.")
        return _answer(request, _shown(found, language))

    return router


def _shown(found: CodeList, language: str | None) -> dict[str, Json]:
    codes: list[Json] = [
        {"code": one.code, "names": _names(one.names, language, one.code), "own": one.own}
        for one in found.codes.values()
    ]
    return {"name": found.name, "names": _names(found.names, language, found.name), "codes": codes}


def _names(names: Mapping[str, str], language: str | None, otherwise: str) -> dict[str, Json]:
    if language is None:
        return dict(names)
    return {language: names.get(language) or names.get("en") or otherwise}


def _answer(request: Request, content: dict[str, Json]) -> Response:
    """RFC 9110, 13.1.2: 304 to whoever has it already."""
    headers = {"ETag": _tag(content), "Cache-Control": CACHED}
    asked = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if headers["ETag"] in asked or "*" in asked:
        return Response(status_code=304, headers=headers)
    return Response(orjson.dumps(content), headers=headers, media_type="application/json")


def _tag(content: dict[str, Json]) -> str:
    return f'"{sha256(orjson.dumps(content)).hexdigest()[:32]}"'


def _responses(schema: dict[str, Json]) -> dict[int | str, dict[str, Json]]:
    found: dict[str, Json] = {
        "description": "found",
        "content": {"application/json": {"schema": schema}},
    }
    return {200: found, 304: {"description": "as the ETag that was sent has it"}}
