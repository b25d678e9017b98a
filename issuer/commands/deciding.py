"""`suspend`, `reinstate`, `revoke`, `replace`, `reissue`: decisions about a certificate, or a person's."""

from enum import StrEnum
from typing import Annotated

import typer

from issuer import terminal
from issuer.arguments import Number, Reason, SeafarerId, check_number
from issuer.commands.opening import actor, register_of
from issuer.commands.repeating import once
from keys.encoding import Json


class Ending(StrEnum):
    """How a certificate ends."""

    REVOKED = "revoked"
    CANCELLED = "cancelled"
    LOST = "lost"


class Replaced(StrEnum):
    """How a certificate ends that another takes the place of."""

    REPLACED = "replaced"
    CANCELLED = "cancelled"


def suspend(context: typer.Context, number: Number, reason: Reason = "") -> None:
    """Put a certificate out of force for a time. Until it is reinstated or revoked."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        register.lifecycle.suspend(number, reason=reason, actor=actor())
        return {}

    once(context, register, act)
    terminal.tell(f"{number} is suspended; publish to tell ships")


def reinstate(context: typer.Context, number: Number, reason: Reason = "") -> None:
    """Lift a suspension."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        register.lifecycle.reinstate(number, reason=reason, actor=actor())
        return {}

    once(context, register, act)
    terminal.tell(f"{number} is in force again; publish to tell ships")


def revoke(
    context: typer.Context,
    number: Number,
    ending: Annotated[Ending, typer.Option("--as", help="how it ends")] = Ending.REVOKED,
    reason: Reason = "",
) -> None:
    """End a certificate for good."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        register.lifecycle.revoke(number, ending=ending.value, reason=reason, actor=actor())
        return {}

    once(context, register, act)
    terminal.tell(f"{number} is {ending.value}; publish to tell ships")


def replace(
    context: typer.Context,
    number: Number,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NUMBER", help="the new certificate's number", callback=check_number),
    ] = None,
    copy: Annotated[
        bool, typer.Option("--copy", help="with --by: make a copy under that number, which is new")
    ] = False,
    ending: Annotated[
        Replaced, typer.Option("--as", help="how the old one ends; cancelled: gender or name changed")
    ] = Replaced.REPLACED,
    reason: Reason = "",
) -> None:
    """Let a new certificate take an old one's place. Without --by it is a copy of the old one."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        done = register.lifecycle.replace(
            number, by=by, copy=copy, ending=ending.value, reason=reason, actor=actor()
        )
        return {"new": done.new, "is_copy": done.is_copy}

    done = once(context, register, act)
    what = f", a copy of {number}" if done["is_copy"] else ""
    how = "replaced" if ending is Replaced.REPLACED else "cancelled, and replaced"
    terminal.tell(f"{number} is {how} by {done['new']}{what}; publish to tell ships")


def reissue(context: typer.Context, seafarer_id: SeafarerId, reason: Reason = "") -> None:
    """Make a seafarer's certificates anew: new name or gender. The old ones are cancelled."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        done = register.lifecycle.reissue(seafarer_id, reason=reason, actor=actor())
        return {"pairs": [[one.old, one.new] for one in done]}

    done = once(context, register, act)
    for old, new in done["pairs"]:
        terminal.tell(f"{old} is cancelled, and replaced by {new}, a copy of {old}")
    terminal.say("publish to tell ships; phones are offered the new ones when they sync")
