"""Traces by OpenTelemetry, where the extra `otel` is installed and the setting `traces` asks for them.

Requests and the database's statements, by the official instrumentation, sent to the collector that
OTEL_EXPORTER_OTLP_ENDPOINT names. The instrumentation writes down whole addresses, client addresses,
statements and what exceptions say; what leaves this process is rebuilt from the few attributes that can hold
nothing of a person.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from fastapi import FastAPI
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind
from opentelemetry.trace.status import Status
from sqlalchemy import Engine

# Both generations of the semantic conventions: templates, verbs, codes.
KEPT: Final = frozenset(
    (
        "http.request.method", "http.method", "http.route", "http.response.status_code", "http.status_code",
        "db.system", "db.system.name", "db.operation.name", "error.type",
    )
)  # fmt: skip
_VERBS: Final = frozenset(
    (
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "COPY",
        "BEGIN",
        "COMMIT",
        "SET",
        "SAVEPOINT",
        "RELEASE",
        "connect",
    )
)


class Scrubbing(SpanExporter):
    """Hands spans on without what may say who was asked about."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._inner.export([_scrubbed(span) for span in spans])

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


def exported(flag: str) -> TracerProvider:
    """What sends spans to a collector, in batches and from a thread of its own."""
    provider = TracerProvider(resource=Resource({"service.name": "ombord-issuer", "ombord.flag": flag}))
    provider.add_span_processor(BatchSpanProcessor(Scrubbing(OTLPSpanExporter())))
    return provider


@contextmanager
def traced(application: FastAPI, engine: Engine, provider: TracerProvider) -> Iterator[None]:
    """Requests and statements leave spans until the block ends; then those that wait are sent."""
    FastAPIInstrumentor.instrument_app(
        application,
        tracer_provider=provider,
        meter_provider=NoOpMeterProvider(),  # metrics are Prometheus's: issuer/api/metrics.py
        excluded_urls="/health/.*,/metrics",
        exclude_spans=["receive", "send"],
    )
    statements = SQLAlchemyInstrumentor()
    # Its own check allows SQLAlchemy below 2.1 only; tests hold it to the one that is locked.
    statements.instrument(
        engine=engine, tracer_provider=provider, meter_provider=NoOpMeterProvider(), skip_dep_check=True
    )
    try:
        yield
    finally:
        statements.uninstrument()
        FastAPIInstrumentor.uninstrument_app(application)
        provider.shutdown()


def _scrubbed(span: ReadableSpan) -> ReadableSpan:
    attributes = {name: value for name, value in (span.attributes or {}).items() if name in KEPT}
    return ReadableSpan(
        name=_name(span),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code),  # its description is what an exception says
        start_time=span.start_time,
        end_time=span.end_time,
    )


def _name(span: ReadableSpan) -> str:
    """A request's method and template; a statement's verb."""
    found = span.attributes or {}
    if span.kind is SpanKind.SERVER:
        method = found.get("http.request.method", found.get("http.method", "other"))
        return f"{method} {found.get('http.route', 'none')}"
    verb = span.name.partition(" ")[0]
    return verb if verb in _VERBS else "statement"
