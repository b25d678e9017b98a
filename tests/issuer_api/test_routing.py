"""Routes that are analysed when they are first asked for: once, and no less strictly."""

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import FastAPIError
from fastapi.routing import APIRoute
from support.in_process import client_of

from issuer.api.routing import new_router

HOME = "https://certificates.example"


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the routes that FastAPI has analysed, in order."""
    paths: list[str] = []
    analyse = APIRoute.__init__

    def noting(route: APIRoute, path: str, *rest: object, **options: object) -> None:
        paths.append(path)
        analyse(route, path, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(APIRoute, "__init__", noting)
    return paths


def application(router: APIRouter) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.router.routes.extend(router.routes)
    return app


def two_routes() -> APIRouter:
    router = new_router()

    @router.get("/one/{number}")
    def one(number: int) -> int:
        return number

    @router.post("/two")
    def two() -> str:
        return "two"

    return router


def test_a_route_is_analysed_once_when_it_is_first_asked_for(analysed: list[str]) -> None:
    with client_of(application(two_routes()), HOME) as client:
        assert analysed == []
        assert client.get("/one/7").json() == client.get("/one/7").json() == 7
        assert analysed == ["/one/{number}"]


def test_what_is_asked_of_no_route_analyses_none_and_a_wrong_method_is_said(analysed: list[str]) -> None:
    with client_of(application(two_routes()), HOME) as client:
        assert client.get("/three").status_code == 404
        assert analysed == []
        refused = client.get("/two")
        assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")


def test_an_endpoint_that_cannot_be_analysed_is_refused_each_time() -> None:
    router = new_router()

    @router.get("/bad", response_model=APIRouter)  # of which there is no JSON
    def bad() -> None:
        pass

    (route,) = router.routes
    for _ in range(2):
        with pytest.raises(FastAPIError):
            _ = route.dependant  # type: ignore[attr-defined]


def test_what_no_route_has_is_said_and_not_looked_for_for_ever() -> None:
    route = two_routes().routes[0]
    for _ in range(2):
        with pytest.raises(AttributeError, match="no_such_thing"):
            _ = route.no_such_thing  # type: ignore[attr-defined]
