"""Fetch one file over HTTP, bounded, and resumed where the connection broke (RFC 9110 § 13.1.5, § 14).

What has come so far lies in the verifier's folder with the tag of what it belongs to: the next try asks for
the rest, on the condition that the file is still the same. https, or http on this machine alone; no proxy, no
redirection, nothing that an answer says is followed.
"""

import http.client
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from keys.encoding import EncodingError, json_dumps, json_object
from keys.regular_file import opener
from verifier.unusable import Unusable

TIMEOUT: Final = 60.0  # seconds without a byte
FIRST: Final = 180.0  # seconds for a connection and the answer's headers
LONGEST: Final = 3 * 3600.0  # seconds for one file: 64 MB at 50 kbit/s, 2 MB at 1,600 bit/s
TRIES: Final = 8  # of which each goes on where the last one broke
_CHUNK: Final = 16_384
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_ADDRESS: Final = re.compile(r"https?://[!-~]+", re.ASCII)
_RANGE: Final = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})", re.ASCII)
_TAG: Final = re.compile(r'"[!#-~]{1,200}"', re.ASCII)  # strong: a weak one promises no same bytes
_AGAIN: Final = "try again: what has come so far is kept, and the rest is asked for"
_ASK: Final = "ask the operator of that server"


class NotThere(Exception):
    """The server knows of no such file."""


class Fetched(NamedTuple):
    """A file as it came; `resumed` if in parts, which a lying server may have cut from different ones."""

    data: bytes
    tag: str | None
    resumed: bool


class _Broken(Exception):
    """The connection ended before the file did."""


class _Changed(Exception):
    """The rest is of another file than the beginning."""


def check_address(address: str) -> SplitResult:
    """An address that may be fetched from. Raises Unusable."""
    hint = "give the address of a site of packs, such as https://packs.example"
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - read for its ValueError
    except ValueError:
        raise Unusable(f"{address[:200]}: no web address", hint) from None
    if _ADDRESS.fullmatch(address) is None or not parts.hostname or parts.query or parts.fragment:
        raise Unusable(f"{address[:200]}: no plain web address", hint)
    if parts.username is not None or parts.password is not None:
        raise Unusable("an address with a password in it", hint)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise Unusable(f"{address[:200]}: http is for this machine alone", "use https")
    return parts


def fetch(address: str, folder: str, *, limit: int, tag: str | None = None) -> Fetched | None:
    """The file at an address, or None where it is still the one with this tag. Raises NotThere, Unusable."""
    check_address(address)
    part = _Part(folder, address)
    deadline = time.monotonic() + LONGEST
    resumed = False
    for _ in range(TRIES):
        had = part.size()
        resumed = resumed or had > 0
        try:
            with _answer(address, part.asks(tag)) as answer:
                if answer.status == 304 and tag is not None and not had:
                    return None
                _receive(answer, part, had, limit, deadline)
            return Fetched(part.take(), part.tag, resumed)
        except _Changed:
            part.drop()
            resumed = False
        except _Broken as error:
            if part.size() <= had:  # not a byte further: trying at once will not help
                raise Unusable(f"{address}: {error}", _AGAIN) from None
        except (OSError, http.client.HTTPException) as error:
            if part.size() <= had:
                raise Unusable(f"{address}: {_reason(error)}", _AGAIN) from None
    raise Unusable(f"{address}: the connection broke {TRIES} times", _AGAIN)


def tls_context() -> ssl.SSLContext:
    """A client's context with the system's roots; where OpenSSL finds none, as on phones, with certifi's.

    What comes is signed and checked as such: TLS keeps others from seeing, holding back or replaying it.
    Raises Unusable where there are no roots at all.
    """
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()  # None for what is not there; a folder is read as needed
    if context.cert_store_stats()["x509_ca"] or paths.cafile or paths.capath:
        return context
    try:
        import certifi
    except ImportError:
        hint = "install the system's ca-certificates, or: pip install certifi"
        raise Unusable("https needs trusted roots, and this device has none", hint) from None
    return ssl.create_default_context(cafile=certifi.where())


@contextmanager
def _answer(address: str, headers: dict[str, str]) -> Iterator[http.client.HTTPResponse]:
    parts = urlsplit(address)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(parts.netloc, timeout=TIMEOUT, context=tls_context())
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT)
    try:
        with _hurried(connection):
            connection.request("GET", parts.path or "/", headers=headers)
            answer = connection.getresponse()
        with answer:
            yield answer
    finally:
        connection.close()


