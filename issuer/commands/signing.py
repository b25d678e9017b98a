"""`print` and `publish`: what the authority signs, as files."""

from pathlib import Path
from typing import Annotated

import typer

from issuer import terminal
from issuer.arguments import Out, check_numbers
from issuer.commands.opening import PART, services_of
from issuer.services.printing import INDEX, Printing


def print_paper(
    context: typer.Context,
    out: Out = Path("paper"),
    numbers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NUMBER]...", help="these alone; else all in force", callback=check_numbers),
    ] = None,
) -> None:
    """Sign credentials for paper, and write their QR codes as text and SVG."""
    services = services_of(context)
    printing = Printing(services.database, services.clock, services.settings, services.issuer)
    with terminal.progress("Printing") as show:
        report = printing.print(out, numbers or (), progress=show)
    terminal.tell(f"{len(report.papers)} printed into {out}, see {out / INDEX}")
    for refusal in report.refused:
        terminal.complain(refusal.error)
    if report.refused:
        raise typer.Exit(PART)


def publish(
    context: typer.Context,
    out: Out = Path("public"),
    clock_is_right: Annotated[
        bool, typer.Option("--clock-is-right", help="sign although the last list is long expired")
    ] = False,
) -> None:
    """Write signed status lists and public keys to a folder, for any web server or ship."""
    publisher = services_of(context).publisher
    for path in publisher.publish(out, clock_is_right=clock_is_right):
        terminal.tell(str(path))
    if not publisher.numbers():
        terminal.say("there is no status list yet: the first credential that is signed opens one")
