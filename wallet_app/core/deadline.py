"""A deadline that holds: a server that drips byte after byte is cut off, wherever it drips.

The socket's own timeout counts anew with each byte, in the headers as in the body.
"""

import contextlib
import http.client
import socket
import threading
import urllib.request
from types import TracebackType
from typing import Any, Self


class Deadline:
    """Within it, connections that were `watch`ed are shut down once `seconds` have passed."""

    def __init__(self, seconds: float) -> None:
        """Nothing runs before it is entered."""
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self.has_passed = False

    def watch(self, connection: socket.socket) -> None:
        """Shut `connection` down at the deadline, also once TLS has taken its descriptor over."""
        with self._lock:
            self._watched.append(connection.dup())
        if self.has_passed:
            self._cut()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            while self._watched:
                self._watched.pop().close()

    def _cut(self) -> None:
        self.has_passed = True
        with self._lock:
            for connection in self._watched:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class WatchedRequest(urllib.request.Request):
    """A request whose connection ends at `deadline`."""

    deadline: Deadline


class _Plain(http.client.HTTPConnection):
    deadline: Deadline

    def connect(self) -> None:
        super().connect()
        self.deadline.watch(self.sock)


class _Secure(http.client.HTTPSConnection, _Plain):
    """Its TCP connection is made by `_Plain`, and watched before the TLS handshake begins."""


class WatchedHttp(urllib.request.HTTPHandler):
    """Opens http for a WatchedRequest."""

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """As its base does."""
        return self.do_open(_made(_Plain, req), req)


class WatchedHttps(urllib.request.HTTPSHandler):
    """Opens https for a WatchedRequest."""

    def __init__(self, context: Any) -> None:
        """With `context`, an ssl.SSLContext."""
        super().__init__(context=context)
        self._trusting = context

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """As its base does."""
        return self.do_open(_made(_Secure, req), req, context=self._trusting)


def _made(kind: type[_Plain], request: urllib.request.Request) -> Any:
    """What `do_open` calls for a connection."""

    def make(host: str, **options: Any) -> _Plain:
        connection = kind(host, **options)
        if isinstance(request, WatchedRequest):
            connection.deadline = request.deadline
        return connection

    return make
