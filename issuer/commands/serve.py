"""`serve`: the service, on a socket that is bound before anything else is begun."""

import socket
from typing import Annotated

import typer

from issuer.commands.opening import keys_of, settings_of
from issuer.domain.errors import InvalidInput


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option("--host", help="address to listen on")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65_535, help="port to listen on")] = None,
) -> None:
    """Open the sealed keys and serve wallets, verifiers and the operators' API."""
    settings = settings_of(context)
    keys = keys_of(settings)
    listening = _listen(host or settings.host, settings.port if port is None else port)
    from issuer.serving import run  # the web framework takes 400 ms to load

    run(settings, keys, listening)


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
