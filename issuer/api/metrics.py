"""`/metrics`: what Prometheus scrapes, in its text format.

Two sources. What the database knows (events, unfinished credentials, lists, log) is asked of it at each
scrape, so that every process says the same and commands count too. What only a process knows (requests,
durations) is added up over all workers by the client library's own files (its multiprocess mode).
"""

import os
from collections.abc import Callable, Iterator
from typing import Final

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from issuer.adapters.database import Database
from issuer.api.operator import CHALLENGE
from issuer.api.problems import Problem
from issuer.api.routing import new_router
from issuer.domain.applications import CLOSED, ApplicationState
from issuer.domain.errors import IssuerError
from issuer.domain.register import CredentialState
from issuer.services.clock import Clock
from issuer.services.measuring import REGISTRY
from issuer.services.operating.gauging import Gauges, gauge
from issuer.services.operating.readiness import Readiness

PATH: Final = "/metrics"
MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name for the folder of its files
_UNFINISHED: Final = [
    state.value for state in CredentialState if state not in (CredentialState.RELEASED, CredentialState.VOID)
]


def metrics_router(
    database: Database, clock: Clock, readiness: Readiness, is_watcher: Callable[[Request], bool]
) -> APIRouter:
    """`GET /metrics`, with the operator's token or the one for metrics."""
    router = new_router(include_in_schema=False)

    @router.get(PATH)
    def metrics(request: Request) -> Response:
        if not is_watcher(request):
            detail = "Send Authorization: Bearer <token>, of OMBORD_METRICS_TOKEN."
            raise Problem("metrics-token-needed", detail, headers=CHALLENGE)
        text = b"".join(generate_latest(one) for one in _registries(database, clock, readiness))
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return router


def _registries(database: Database, clock: Clock, readiness: Readiness) -> Iterator[CollectorRegistry]:
    asked = CollectorRegistry()
    asked.register(_Asked(database, clock, readiness))
    yield asked
    if MULTIPROCESS not in os.environ:
        yield REGISTRY
        return
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call] # the library's
    yield together


class _Asked(Collector):
    """Gauges of the database, and what is ready. A database that does not answer costs its lines alone."""

    def __init__(self, database: Database, clock: Clock, readiness: Readiness) -> None:
        self._database, self._clock, self._readiness = database, clock, readiness

    def collect(self) -> Iterator[Metric]:
        ready = GaugeMetricFamily(
            "ombord_ready", "1 where the part answers as it should, 0 where not.", labels=["part"]
        )
        for one in self._readiness.report().findings:
            ready.add_metric([one.name], float(one.is_good))
        yield ready
        try:
            found = gauge(self._database, self._clock)
        except (IssuerError, SQLAlchemyError):
            yield _one("ombord_database_answered", "1 when the database was asked for what follows.", 0)
            return
        yield _one("ombord_database_answered", "1 when the database was asked for what follows.", 1)
        yield from _of_events(found)
        yield from _of_lists(found)
        yield from _of_log(found)
        yield from _of_reconciliation(found)
        yield from _of_applications(found)


def _of_events(found: Gauges) -> Iterator[Metric]:
    events = CounterMetricFamily(
        "ombord_events",
        "Events of the audit trail by kind: credential-logged is what was issued, certificate-revoke what "
        "was revoked.",
        labels=["event"],
    )
    for kind, count in sorted(found.events.items()):
        events.add_metric([kind], count)
    yield events
    text = "Events that are not in ombord_events yet: it catches up, some at each scrape."
    yield _one("ombord_events_uncounted", text, found.events_uncounted)
    unfinished = GaugeMetricFamily(
        "ombord_credentials_unfinished", "Credentials that are neither released nor void.", labels=["state"]
    )
    for state in _UNFINISHED:
        unfinished.add_metric([state], found.unfinished.get(state, 0))
    yield unfinished
    text = "Age of the unfinished credential that was reserved first; 0 where there is none."
    yield _one("ombord_credentials_unfinished_oldest_seconds", text, _age(found, found.oldest_unfinished))
    yield _one("ombord_issuing_stopped", "1 while the stop-issuing switch is on.", float(found.is_stopped))


def _of_reconciliation(found: Gauges) -> Iterator[Metric]:
    """Absent before the first one."""
    if found.reconciled is None:
        return
    counts = GaugeMetricFamily(
        "ombord_reconciled_credentials",
        "Credentials that the last reconciliation counted, by who counted them.",
        labels=["count"],
    )
    for name in ("log", "database", "signer"):
        counted = getattr(found.reconciled, name)
        if counted is not None:
            counts.add_metric([name], counted)
    yield counts
    text = "Credentials in which log, database and signer differed at the last reconciliation: 0 is good."
    yield _one("ombord_reconciliation_differences", text, found.reconciled.differences)
    text = "Age of the last reconciliation."
    yield _one("ombord_reconciliation_age_seconds", text, _age(found, found.reconciled.at))


def _of_applications(found: Gauges) -> Iterator[Metric]:
    text = "Applications that are not ended, by the state that they are in."
    states = GaugeMetricFamily("ombord_applications_open", text, labels=["state"])
    for state in ApplicationState:
        if state not in CLOSED and state is not ApplicationState.DRAFT:
            states.add_metric([state.value], found.applications.open.get(state.value, 0))
    yield states
    text = "Applications submitted in the last 24 hours that are issued, by who decided."
    issued = GaugeMetricFamily("ombord_applications_issued_last_day", text, labels=["decided_by"])
    text = "Seconds from submission to issue of those, on average; 0 where there is none."
    took = GaugeMetricFamily("ombord_application_seconds_last_day", text, labels=["decided_by"])
    for who, one in (("rule", found.applications.automatic), ("person", found.applications.by_people)):
        issued.add_metric([who], one.number)
        took.add_metric([who], one.seconds / max(1, one.number))
    yield issued
    yield took
    text = "Certificates that rest on a record which changed since, and that nobody has looked at yet."
    yield _one("ombord_certificate_reviews_waiting", text, found.reviews)


def _of_lists(found: Gauges) -> Iterator[Metric]:
    lists = found.lists
    yield _one("ombord_status_lists", "Status lists that there are.", lists.number)
    text = "Lists that show another state than was signed last: they are signed when next asked for."
    yield _one("ombord_status_lists_changed", text, lists.changed)
    yield _one("ombord_status_list_fill_ratio", "Entries taken, of all.", lists.taken / max(1, lists.size))
    text = "Age of the signature on the list that was signed longest ago."
    yield _one("ombord_status_list_oldest_seconds", text, _age(found, lists.oldest))


def _of_log(found: Gauges) -> Iterator[Metric]:
    yield _one("ombord_log_entries", "Entries of the transparency log.", found.log_size)
    text = "Entries of the log that the newest signed checkpoint covers."
    yield _one("ombord_log_checkpoint_entries", text, found.checkpoint_size)
    text = "Age of the log's newest signed checkpoint; absent where there is none."
    if found.checkpoint_at is not None:
        yield _one("ombord_log_checkpoint_age_seconds", text, _age(found, found.checkpoint_at))


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _age(found: Gauges, since: int | None) -> float:
    return 0.0 if since is None else max(0.0, found.at.timestamp() - since)
