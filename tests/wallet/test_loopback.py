"""The wallet's own network code against the issuer behind a real socket, through the app's threads."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.issuer_server import serving
from support.phone import Phone
from support.simulator import NOW

from verifier.ui.background import ThreadBackground
from verifier.ui.ports.scanner import FakeScanner
from verifier.ui.ports.screen import FakeScreen
from verifier.ui.work import WorkError
from wallet_app.core.transport import MAX_BODY_BYTES, UrllibTransport
from wallet_app.core.troubles import PickUpError, Trouble
from wallet_app.main import compose
from wallet_app.ui.app import Device

pytestmark = pytest.mark.loopback

DRIPPING = threading.Event()  # never set: waits without sleeping
QUICK = 0.3


class Counted(ThreadBackground):
    """Says what is under way yet: a thread that outlives its app would hand its result to the next one."""

    def __init__(self) -> None:
        self.under_way = 0

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[WorkError], None],
    ) -> None:
        self.under_way += 1

        def over(told: Callable[[Any], None], result: object) -> None:
            self.under_way -= 1
            told(result)

        super().run(work, partial(over, done), partial(over, failed))


@pytest.mark.screen
@pytest.mark.parametrize("path", ["/no", "", "/authorities/no"])
def test_offer_to_live_code_over_a_real_socket(tmp_path: Path, path: str) -> None:
    phone, background = Phone(NOW), Counted()
    with serving(tmp_path, path=path) as office:
        offer = office.offer()
        app = compose(
            tmp_path / "phone",
            clock=phone.now,
            device=Device(background=background, screen=FakeScreen(), scanner=FakeScanner()),
            offer=offer.link,
            tx_code=offer.tx_code,
            locks=False,
        )
        phone.launch(app)
        try:
            phone.wait_for("Pick up").wait(0.4)  # it slides in
            phone.tap(phone.scroll_to("Pick up"))
            phone.wait_for("2 certificates added")
            phone.tap("Show my certificates").tap("Master").tap("Show code")
            assert phone.sees("New code in")
            deadline = time.monotonic() + 60
            while background.under_way and time.monotonic() < deadline:  # it syncs
                DRIPPING.wait(0.01)
                phone.frame()
            assert not background.under_way
        finally:
            phone.close()


class _Rude(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
        elif self.path == "/huge":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b" " * (MAX_BODY_BYTES + 1))
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"{}")
        elif self.path == "/long":
            self.send_response(200)
            self.send_header("Content-Length", "9" * 5_000)
            self.end_headers()
            self.wfile.write(b"{}")
        elif self.path == "/body":
            self.send_response(200)
            self.end_headers()
            self._drip(b" ")
        elif self.path == "/refusal":
            self.send_response(400)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self._drip(b" ")
        elif self.path == "/headers":
            self._drip(b"X")
        elif self.path == "/header-lines":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
            self._drip(b"A: b\r\n")

    def _drip(self, drop: bytes) -> None:
        """A little at a time, each well before the socket's own timeout, until the other side hangs up."""
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(drop)
                DRIPPING.wait(0.05)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def rude_server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Rude) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("path", "trouble"),
    [("/huge", Trouble.NOT_UNDERSTOOD), ("/cut", Trouble.OFFLINE), ("/silent", Trouble.OFFLINE)],
)
def test_answer_that_is_huge_cut_or_missing_is_told_apart(path: str, trouble: Trouble) -> None:
    with rude_server() as base, pytest.raises(PickUpError) as stopped:
        UrllibTransport(timeout=5).send("GET", base + path, headers={})
    assert stopped.value.trouble is trouble


@pytest.mark.parametrize("path", ["/body", "/refusal", "/headers", "/header-lines"])
def test_answer_that_drips_is_cut_off_at_the_deadline(path: str) -> None:
    begun = time.monotonic()
    with rude_server() as base, pytest.raises(PickUpError, match="too slowly") as stopped:
        UrllibTransport(timeout=QUICK).send("GET", base + path, headers={})
    assert stopped.value.trouble is Trouble.OFFLINE
    assert time.monotonic() - begun < 10 * QUICK


def test_handshake_that_drips_is_cut_off_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_drip_handshake, args=(listener,))
        thread.start()
        with pytest.raises(PickUpError) as stopped:
            UrllibTransport(timeout=QUICK).send(
                "GET", f"https://127.0.0.1:{listener.getsockname()[1]}/", headers={}
            )
        thread.join()
    assert stopped.value.trouble is Trouble.OFFLINE


def _drip_handshake(listener: socket.socket) -> None:
    """A TLS record of 16 KiB is announced, and comes byte by byte."""
    connection, _ = listener.accept()
    with connection, contextlib.suppress(OSError):
        connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03")
        while True:
            connection.sendall(b"\x00")
            DRIPPING.wait(0.05)


def test_length_of_five_thousand_digits_is_not_understood() -> None:
    with rude_server() as base, pytest.raises(PickUpError) as stopped:
        UrllibTransport().send("GET", f"{base}/long", headers={})
    assert stopped.value.trouble is Trouble.NOT_UNDERSTOOD


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".example", ".example", "a." * 127 + "example", "."])
def test_name_that_no_host_can_have_is_no_address(host: str) -> None:
    with pytest.raises(PickUpError) as refused:
        UrllibTransport().send("GET", f"https://{host}/", headers={})
    assert refused.value.trouble is Trouble.NOT_AN_OFFER


def test_redirects_are_not_followed() -> None:
    with rude_server() as base:
        assert UrllibTransport().send("GET", f"{base}/elsewhere", headers={}).status == 302


def test_nobody_listening_is_offline() -> None:
    with pytest.raises(PickUpError) as stopped:
        UrllibTransport().send("GET", "http://127.0.0.1:9/", headers={})
    assert stopped.value.trouble is Trouble.OFFLINE
