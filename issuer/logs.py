"""Logs of the service: structured lines that hold no personal data, whatever a caller passes along."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

# What a log line may say. Names, birth dates, tokens, codes and addresses of offers are not in this list.
FIELDS: Final = frozenset(
    (
        "event", "level", "timestamp", "flag", "environment", "address", "certificates", "credentials",
        "duration_ms", "error", "hint", "status", "method", "route", "list", "kid", "version", "exception",
    )
)  # fmt: skip


def only_known_fields(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not known to be harmless; names that start with "_" are structlog's own."""
    del logger, method
    for name in [name for name in event if name not in FIELDS and not name.startswith("_")]:
        del event[name]
    return event


def configure(*, human: bool | None = None) -> None:
    """Send structlog's and the standard library's lines to stderr, as JSON unless a person is watching."""
    watched = sys.stderr.isatty() if human is None else human
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
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
