"""Traces: requests and statements are there, and nobody in them."""

import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support.in_process import client_of
from support.issuer_app import KEYS, OPERATOR_TOKEN, SEAFARER, HandClock, issuer_settings, register
from support.issuer_app import two_certificates as certificates

import issuer
from issuer import serving
from issuer.app import build
from issuer.composition import compose
from issuer.domain.errors import SettingsInvalid
from issuer.telemetry import KEPT, Scrubbing, traced

OPERATOR = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}


def test_requests_and_statements_leave_spans_that_name_nobody(sqlite_url: str) -> None:
    held, provider, clock = InMemorySpanExporter(), TracerProvider(), HandClock()
    provider.add_span_processor(SimpleSpanProcessor(Scrubbing(held)))
    services = compose(issuer_settings(sqlite_url), keys=KEYS, clock=clock)
    register(services.database, clock, services.settings, *certificates())
    app = build(services)

    @app.get("/broken/{name}")
    def broken(name: str) -> None:
        raise RuntimeError(name)

    with (
        traced(app, services.database.engine, provider),
        client_of(app, "http://certificates.example") as client,
    ):
        client.get("/no/api/v1/verify/NO-COC-0001?name=Østergård")
        client.get(f"/no/api/v1/certificates?seafarer_id={SEAFARER}", headers=OPERATOR)
        client.get("/Ingrid")
        client.get("/broken/Ingrid", headers={"User-Agent": "Ingrid"})
        client.get("/health/live")
        spans = held.get_finished_spans()
    names = [span.name for span in spans]
    assert "GET /no/api/v1/verify/{tracking_number}" in names
    assert "GET /broken/{name}" in names
    assert "SELECT" in names
    assert not any("health" in name for name in names)
    assert all(set(span.attributes or {}) <= KEPT and not span.events for span in spans)
    told = " ".join(span.to_json() for span in spans)
    for word in ("NO-COC-0001", "stergård", "Ingrid", SEAFARER, OPERATOR_TOKEN, "claims", "127.0.0.1"):
        assert word not in told


def test_statement_belongs_to_its_request(sqlite_url: str) -> None:
    held, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Scrubbing(held)))
    services = compose(issuer_settings(sqlite_url), keys=KEYS)
    app = build(services)
    with (
        traced(app, services.database.engine, provider),
        client_of(app, "http://certificates.example") as client,
    ):
        held.clear()
        client.get("/no/api/v1/verify/NO-COC-0001")
        spans = held.get_finished_spans()
    (request,) = [span for span in spans if span.name.startswith("GET")]
    mine = [span for span in spans if span.parent and span.parent.span_id == request.context.span_id]
    assert "SELECT" in [span.name for span in mine]


def test_traces_are_off_unless_they_are_asked_for(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "issuer.telemetry", raising=False)
    monkeypatch.delattr(issuer, "telemetry", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)  # as where the extra is missing
    services = compose(issuer_settings(sqlite_url), keys=KEYS)
    serving._application(services)
    services.database.close()
    asked = compose(issuer_settings(sqlite_url, traces=True), keys=KEYS)
    with pytest.raises(SettingsInvalid, match="OpenTelemetry is not installed") as refused:
        serving._application(asked)
    asked.database.close()
    assert "ombord[otel]" in refused.value.hint
