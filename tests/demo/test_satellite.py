"""The demo's thin link: every byte is counted, and it breaks where it is told to, once."""

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from threading import Thread

import pytest

from demo.satellite import BITS_PER_SECOND, Satellite

pytestmark = pytest.mark.loopback
ANSWER = bytes(range(256)) * 40


@pytest.fixture
def link() -> Iterator[Satellite]:
    """A link to a server that reads a line and answers 10,240 bytes."""
    gate = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                asked = gate.accept()[0]
                with closing(asked), suppress(OSError):
                    asked.recv(100)
                    asked.sendall(ANSWER)

    Thread(target=serve, daemon=True).start()
    with closing(gate), Satellite(gate.getsockname()[1]) as link:
        yield link


def ask(link: Satellite) -> bytes:
    host, _, port = link.address.removeprefix("http://").partition(":")
    with closing(socket.create_connection((host, int(port)), timeout=10)) as ship:
        ship.sendall(b"please\n")
        answer = b""
        while data := ship.recv(4_096):
            answer += data
        return answer


def test_what_passes_is_counted_and_nobody_waits(link: Satellite) -> None:
    assert ask(link) == ANSWER
    assert (link.sent, link.received) == (7, len(ANSWER))
    assert link.seconds == (7 + len(ANSWER)) * 8 / BITS_PER_SECOND


def test_it_breaks_where_it_is_told_to_and_only_once(link: Satellite) -> None:
    link.break_after(1_000)
    assert ask(link) == ANSWER[:1_000]
    assert ask(link) == ANSWER
    assert link.received == 1_000 + len(ANSWER)


def test_counting_starts_again(link: Satellite) -> None:
    ask(link)
    link.start_again()
    assert link.seconds == 0
