"""What one process counts while it works: requests, refusals, and how long each step of issuing takes.

What the database knows is not counted here but asked of it (`operating.gauging`), whoever did it. No
label holds anything of a person, a document or a token: routes are templates, rules and steps our own words.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_requests = Counter(
    "ombord_http_requests",
    "Answers given, by method, route template and status.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
_durations = Histogram(
    "ombord_http_request_seconds",
    "From the request's first line to the answer's last byte.",
    ("route",),
    buckets=_SECONDS,
    registry=REGISTRY,
)
_refusals = Counter(
    "ombord_refusals", "Requests refused, by the rule that the answer names.", ("rule",), registry=REGISTRY
)
_steps = Histogram(
    "ombord_issuing_step_seconds",
    "How long a step of issuing took, of a batch: persist, sign, verify, log or release.",
    ("step",),
    buckets=_SECONDS,
    registry=REGISTRY,
)
_stepped = Counter(
    "ombord_issuing_step_credentials",
    "Credentials that a step of issuing was taken on, one that failed too.",
    ("step",),
    registry=REGISTRY,
)


def answered(method: str, route: str, status: int, seconds: float, rule: str | None) -> None:
    """Count an answer, and the rule that it names where it is a refusal."""
    _requests.labels(method, route, str(status)).inc()
    _durations.labels(route).observe(seconds)
    if rule is not None:
        _refusals.labels(rule).inc()


@contextmanager
def step(name: str, credentials: int) -> Iterator[None]:
    """Time one step of issuing on a batch, also one that fails."""
    begun = perf_counter()
    try:
        yield
    finally:
        _steps.labels(name).observe(perf_counter() - begun)
        _stepped.labels(name).inc(credentials)
