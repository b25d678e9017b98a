"""Work that is due every so many seconds, in a thread beside the service; what fails is tried again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from issuer.domain.errors import IssuerError


@contextmanager
def repeated(name: str, work: Callable[[], object], seconds: float) -> Iterator[None]:
    """Do `work` every so often while the block lasts; at its end, what was begun is finished."""
    ended = threading.Event()
    thread = threading.Thread(target=_repeat, args=(name, work, seconds, ended), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _repeat(name: str, work: Callable[[], object], seconds: float, ended: threading.Event) -> None:
    while not ended.wait(seconds):
        try:
            work()
        except Exception as error:  # noqa: BLE001 - nobody sees a thread die; the next time may find it mended
            # An error of ours names nobody; a library's may.
            said = error.message if isinstance(error, IssuerError) else type(error).__name__
            structlog.get_logger().error("not done", work=name, error=said)