@contextmanager
def _hurried(connection: http.client.HTTPConnection) -> Iterator[None]:
    """End a connection whose headers drip, each byte in its time. Raises TimeoutError."""
    late = threading.Event()

    def end() -> None:
        late.set()
        if connection.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)  # whatever TLS thinks of it

    timer = threading.Timer(FIRST, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():
            raise TimeoutError(f"no answer within {FIRST:g} seconds") from None


def _receive(answer: http.client.HTTPResponse, part: "_Part", had: int, limit: int, deadline: float) -> None:
    """Append the answer to what is there, or put it in its place. Raises as `fetch`, _Broken and _Changed."""
    total = _expected(answer, part, had)
    if total is not None and total > limit:
        raise Unusable(f"the server announces {total} bytes; a sea pack has at most {limit}", _ASK)
    if answer.status == 416:
        return  # all of it was there
    size = had
    if answer.status == 200:
        part.begin(answer.headers.get("ETag", ""))
        size = 0
    while chunk := answer.read1(_CHUNK):  # what is there: a line that stalls loses nothing, and is timed
        size += len(chunk)
        if size > limit or (total is not None and size > total):
            part.drop()
            raise Unusable(f"the server sends over {limit if total is None else total} bytes", _ASK)
        part.append(chunk)
        if time.monotonic() > deadline:
            raise Unusable(f"no whole file after {LONGEST / 3600:g} hours", _AGAIN)
    if total is not None and size < total:
        raise _Broken(f"the connection broke after {size} of {total} bytes")


def _expected(answer: http.client.HTTPResponse, part: "_Part", had: int) -> int | None:
    """How long the whole file is said to be. Raises for every answer that brings none of it."""
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unusable("the server sends the pack encoded, though nobody asked for that", _ASK)
    if answer.status == 200:
        length = answer.headers.get("Content-Length", "")
        return int(length) if length.isdecimal() and len(length) < 13 else None
    if answer.status in (206, 416) and had:
        if answer.headers.get("ETag", part.tag) != part.tag:
            raise _Changed
        return _rest(answer.headers.get("Content-Range", ""), answer.status, had)
    if answer.status in (404, 410):
        raise NotThere
    if 300 <= answer.status < 400:
        where = answer.headers.get("Location", "nowhere")[:200]
        raise Unusable(f"the server points elsewhere: {where}", "give that address, if you trust it")
    raise Unusable(f"the server answers {answer.status}", _ASK)


def _rest(content_range: str, status: int, had: int) -> int:
    """The whole length, where the answer goes on just after what is there, or nothing is left of it."""
    if status == 416:
        if content_range != f"bytes */{had}":
            raise _Changed
        return had
    found = _RANGE.fullmatch(content_range)
    if found is None or int(found[1]) != had:
        raise _Changed
    return int(found[3])


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


class _Part:
    """What has come of one address: `incoming`, and `incoming.json` that says what it is of."""

    def __init__(self, folder: str, address: str) -> None:
        self._data = os.path.join(folder, "incoming")
        self._about = self._data + ".json"
        self._address = address
        self.tag: str | None = None
        try:
            with open(self._about, "rb", opener=opener) as file:
                about = json_object(file.read(65_536))
            if about.get("address") == address and isinstance(about.get("tag"), str):
                self.tag = str(about["tag"])
        except (OSError, EncodingError):
            pass
        if self.tag is None:
            self.drop()

    def size(self) -> int:
        """How much has come, of a file whose tag is known."""
        try:
            return os.path.getsize(self._data) if self.tag is not None else 0
        except OSError:
            return 0

    def asks(self, tag: str | None) -> dict[str, str]:
        headers = {"User-Agent": "ombord-verify", "Accept-Encoding": "identity"}
        if self.tag is not None and (size := self.size()):
            return {**headers, "Range": f"bytes={size}-", "If-Range": self.tag}
        return headers if tag is None else {**headers, "If-None-Match": tag}

    def begin(self, tag: str) -> None:
        """Forget what is there, and note down what is coming. Raises Unusable."""
        self.drop()
        self.tag = tag if _TAG.fullmatch(tag) else None
        with self._writing():
            with open(self._about, "wb") as about:
                about.write(json_dumps({"address": self._address, "tag": self.tag}))
            with open(self._data, "wb"):
                pass

    def append(self, chunk: bytes) -> None:
        """What has come survives the end of this process. Raises Unusable."""
        with self._writing(), open(self._data, "ab") as file:
            file.write(chunk)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            hint = "make room, or choose another folder: OMBORD_HOME"
            raise Unusable(f"{self._data}: {error.strerror}", hint) from None

    def take(self) -> bytes:
        """The whole file; it is not kept as a part any more."""
        with open(self._data, "rb") as file:
            data = file.read()
        tag = self.tag
        self.drop()
        self.tag = tag
        return data

    def drop(self) -> None:
        for path in (self._data, self._about):
            with suppress(OSError):
                os.unlink(path)
        self.tag = None
