"""Serve the application with uvicorn, on a socket that is already ours."""

import socket

import structlog
import uvicorn

from issuer import logs, terminal, timer
from issuer.app import build
from issuer.composition import compose
from issuer.services.authority_keys import AuthorityKeys
from issuer.services.issuing import CredentialIssuer
from issuer.settings import Settings

ENTER_FORCE_EVERY = 60.0  # seconds: what is dated today is in force soon after midnight
MAX_CONNECTIONS = 1_000  # at once; more are told 503 rather than queue in memory
RECOVER_EVERY = 30.0  # seconds; what this process left itself, or a worker on another host that died


def run(settings: Settings, keys: AuthorityKeys, listening: socket.socket) -> None:
    """Serve until a signal comes. Raises IssuerError before the first request when something is wrong."""
    logs.configure()
    services = compose(settings, keys=keys)
    terminal.announce(services.database)
    application = build(services)
    host, port = listening.getsockname()[:2]
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        limit_concurrency=MAX_CONNECTIONS,
        # Whoever may say on whose behalf it asks escapes every rate limit: nobody, unless it is set.
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies or "",
    )
    log = structlog.get_logger()
    log.info("serving", flag=settings.flag, environment=settings.environment, address=f"http://{host}:{port}")
    checkpoints = timer.repeated(
        "checkpoint", services.checkpoints.make, settings.checkpoint_every.total_seconds()
    )
    entering = timer.repeated("enter force", services.approving.enter_force, ENTER_FORCE_EVERY)
    with checkpoints, entering, timer.repeated("recovery", lambda: _recover(services.issuer), RECOVER_EVERY):
        uvicorn.Server(config).run(sockets=[listening])
    log.info("stopped", flag=settings.flag)


def _recover(issuer: CredentialIssuer) -> None:
    """What was in nobody's hand; that nothing was is not worth a line."""
    found = issuer.recover()
    if found.finished or found.voided:
        structlog.get_logger().info("recovered", finished=found.finished, voided=found.voided)
    if found.why is not None:
        structlog.get_logger().warning("waiting", credentials=found.waiting, reason=found.why.message)
