"""`recover`: finish, or cleanly void, what a crash left between two steps of issuing."""

import json

import typer

from issuer import terminal
from issuer.arguments import AsJson
from issuer.commands.opening import PART, services_of
from issuer.services.issuing.issuer import Recovered


def recover(context: typer.Context, as_json: AsJson = False) -> None:
    """Finish what was left between two steps of issuing. By a crash, a stop or an absent signer.

    Safe at any time, beside the service and beside others that recover: each does what is in nobody's hand.
    """
    found = services_of(context, resume=False).issuer.recover()
    if as_json:
        why = None if found.why is None else found.why.message
        terminal.tell(json.dumps({**found._asdict(), "why": why}))
    else:
        terminal.tell(_line(found))
    if found.why is not None:
        terminal.complain(found.why)
        raise typer.Exit(PART)


def _line(found: Recovered) -> str:
    said = f"{found.finished} finished, {found.voided} voided, {found.waiting} waiting"
    return f"{said}; {found.logged} older ones logged" if found.logged else said
