"""HTTP for the wallet: https alone (http to this machine, for tests), no redirects, bounded time and size."""

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from typing import IO, Final, NamedTuple, NoReturn, Protocol
from urllib.parse import urlsplit

from wallet_app.core.deadline import Deadline, WatchedHttp, WatchedHttps, WatchedRequest
from wallet_app.core.troubles import PickUpError, Trouble

MAX_BODY_BYTES: Final = 256 * 1024
MAX_LENGTH_DIGITS: Final = 20
TIMEOUT_SECONDS: Final = 15.0
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Response(NamedTuple):
    """What a server answered; the body is whole."""

    status: int
    content_type: str
    body: bytes


class Transport(Protocol):
    """One request, one answer. Raises PickUpError (OFFLINE, NOT_SECURE, SERVICE)."""

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        """The server's answer, whatever its status."""


def require_secure(url: str) -> str:
    """`url`, if it is https without user or fragment; http to this machine alone. Raises PickUpError."""
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        raise PickUpError(Trouble.NOT_AN_OFFER, f"no web address: {url[:80]!r}") from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not parts.hostname or not port_is_valid or not url.isascii() or not url.isprintable() or " " in url:
        raise PickUpError(Trouble.NOT_AN_OFFER, f"no web address: {url[:80]!r}")
    if not _is_host(parts.hostname):
        raise PickUpError(Trouble.NOT_AN_OFFER, f"no name of a host: {url[:80]!r}")
    if not secure or parts.username is not None or parts.fragment:
        raise PickUpError(Trouble.NOT_SECURE, f"not an https address: {url[:80]!r}")
    return url


def _is_host(name: str) -> bool:
    """Labels of 1 to 63 characters, 253 in all (RFC 1035 § 2.3.4); the system's resolver chokes on others."""
    labels = name.removesuffix(".").split(".")
    return len(name) <= 253 and all(0 < len(label) <= 63 for label in labels)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> NoReturn:
        raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp)


class UrllibTransport:
    """The standard library's client with certifi's roots."""

    def __init__(self, *, timeout: float = TIMEOUT_SECONDS) -> None:
        """Wait at most `timeout` seconds for the network to move, and twice that for a whole answer."""
        self._timeout = timeout
        self._opener: urllib.request.OpenerDirector | None = None

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        """The server's answer, whatever its status."""
        request = WatchedRequest(require_secure(url), body, dict(headers), method=method)
        with Deadline(2 * self._timeout) as request.deadline:
            try:
                answer = self._send(request, url)
            except PickUpError as error:
                if request.deadline.has_passed:
                    raise _too_slow(url) from error
                raise
            if request.deadline.has_passed:  # headers that were cut off may look like all there were
                raise _too_slow(url)
            return answer

    def _send(self, request: WatchedRequest, url: str) -> Response:
        try:
            try:
                answer = self._open().open(request, timeout=self._timeout)
            except urllib.error.HTTPError as refusal:  # an answer like any other, and read like it
                answer = refusal
            with answer:
                return _read(answer, answer.status, answer.headers, request.deadline)
        except ssl.SSLError as error:
            raise PickUpError(Trouble.NOT_SECURE, f"TLS: {error.reason}") from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLError):
                raise PickUpError(Trouble.NOT_SECURE, f"TLS: {error.reason.reason}") from error
            raise PickUpError(Trouble.OFFLINE, f"{urlsplit(url).hostname}: {error.reason}") from error
        except (OSError, http.client.HTTPException) as error:
            raise PickUpError(Trouble.OFFLINE, f"{urlsplit(url).hostname}: {error!r}") from error

    def _open(self) -> urllib.request.OpenerDirector:
        """Roots take 50 ms to load: not before they are needed."""
        if self._opener is None:
            import certifi

            context = ssl.create_default_context(cafile=certifi.where())
            self._opener = urllib.request.build_opener(_NoRedirect, WatchedHttp, WatchedHttps(context))
        return self._opener


def _too_slow(url: str) -> PickUpError:
    return PickUpError(Trouble.OFFLINE, f"{urlsplit(url).hostname}: the answer came too slowly")


class _Stream(Protocol):
    def read1(self, n: int, /) -> bytes: ...


def _read(stream: _Stream, status: int, headers: Message, deadline: Deadline) -> Response:
    """Read bounded: neither a huge body nor one that drips; so what is there, not until a block is full."""
    chunks, size = [], 0
    while chunk := stream.read1(16_384):
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise PickUpError(Trouble.NOT_UNDERSTOOD, f"an answer of more than {MAX_BODY_BYTES} bytes")
        if deadline.has_passed:
            raise PickUpError(Trouble.OFFLINE, "the answer came too slowly")
        chunks.append(chunk)
    length = headers.get("Content-Length", "")
    if len(length) > MAX_LENGTH_DIGITS:
        raise PickUpError(Trouble.NOT_UNDERSTOOD, f'a "Content-Length" of {len(length)} characters')
    if length.isdecimal() and size < int(length):
        raise PickUpError(Trouble.OFFLINE, "the answer was cut short")
    return Response(status, headers.get_content_type(), b"".join(chunks))
