"""Serve the application with uvicorn, on a socket that is already ours: in this process, or in several.

Several are started by this one, which serves nothing itself: it replaces a worker that died, takes them all
anew on SIGHUP, one after the other, and ends them on SIGTERM when they have answered what they were asked.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from issuer import logs, terminal, timer
from issuer.app import build
from issuer.composition import Services, compose
from issuer.domain.errors import SettingsInvalid
from issuer.services.custody.authority_keys import AuthorityKeys, keys_with
from issuer.services.custody.policy import signs_no_pass
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.settings import Settings

ENTER_FORCE_EVERY = 60.0  # seconds: what is dated today is in force soon after midnight
MAX_CONNECTIONS = 1_000  # at once; more are told 503 rather than queue in memory
CASES_EVERY = 5.0  # seconds: evidence that has come by API is acted on within them
RECOVER_EVERY = 30.0  # seconds; what this process left itself, or a worker on another host that died
GRACE = 30  # seconds that requests in hand have to end, after SIGTERM
PATIENCE = 60  # seconds that a worker has to start, on a host that is busy, or to show that it is not stuck
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"  # where the processes' counts lie, by the library's own name


@dataclass(frozen=True, slots=True)
class _Worker:
    """Makes one worker's application, in the worker's own process. The passphrase comes through a pipe."""

    settings: Settings
    passphrase: bytes | None

    def __call__(self) -> FastAPI:
        logs.configure()
        return _application(compose(self.settings, keys=keys_with(self.settings, self.passphrase)))


def run(settings: Settings, keys: AuthorityKeys, listening: socket.socket) -> None:
    """Serve until a signal comes. Raises IssuerError before the first request when something is wrong."""
    logs.configure()
    services = compose(settings, keys=keys)
    terminal.announce(services.database)
    _warn(services.keys)
    with _said(settings, listening, 1):
        uvicorn.Server(_config(settings, _application(services))).run(sockets=[listening])


def run_several(settings: Settings, passphrase: bytes | None, listening: socket.socket, workers: int) -> None:
    """The same in `workers` processes; the register and the keys are tried here first."""
    logs.configure()
    services = compose(settings, keys=keys_with(settings, passphrase))
    terminal.announce(services.database)
    _warn(services.keys)
    services.database.close()
    config = _config(settings, _Worker(settings, passphrase), factory=True, workers=workers)
    with _counting_together(), _said(settings, listening, workers):
        Multiprocess(config, sockets=[listening]).run()


def _config(settings: Settings, application: Any, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=GRACE,
        timeout_worker_healthcheck=PATIENCE,
        # Whoever may say on whose behalf it asks escapes every rate limit: nobody, unless it is set.
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies or "",
        **more,
    )


def _warn(keys: AuthorityKeys) -> None:
    """Of what nobody would miss before a seafarer does."""
    lacking = signs_no_pass(keys.policy, keys.pass_kid)
    if lacking is not None:
        structlog.get_logger().warning("no pass is signed", error=lacking.message, hint=lacking.hint)


@contextmanager
def _said(settings: Settings, listening: socket.socket, workers: int) -> Iterator[None]:
    host, port = listening.getsockname()[:2]
    log = structlog.get_logger()
    address = f"http://{host}:{port}"
    log.info(
        "serving", flag=settings.flag, environment=settings.environment, address=address, workers=workers
    )
    yield
    log.info("stopped", flag=settings.flag)


@contextmanager
def _counting_together() -> Iterator[None]:
    """A folder where workers keep their counts, for whichever of them is scraped; the operator's, if set."""
    if MULTIPROCESS in os.environ:
        yield
        return
    folder = tempfile.mkdtemp(prefix="ombord-metrics-")
    os.environ[MULTIPROCESS] = folder  # before the workers load the library, which looks once
    try:
        yield
    finally:
        del os.environ[MULTIPROCESS]
        shutil.rmtree(folder, ignore_errors=True)


def _application(services: Services) -> FastAPI:
    """The application with the work that is due from time to time, for as long as it is served."""
    application = build(services)
    served, ending = application.router.lifespan_context, ExitStack()
    ending.enter_context(_traces(services, application))  # now: once it is served, it is too late for that

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        with ending:
            async with served(app) as state:
                with _timers(services):
                    yield state

    application.router.lifespan_context = lifespan
    return application


def _traces(services: Services, application: FastAPI) -> AbstractContextManager[None]:
    """Raises SettingsInvalid where they are asked for and the extra is missing."""
    if not services.settings.traces:
        return nullcontext()
    try:
        from issuer import telemetry
    except ImportError as error:
        raise SettingsInvalid(
            "traces: OpenTelemetry is not installed", hint="pip install 'ombord[otel]', or leave traces out"
        ) from error
    provider = telemetry.exported(services.settings.flag)
    return telemetry.traced(application, services.database.engine, provider)


@contextmanager
def _timers(services: Services) -> Iterator[None]:
    every = services.settings.checkpoint_every.total_seconds()
    checkpoints = timer.repeated("checkpoint", services.checkpoints.make, every)
    entering = timer.repeated("enter force", services.approving.enter_force, ENTER_FORCE_EVERY)
    cases = timer.repeated("applications", lambda: _applications(services), CASES_EVERY)
    services.applications.drawing.commit_ahead()
    with (
        checkpoints,
        entering,
        cases,
        timer.repeated("recovery", lambda: _recover(services.issuer), RECOVER_EVERY),
    ):
        yield


def _applications(services: Services) -> None:
    """Cases that new evidence takes up, what was granted and not yet signed, the next day's secret."""
    services.applications.drawing.commit_ahead()
    services.applications.reevaluating.run(services.finishing.finish_now)
    services.finishing.run()


def _recover(issuer: CredentialIssuer) -> None:
    """What was in nobody's hand; that nothing was is not worth a line."""
    found = issuer.recover()
    if found.finished or found.voided:
        structlog.get_logger().info("recovered", finished=found.finished, voided=found.voided)
    if found.why is not None:
        structlog.get_logger().warning("waiting", credentials=found.waiting, error=found.why.message)
