"""A small HTTP server of static files on loopback, which does ranges, breaks off, lies and drips as told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Weather:
    """How the server behaves; `asked` is what it was asked, newest last."""

    root: Path
    ranges: bool = True
    tags: bool = True
    tag: str | None = None  # the same for every file and content: a lie
    length: int | None = None  # announced instead of the true one
    breaks_after: list[int] = field(default_factory=list)  # bytes of each answer, until the list is empty
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def range_of(self, headers: dict[str, str], size: int, tag: str) -> tuple[int, int] | None:
        """The first byte and the status: 200, 206 or 416; None where nothing has changed."""
        if self.tags and headers.get("if-none-match") == tag:
            return None
        wanted = headers.get("range", "")
        if not self.ranges or not wanted.startswith("bytes=") or headers.get("if-range") != tag:
            return 0, 200
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        return (start, 206) if start < size else (start, 416)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    weather: Weather

    def do_GET(self) -> None:
        weather = self.weather
        headers = {name.lower(): value for name, value in self.headers.items()}
        weather.asked.append((self.path, headers))
        file = weather.root / self.path.lstrip("/")
        if weather.status is not None or not file.is_file():
            return self._answer(weather.status or 404, {}, b"")
        data = file.read_bytes()
        tag = weather.tag or f'"{sha256(data).hexdigest()[:16]}"'
        found = weather.range_of(headers, len(data), tag)
        named = {"ETag": tag} if weather.tags else {}
        if found is None:
            return self._answer(304, named, b"")
        start, status = found
        if status == 416:
            return self._answer(416, {**named, "Content-Range": f"bytes */{len(data)}"}, b"")
        if status == 206:
            named["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return self._answer(status, named, data[start:])

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        weather = self.weather
        length = len(body) if weather.length is None else weather.length
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **headers, **weather.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if body and weather.breaks_after:
            body = body[: weather.breaks_after.pop(0)]
            self.close_connection = True
        if length != len(body):
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(weather: Weather) -> Iterator[str]:
    """Serve until the end of the block; yields the address."""
    handler = type("Handler", (_Handler,), {"weather": weather})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
