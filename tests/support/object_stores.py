"""A real S3 server on this machine (moto's), and one that fails as a test wants. Conftests import by name."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

import pytest

from issuer.adapters import object_store_s3
from issuer.adapters.object_store_s3 import S3Store

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import BucketLocationConstraintType as BucketLocation

_BUCKETS = count(1)
_CLIENT = cache(object_store_s3._client)  # making one takes half a second
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-north-1"}


class S3Server(NamedTuple):
    """Where it listens, and how a test gets a bucket of its own."""

    endpoint: str

    def bucket(self) -> str:
        name = f"bucket-{next(_BUCKETS)}"
        where: BucketLocation = "eu-north-1"
        _CLIENT(self.endpoint).create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": where}
        )
        return name

    def store(self, prefix: str = "no") -> S3Store:
        return S3Store(f"s3://{self.bucket()}/{prefix}", self.endpoint)


@pytest.fixture(scope="session")
def s3_process() -> Iterator[str]:
    """The server, once; skips by name where it is not installed."""
    server = pytest.importorskip("moto.server", reason="moto is not installed: it comes with the dev group")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    own = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    own.start()
    host, port = own.get_host_and_port()
    yield f"http://{host}:{port}"
    own.stop()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """What boto3 finds in the environment, and nothing of this machine's own."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setattr(object_store_s3, "ATTEMPTS", 1)
    monkeypatch.setattr(object_store_s3, "_client", _CLIENT)


@pytest.fixture
def s3(s3_process: str, credentials: None) -> S3Server:
    """A real S3 server."""
    return S3Server(s3_process)


@pytest.fixture
def answering(answering_process: AnsweringServer, credentials: None) -> AnsweringServer:
    """A server that gives each request the same answer."""
    answering_process.reset()
    return answering_process


@pytest.fixture(scope="session")
def answering_process() -> Iterator[AnsweringServer]:
    """The server, once."""
    server = AnsweringServer()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class AnsweringServer(ThreadingHTTPServer):
    """S3 as it fails: the same status and code for whatever is asked, or only for conditional writes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.reset()

    def reset(self) -> None:
        self.status, self.code, self.only_conditional = 503, "SlowDown", False
        self.asked: list[str] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: AnsweringServer

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        conditional = "If-Match" in self.headers or "If-None-Match" in self.headers
        self.server.asked.append(f"{self.command}{' on condition' if conditional else ''}")
        fails = conditional or not self.server.only_conditional
        if fails:
            body = f"<Error><Code>{self.server.code}</Code><Message>-</Message></Error>".encode()
            self.send_response(self.server.status)
        else:
            body = b""
            self.send_response(404 if self.command == "HEAD" else 200)
            self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    do_GET = do_PUT = do_HEAD = do_DELETE = _answer  # noqa: N815 - as http.server calls them

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""
