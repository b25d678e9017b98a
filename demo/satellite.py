"""A thin satellite link: passes bytes on, counts them, breaks once when told to. It makes nobody wait.

What is counted is what HTTP says in both directions. A modem adds its own frames, and an https address a TLS
handshake of about 1,700 bytes.
"""

import socket
from contextlib import closing, suppress
from threading import Lock, Thread
from typing import Final, Self

BITS_PER_SECOND: Final = 2_400
_CHUNK: Final = 512


class Satellite:
    """Between a ship and a server on this machine. The ship's address of the server is `address`."""

    def __init__(self, port: int) -> None:
        """Pass on to the server at `port`."""
        self._server = port
        self._gate = socket.create_server(("127.0.0.1", 0))
        self._lock = Lock()
        self._left: int | None = None
        self.sent = self.received = 0  # as the ship sees it
        Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """Where the ship finds the server."""
        return f"http://127.0.0.1:{self._gate.getsockname()[1]}"

    @property
    def seconds(self) -> float:
        """How long all that has passed would have taken."""
        return (self.sent + self.received) * 8 / BITS_PER_SECOND

    def break_after(self, received: int) -> None:
        """Lose the connection, once, when so many bytes more have reached the ship."""
        self._left = received

    def start_again(self) -> None:
        """Count from nothing."""
        self.sent = self.received = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._gate.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the gate was closed: the demo is over
            while True:
                ship = self._gate.accept()[0]
                Thread(target=self._carry, args=(ship,), daemon=True).start()

    def _carry(self, ship: socket.socket) -> None:
        with closing(ship), closing(socket.create_connection(("127.0.0.1", self._server))) as server:
            up = Thread(target=self._up, args=(ship, server), daemon=True)
            up.start()
            self._down(server, ship)
            for end in (ship, server):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            up.join()

    def _up(self, ship: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := ship.recv(_CHUNK):
                self.sent += len(data)
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _down(self, server: socket.socket, ship: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(_CHUNK):
                data, broken = self._before_the_break(data)
                self.received += len(data)
                ship.sendall(data)
                if broken:
                    return

    def _before_the_break(self, data: bytes) -> tuple[bytes, bool]:
        with self._lock:
            if self._left is None:
                return data, False
            if len(data) < self._left:
                self._left -= len(data)
                return data, False
            data, self._left = data[: self._left], None
            return data, True
