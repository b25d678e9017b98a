"""The signer's socket: who may ask, how many at a time, and how it ends.

A Unix socket in a folder that its users alone may enter; each connection's user is the kernel's word
(SO_PEERCRED), not the connection's own.
"""

import os
import select
import socket
import stat
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from typing import Final

from keys.custody import CustodyError
from keys.custody.signer_protocol import FrameError, read_sign_request, receive, send, sign_answer
from keys.custody.signing_desk import DeskClosed, SigningDesk
from keys.encoding import Json

CONNECTIONS: Final = 64
FRAME_SECONDS: Final = 30.0  # a frame that has begun goes on, or the connection ends
ENDING_SECONDS: Final = 10.0
_CREDENTIALS: Final = struct.Struct("3i")  # pid, uid, gid (unix(7))

Peer = Callable[[socket.socket], int]


class SocketError(CustodyError):
    """The signer cannot listen where it was told to."""

    hint = "name a folder that others cannot write, and whose path is short: --socket FOLDER/signer.sock"


def peer_uid(connection: socket.socket) -> int:
    """The user at the other end, as the kernel knows it."""
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    uid: int = _CREDENTIALS.unpack(data)[1]
    return uid


class SignerServer:
    """Answers at a socket until it is told to end. Whoever makes one holds the journal's lock."""

    def __init__(self, desk: SigningDesk, path: Path, *, peer: Peer = peer_uid) -> None:
        """Listen. Raises SocketError, OSError."""
        self._desk, self._path, self._peer = desk, path, peer
        self._free = BoundedSemaphore(CONNECTIONS)
        self._lock = Lock()
        self._open: dict[socket.socket, Thread] = {}
        self._listener = _listen(path)
        self._waker, self._woken = socket.socketpair()
        desk.on_failure = self.end

    def end(self) -> None:
        """End soon: safe in a signal handler and from any thread."""
        with suppress(OSError):
            self._waker.send(b".")

    def serve(self) -> None:
        """Answer until `end`; then what was begun is finished. Raises DeskClosed if the desk failed."""
        try:
            while True:
                ready, _, _ = select.select([self._listener, self._woken], [], [])
                if self._woken in ready:
                    break
                with suppress(BlockingIOError, ConnectionError):  # it went away before it came in
                    self._welcome(self._listener.accept()[0])
        finally:
            self._say_goodbye()
        if self._desk.failure is not None:
            raise DeskClosed(self._desk.failure)

    def _welcome(self, connection: socket.socket) -> None:
        uid = self._peer(connection)
        policy = self._desk.policy
        if uid not in policy.clients | policy.operators:
            _turn_away(connection, f"user {uid} may not ask this signer", "denied")
        elif not self._free.acquire(blocking=False):
            _turn_away(connection, f"{CONNECTIONS} connections are open: close some", "ending")
        else:
            thread = Thread(target=self._converse, args=(connection, uid), daemon=True)
            with self._lock:
                self._open[connection] = thread
            thread.start()

    def _converse(self, connection: socket.socket, uid: int) -> None:
        try:
            with suppress(OSError):  # who went away finds what was signed in the journal
                while (message := receive(connection, within=FRAME_SECONDS)) is not None:
                    send(connection, self._answer(message, uid))
                    connection.settimeout(None)
        except FrameError as error:
            _turn_away(connection, str(error), "frame")
        finally:
            connection.close()
            with self._lock:
                self._open.pop(connection, None)
            self._free.release()

    def _answer(self, message: Mapping[str, Json], uid: int) -> Mapping[str, object]:
        ask = message.get("ask")
        try:
            if ask == "sign":
                return sign_answer(self._desk.sign(*read_sign_request(message)))
            if ask in ("stop", "resume"):
                return self._switch(str(ask), message, uid)
            if message.keys() == {"ask"} and ask in ("status", "keys", "count"):
                return self._tell(str(ask))
        except CustodyError as error:
            self.end()  # the journal or the desk: no more can be promised
            return {"error": str(error), "kind": "ending"}
        except FrameError as error:
            return {"error": str(error), "kind": "frame"}
        return {"error": "no such question: sign, status, keys, count, stop, resume", "kind": "frame"}

    def _switch(self, ask: str, message: Mapping[str, Json], uid: int) -> Mapping[str, object]:
        """Anybody who may ask may stop; only an operator lets it go on."""
        reason = message.get("reason")
        try:
            if ask == "stop" and message.keys() == {"ask", "reason"} and isinstance(reason, str):
                self._desk.stop.stop(f"{reason} (user {uid})")
            elif ask == "resume" and message.keys() == {"ask"}:
                if uid not in self._desk.policy.operators:
                    return {"error": f"user {uid} is no operator of this signer", "kind": "denied"}
                self._desk.stop.resume()
            else:
                return {"error": "stop has a reason, resume has nothing", "kind": "frame"}
        except OSError as error:
            return {"error": f"the stop file: {error.strerror}", "kind": "ending"}
        return self._tell("status")

    def _tell(self, ask: str) -> Mapping[str, object]:
        desk = self._desk
        if ask == "keys":
            return {"keys": [{**key.to_jwk(), "kid": kid} for kid, key in sorted(desk.public.items())]}
        counts: dict[str, dict[str, int]] = {}
        for (kid, purpose), count in sorted(desk.journal.counts.copy().items()):
            counts.setdefault(kid, {})[purpose] = count
        if ask == "count":
            return {"drafts": sum(sum(one.values()) for one in counts.values()), "by_key": counts}
        return {
            "policy": desk.policy.version,
            "stopped": desk.stop.reason(),
            "drafts": len(desk.journal),
            "head": desk.journal.head,
            "torn": desk.journal.torn,
        }

    def _say_goodbye(self) -> None:
        """No new questions; those that were asked are answered; then the socket goes."""
        self._listener.close()
        self._path.unlink(missing_ok=True)
        with self._lock:
            talking = dict(self._open)
        for connection in talking:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        for thread in talking.values():
            thread.join(ENDING_SECONDS)
        self._desk.close()
        self._waker.close()
        self._woken.close()


def _listen(path: Path) -> socket.socket:
    """A socket that its owner and group may use. What lies in its place was left by a signer that is dead."""
    if stat.S_IMODE(path.parent.stat().st_mode) & 0o022:
        raise SocketError(f"{path.parent}: others may write this folder")
    if path.is_socket():
        path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        before = os.umask(0o117)  # from its first moment nobody else may connect
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        listener.listen(CONNECTIONS)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise SocketError(f"{path}: {error.strerror or error}") from error
    return listener


def _turn_away(connection: socket.socket, why: str, kind: str) -> None:
    with connection, suppress(OSError):
        connection.settimeout(1.0)
        send(connection, {"error": why, "kind": kind})
