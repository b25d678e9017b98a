"""`reconcile`: is the log what the database and the signer have? A difference stops issuing."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from issuer import terminal
from issuer.arguments import AsJson, check_why
from issuer.commands.opening import PART, actor, register_of
from issuer.services.operating.comparing import Reconciled


def reconcile(
    context: typer.Context,
    explanation: Annotated[
        str | None,
        typer.Option(
            "--explained",
            metavar="WHY",
            help="what differs now is none from here on, unless it grows",
            callback=check_why,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare log, database and signer. 1 when they differ, and issuing is stopped then."""
    found = register_of(context).reconciling.run(explanation=explanation, actor=actor())
    if as_json:
        terminal.tell(json.dumps(asdict(found)))
    else:
        _tell(found)
    if found.differences:
        terminal.say("error: log, database and signer differ: issuing is stopped")
        terminal.say("hint: see docs/running-an-issuer.md; when it is explained, `ombord-issuer start`")
        raise typer.Exit(PART)


def _tell(found: Reconciled) -> None:
    terminal.tell(f"{found.log} entries in the log")
    void = f" and {found.void_in_log} void after they were logged" if found.void_in_log else ""
    terminal.tell(f"{found.database} credentials logged or released{void} in the database")
    if found.signer is None:
        terminal.tell("no third count: the keys are in this process, and nobody else counts what they sign")
    else:
        terminal.tell(f"{found.signer} credentials signed by the signer process")
    for kid in sorted({*found.by_key, *found.signer_by_key}):
        signer = "" if found.signer is None else f", {found.signer_by_key.get(kid, 0)} by the signer"
        terminal.tell(f"  {kid}: {found.by_key.get(kid, 0)} signed by the database{signer}")
    if found.on_their_way:
        terminal.tell(f"{found.on_their_way} on their way")
    if found.before_log:
        terminal.tell(f"{found.before_log} released before there was a log: the next start enters them")
    for one in found.explained:
        terminal.tell(f"explained: {one.number} {one.what}")
    for one in found.differences:
        named = f": {', '.join(one.examples)}" if one.examples else ""
        more = " and more" if one.number > len(one.examples) > 0 else ""
        terminal.tell(f"DIFFERENCE: {one.number} {one.what}{named}{more}")
