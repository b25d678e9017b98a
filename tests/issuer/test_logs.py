"""Logs and the terminal: no person in a line, and no bar where nobody watches."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from issuer import logs, terminal
from issuer.domain.errors import Conflict


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    logging.getLogger("uvicorn.access").disabled = False


def test_line_holds_known_fields_alone(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(human=False)
    structlog.get_logger().info("issued", credentials=3, family_name="Østergård", token="secret")
    line = json.loads(capsys.readouterr().err)
    assert line.keys() == {"event", "credentials", "level", "timestamp"}


def test_library_lines_have_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(human=False)
    logging.getLogger("uvicorn.error").info("started", extra={"client": "192.0.2.1"})
    assert json.loads(capsys.readouterr().err).keys() == {"event", "level", "timestamp"}
    logging.getLogger("uvicorn.access").info("GET /oid4vci/offers/secret")
    assert capsys.readouterr().err == ""


def test_person_who_watches_gets_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(human=True)
    structlog.get_logger().info("serving", flag="NO")
    assert "serving" in capsys.readouterr().err


def test_complaint_is_an_error_and_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.complain(Conflict("it is so", hint="do this"))
    assert capsys.readouterr().err == "error: it is so\nhint: do this\n"


def test_progress_without_a_terminal_is_ten_lines_at_most(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress("Loading") as show:
        for done in range(1001):
            show(done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert (len(lines), lines[-1]) == (10, "Loading: 1000 of 1000")


def test_progress_on_a_terminal_is_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with terminal.progress("Loading", 10) as show:
        show(10, 10)
    assert "Loading" in capsys.readouterr().err
