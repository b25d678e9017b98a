"""HTTP for the wallet: https alone (http to this machine, for tests), no redirects, bounded time and size."""

import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from typing import IO, Final, NamedTuple, NoReturn, Protocol
from urllib.parse import urlsplit

from wallet_app.core.troubles import PickUpError, Trouble

MAX_BODY_BYTES: Final = 256 * 1024
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
    if not secure or parts.username is not None or parts.fragment:
        raise PickUpError(Trouble.NOT_SECURE, f"not an https address: {url[:80]!r}")
    return url


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
        request = urllib.request.Request(require_secure(url), body, dict(headers), method=method)  # noqa: S310
        deadline = time.monotonic() + 2 * self._timeout
        try:
            with self._open().open(request, timeout=self._timeout) as answer:
                return _read(answer, answer.status, answer.headers, deadline)
        except urllib.error.HTTPError as answer:
            with answer:
                return _read(answer, answer.code, answer.headers, deadline)
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
            self._opener = urllib.request.build_opener(
                _NoRedirect, urllib.request.HTTPSHandler(context=context)
            )
        return self._opener


def _read(stream: IO[bytes], status: int, headers: Message, deadline: float) -> Response:
    """Read bounded: neither a huge body nor one that drips."""
    chunks, size = [], 0
    while chunk := stream.read(16_384):
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise PickUpError(Trouble.NOT_UNDERSTOOD, f"an answer of more than {MAX_BODY_BYTES} bytes")
        if time.monotonic() > deadline:
            raise PickUpError(Trouble.OFFLINE, "the answer came too slowly")
        chunks.append(chunk)
    length = headers.get("Content-Length", "")
    if length.isdecimal() and size < int(length):
        raise PickUpError(Trouble.OFFLINE, "the answer was cut short")
    return Response(status, headers.get_content_type(), b"".join(chunks))
