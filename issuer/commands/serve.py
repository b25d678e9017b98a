"""`serve`: the service, on a socket that is bound before anything else is begun."""

import socket
from typing import Annotated

import typer

from issuer.commands.opening import passphrase_of, settings_of
from issuer.domain.errors import InvalidInput
from issuer.services.custody.authority_keys import keys_with

MOST_WORKERS = 64


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option("--host", help="address to listen on")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65_535, help="port to listen on")] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=MOST_WORKERS, help="processes; several need PostgreSQL")
    ] = 1,
) -> None:
    """Serve wallets, verifiers and the operators' API. The sealed keys are opened, or the signer asked.

    SIGTERM ends it when what was asked is answered; with several workers SIGHUP starts them anew in turn.
    """
    settings = settings_of(context)
    if workers > 1 and settings.database_url.startswith("sqlite"):
        raise InvalidInput(
            f"--workers {workers}: a SQLite register has one writing process",
            hint="leave --workers out, or move the register to PostgreSQL: `backup make`, then `restore`",
        )
    passphrase = passphrase_of(settings)
    listening = _listen(host or settings.host, settings.port if port is None else port)
    from issuer.serving import run, run_several  # the web framework takes 400 ms to load

    if workers > 1:
        run_several(settings, passphrase, listening, workers)
    else:
        run(settings, keys_with(settings, passphrase), listening)


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket; says so when somebody else has the port."""
    listening = None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = found[0]
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        if listening is not None:
            listening.close()
        raise InvalidInput(
            f"cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}",
            hint="stop what uses the port, or choose another with --port",
        ) from error
    return listening
