"""`suspend`, `reinstate`, `revoke` and `replace`: decisions about one certificate."""

from enum import StrEnum
from typing import Annotated

import typer

from issuer import terminal
from issuer.arguments import Number, Reason, check_number
from issuer.commands.opening import actor, register_of


class Ending(StrEnum):
    """How a certificate ends."""

    REVOKED = "revoked"
    CANCELLED = "cancelled"
    LOST = "lost"


def suspend(context: typer.Context, number: Number, reason: Reason = "") -> None:
    """Put a certificate out of force until it is reinstated or revoked."""
    register_of(context).lifecycle.suspend(number, reason=reason, actor=actor())
    terminal.tell(f"{number} is suspended; publish to tell ships")


def reinstate(context: typer.Context, number: Number, reason: Reason = "") -> None:
    """Lift a suspension."""
    register_of(context).lifecycle.reinstate(number, reason=reason, actor=actor())
    terminal.tell(f"{number} is in force again; publish to tell ships")


def revoke(
    context: typer.Context,
    number: Number,
    ending: Annotated[Ending, typer.Option("--as", help="how it ends")] = Ending.REVOKED,
    reason: Reason = "",
) -> None:
    """End a certificate for good."""
    register_of(context).lifecycle.revoke(number, ending=ending.value, reason=reason, actor=actor())
    terminal.tell(f"{number} is {ending.value}; publish to tell ships")


def replace(
    context: typer.Context,
    number: Number,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NUMBER", help="the new certificate's number", callback=check_number),
    ] = None,
    reason: Reason = "",
) -> None:
    """Let a new certificate take an old one's place (a copy of it, unless --by is in the register)."""
    done = register_of(context).lifecycle.replace(number, by=by, reason=reason, actor=actor())
    terminal.tell(f"{done.old} is replaced by {done.new}; publish to tell ships")
