"""`log`: the transparency log's key and checkpoint for auditors, and entries made anonymous."""

from typing import Annotated

import typer

from issuer import terminal
from issuer.arguments import Reason, check_serial
from issuer.commands.opening import actor, register_of, services_of
from issuer.commands.repeating import once
from issuer.domain.errors import KeysUnusable
from issuer.services.log.anonymising import anonymise as anonymise_entry
from keys.encoding import Json
from keys.transparency.checkpoint import LogKey

app = typer.Typer(help="The transparency log of all that was issued.", rich_markup_mode=None)


@app.command("checkpoint")
def checkpoint(context: typer.Context) -> None:
    """Sign the log as it is now, if it grew, and write the checkpoint."""
    log = services_of(context).checkpoints
    log.make()
    for line in log.newest().splitlines():  # each by itself: what is told is one line
        terminal.tell(line)


@app.command("key")
def key(context: typer.Context) -> None:
    """Write the log's key. As auditors give it to `ombord-verify log check --key`."""
    services = services_of(context)
    if services.keys.log_kid is None:
        raise KeysUnusable(
            "no key is for the log", hint="make one: ombord-keys key add FLAG --purpose log --sealed FILE"
        )
    public = services.keys.public(services.keys.log_kid)
    terminal.tell(LogKey(services.checkpoints.origin, public).text)


@app.command("anonymise")
def anonymise(
    context: typer.Context,
    serial: Annotated[str, typer.Argument(metavar="SERIAL", help="of a credential", callback=check_serial)],
    reason: Reason = "",
) -> None:
    """Delete the salt of a credential's entry, for good. Nobody can tell any more what the entry says."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        anonymise_entry(register.database, register.clock, serial, reason=reason, actor=actor())
        return {}

    once(context, register, act)
    terminal.tell(f"the log's entry of {serial} is anonymous; its hash and all proofs stay")
