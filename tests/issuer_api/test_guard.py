"""Every request is bounded before a route sees it; every answer is complete and tells no secrets."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI
from starlette.types import Message

from issuer.api import problems
from issuer.api.body import form_body, json_body
from issuer.api.guard import Guard
from issuer.api.machine.bodies import raw_json
from issuer.api.problems import Problem

ROOM = 200_000


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    problems.install(app)

    @app.post("/json")
    def json(body: Annotated[dict[str, object], Depends(json_body)]) -> dict[str, object]:
        return body

    @app.post("/form")
    def form(body: Annotated[dict[str, str], Depends(form_body)]) -> dict[str, str]:
        return dict(body)

    @app.post("/no/oid4vci/credential")
    def credential(body: Annotated[dict[str, object], Depends(json_body)]) -> dict[str, object]:
        return body

    @app.get("/conflict")
    def conflict() -> None:
        raise Problem("conflict", "the certificate is suspended")

    @app.get("/bug")
    def bug() -> None:
        raise ZeroDivisionError("secret in a message")

    @app.get("/number/{number}")
    def number(number: int) -> int:
        return number

    @app.post("/large")
    def large(body: Annotated[bytes, Depends(raw_json)]) -> dict[str, int]:
        return {"bytes": len(body)}

    app.add_middleware(Guard, https=True, roomy={"/large": ROOM}.get)
    return app


def ask(app: FastAPI, method: str, path: str, **options: object) -> httpx.Response:
    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="https://issuer.example") as client:
            return await client.request(method, path, **options)  # type: ignore[arg-type] # as httpx has them

    return asyncio.run(exchange())


JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

REFUSED = {
    "no content type": ("/json", {}, b"{}", 415),
    "form to a JSON endpoint": ("/json", FORM, b"a=1", 415),
    "JSON to a form endpoint": ("/form", JSON, b"{}", 415),
    "another charset": ("/json", {"Content-Type": "application/json; charset=utf-16"}, b"{}", 415),
    "broken JSON": ("/json", JSON, b'{"a":', 400),
    "JSON array": ("/json", JSON, b"[]", 400),
    "key twice": ("/json", JSON, b'{"a":1,"a":2}', 400),
    "float": ("/json", JSON, b'{"a":1.5}', 400),
    "not UTF-8": ("/json", JSON, b'{"a":"\xff"}', 400),
    "deep JSON": ("/json", JSON, b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", 400),
    "huge JSON": ("/json", JSON, b'{"a":"' + b"x" * 70_000 + b'"}', 413),
    "parameter twice": ("/form", FORM, b"a=1&a=2", 400),
    "broken form": ("/form", FORM, b"abc", 400),
    "form that is not UTF-8": ("/form", FORM, b"a=%ff", 400),
    "form of many fields": ("/form", FORM, b"&".join(b"f%d=1" % n for n in range(40)), 400),
    "nothing there": ("/nothing", JSON, b"{}", 404),
    "wrong method": ("/conflict", JSON, b"{}", 405),
}


@pytest.mark.parametrize(("path", "headers", "body", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_request_gets_problem_details(
    app: FastAPI, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    answer = ask(app, "POST", path, headers=headers, content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]


def test_good_bodies_are_read(app: FastAPI) -> None:
    assert ask(app, "POST", "/json", headers=JSON, content=b'{"a":1}').json() == {"a": 1}
    charset = {"Content-Type": 'application/json; charset="UTF-8"'}
    assert ask(app, "POST", "/json", headers=charset, content='{"n":"Østergård"}'.encode()).json() == {
        "n": "Østergård"
    }
    assert ask(app, "POST", "/form", headers=FORM, content=b"a=%C3%98&empty=").json() == {"a": "Ø"}


def test_body_without_a_length_is_bounded_too(app: FastAPI) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 16_384

    assert ask(app, "POST", "/json", headers=JSON, content=endless()).status_code == 413


def test_route_with_room_reads_a_large_body_and_no_more(app: FastAPI) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 16_384

    assert ask(app, "POST", "/large", headers=JSON, content=b"x" * ROOM).json() == {"bytes": ROOM}
    assert ask(app, "POST", "/large", headers=JSON, content=b"x" * (ROOM + 1)).status_code == 413
    cut = ask(app, "POST", "/large", headers=JSON, content=endless())
    assert (cut.status_code, cut.headers["connection"]) == (413, "close")
    assert ask(app, "POST", "/large", headers=FORM, content=endless()).status_code == 415, "and is not read"


@pytest.mark.parametrize(("arrives", "status"), [(False, 408), (True, 400)], ids=["never", "breaks off"])
def test_large_body_that_does_not_arrive_is_given_up(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, arrives: bool, status: int
) -> None:
    monkeypatch.setattr("issuer.api.guard.LONG_BODY_SECONDS", 0.01)
    sent: list[Message] = []

    async def receive() -> Message:
        if arrives:
            return {"type": "http.disconnect"}
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/large", "headers": headers, "query_string": b""}
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == status


@pytest.mark.parametrize("length", ["-1", "1e9", "99999999999999999999", "²"])
def test_nonsense_length_is_refused(app: FastAPI, length: str) -> None:
    headers = {**JSON, "Content-Length": length.encode()}
    assert ask(app, "POST", "/json", headers=headers, content=b"{}").status_code == 413


def test_body_that_never_arrives_is_given_up(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issuer.api.guard.BODY_SECONDS", 0.01)
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/json", "headers": [], "query_string": b""}
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 408


def test_openid4vci_endpoints_answer_in_their_own_error_json(app: FastAPI) -> None:
    answer = ask(app, "POST", "/no/oid4vci/credential", headers=JSON, content=b"{")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error"] == "invalid_credential_request"
    too_large = ask(app, "POST", "/no/oid4vci/credential", headers=JSON, content=b"x" * 70_000)
    assert too_large.status_code == 413
    assert too_large.json()["error"] == "invalid_credential_request"


def test_domain_refusal_carries_its_own_words(app: FastAPI) -> None:
    problem = ask(app, "GET", "/conflict").json()
    assert (problem["status"], problem["title"]) == (409, "Conflict")
    assert problem["detail"] == "the certificate is suspended"


def test_path_parameter_of_another_kind_is_refused(app: FastAPI) -> None:
    answer = ask(app, "GET", "/number/x")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_bug_is_answered_without_a_stack_trace(app: FastAPI) -> None:
    answer = ask(app, "GET", "/bug")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/conflict", "/nothing", "/number/1"])
def test_every_answer_carries_the_security_headers(app: FastAPI, path: str) -> None:
    headers = ask(app, "GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["strict-transport-security"] == "max-age=31536000"
