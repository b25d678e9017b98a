"""One file over a bad line or from a bad server: nothing that came is lost, and nobody waits for ever."""

import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from verifier import download
from verifier.unusable import Unusable

LIMIT = 1 << 20
Serve = Callable[[socket.socket, threading.Event], None]  # ends when the event is set


@contextmanager
def server(*answers: Serve) -> Iterator[tuple[str, list[bytes]]]:
    """Each connection gets the next answer; yields the address and what was asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended, asked = threading.Event(), list[bytes]()

    def serve() -> None:
        for answer in answers:
            with suppress(OSError):
                peer, _ = listener.accept()
                with peer:
                    asked.append(peer.recv(65_536))
                    answer(peer, ended)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/file", asked
    finally:
        ended.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def dripping(start: bytes) -> Serve:
    def drip(peer: socket.socket, ended: threading.Event) -> None:
        peer.sendall(start)
        while not ended.wait(0.02):
            peer.sendall(b"x")

    return drip


def stalling(start: bytes) -> Serve:
    def stall(peer: socket.socket, ended: threading.Event) -> None:
        peer.sendall(start)
        peer.recv(1)  # until the other side has enough of it

    return stall


def whole(data: bytes) -> Serve:
    return lambda peer, _: peer.sendall(data)


@pytest.mark.loopback
@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"],
    ids=["no answer", "headers", "content"],
)
def test_an_answer_that_drips_is_given_up_in_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(download, "FIRST", 0.3)
    monkeypatch.setattr(download, "LONGEST", 0.3)
    began = time.monotonic()
    with server(dripping(start)) as (address, _), pytest.raises(Unusable):
        download.fetch(address, str(tmp_path), limit=LIMIT)
    assert time.monotonic() - began < 5


@pytest.mark.loopback
def test_all_that_came_before_a_line_stalls_is_kept_and_only_the_rest_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT", 0.2)
    data = bytes(range(250)) * 32
    head = b'HTTP/1.1 %s\r\nETag: "a"\r\nContent-Length: %d\r\n'
    first = head % (b"200 OK", 8000) + b"\r\n" + data[:5000]
    rest = head % (b"206 Partial", 3000) + b"Content-Range: bytes 5000-7999/8000\r\n\r\n" + data[5000:]
    with server(stalling(first), whole(rest)) as (address, asked):
        fetched = download.fetch(address, str(tmp_path), limit=LIMIT)
    assert fetched is not None
    assert fetched.data == data
    assert b"Range: bytes=5000-" in asked[1]


@pytest.mark.loopback
@pytest.mark.parametrize("spelled", [b"identity", b"Identity", b"IDENTITY"])
def test_no_encoding_is_no_encoding_however_it_is_spelled(tmp_path: Path, spelled: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: 3\r\n\r\nabc" % spelled
    with server(whole(answer)) as (address, _):
        fetched = download.fetch(address, str(tmp_path), limit=LIMIT)
    assert fetched is not None
    assert fetched.data == b"abc"


def no_system_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a phone, where OpenSSL looks for a file that nobody made."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/cert.pem")
    monkeypatch.setenv("SSL_CERT_DIR", "/nowhere/certs")


def test_a_phone_without_roots_of_its_own_trusts_those_that_came_with_the_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_system_roots(monkeypatch)
    context = download.tls_context()
    assert context.cert_store_stats()["x509_ca"] > 50
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)


def test_the_systems_roots_come_first_as_whoever_keeps_the_machine_chose_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/cert.pem")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "certifi", None)
    context = download.tls_context()
    assert context.cert_store_stats()["x509_ca"] == 0, "a folder of roots, read as they are needed"
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)


def test_without_any_roots_nothing_is_fetched_and_it_is_said_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    no_system_roots(monkeypatch)
    monkeypatch.setitem(sys.modules, "certifi", None)
    with pytest.raises(Unusable, match="needs trusted roots") as refused:
        download.fetch("https://packs.example/latest", str(tmp_path), limit=LIMIT)
    assert "certifi" in refused.value.hint
