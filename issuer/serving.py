"""Serve the application with uvicorn, on a socket that is already ours."""

import socket

import structlog
import uvicorn

from issuer import logs, terminal, timer
from issuer.app import build
from issuer.composition import compose
from issuer.services.authority_keys import AuthorityKeys
from issuer.settings import Settings

MAX_CONNECTIONS = 1_000  # at once; more are told 503 rather than queue in memory


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
    with timer.repeated("checkpoint", services.checkpoints.make, settings.checkpoint_every.total_seconds()):
        uvicorn.Server(config).run(sockets=[listening])
    log.info("stopped", flag=settings.flag)
