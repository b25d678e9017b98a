"""`database`: what the owner of a PostgreSQL database runs beside the service."""

from typing import Annotated

import typer

from issuer import terminal
from issuer.adapters.roles import grants

app = typer.Typer(help="The register's PostgreSQL database.", rich_markup_mode=None)


@app.callback()
def _several() -> None:
    """Commands have names here, also while there is but one."""


@app.command("roles")
def roles(
    role: Annotated[str, typer.Argument(metavar="ROLE", help="that the service works as")] = "ombord_service",
) -> None:
    """Write the SQL that lets ROLE serve. It adds to the audit trail and the log, and never changes them."""
    for statement in grants(role):
        terminal.tell(f"{statement};")
