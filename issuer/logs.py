"""Logs of the service: structured lines that hold no personal data, whatever a caller passes along."""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final

import structlog

# What a log line may say. Names, birth dates, tokens, codes and addresses of offers are not in this list.
FIELDS: Final = frozenset(
    (
        "event", "level", "timestamp", "flag", "environment", "address", "certificates", "credentials",
        "duration_ms", "error", "hint", "status", "method", "route", "list", "kid", "version", "exception",
        "request_id", "rule", "work", "finished", "voided", "workers",
    )
)  # fmt: skip

FRAMES: Final = 6  # of a traceback, the innermost


def only_known_fields(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not known to be harmless; names that start with "_" are structlog's own."""
    del logger, method
    for name in [name for name in event if name not in FIELDS and not name.startswith("_")]:
        del event[name]
    return event


def where_it_failed(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A traceback as its kinds and places alone: what an exception says may be what somebody sent."""
    del logger, method
    found = event.get("exc_info")
    error = found[1] if isinstance(found, tuple) else found
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = " < ".join(_told(error))
    return event


def _told(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        frames = [
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in extract_tb(cause.__traceback__)[-FRAMES:]
        ]
        yield f"{type(cause).__name__} at {', '.join(reversed(frames)) or 'nowhere'}"
        cause = cause.__cause__ or cause.__context__


def configure(*, human: bool | None = None) -> None:
    """Send structlog's and the standard library's lines to stderr, as JSON unless a person is watching."""
    watched = sys.stderr.isatty() if human is None else human
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,  # the request that a line belongs to
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        where_it_failed,
        only_known_fields,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if watched else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "alembic"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # Paths hold offer handles and tracking numbers: requests are not logged.
    logging.getLogger("uvicorn.access").disabled = True
