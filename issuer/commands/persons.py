"""`person`: personal numbers, entered, found, shown and erased. A number is typed or read, no argument.

What stands on a command line stands in the shell's history and in the list of processes.
"""

import getpass
import json
import sys
from typing import Annotated, Final

import typer

from issuer import terminal
from issuer.arguments import AsJson, Reason, SeafarerId
from issuer.commands.opening import actor, register_of
from issuer.commands.repeating import once
from issuer.domain.errors import InvalidInput
from issuer.domain.personal_numbers import NoSuchNumber
from issuer.domain.qualifications import IdentityKind, PersonalNumber
from keys.encoding import Json

_MOST: Final = 100  # characters read from standard input

app = typer.Typer(help="Persons by their personal numbers, which are kept sealed.", rich_markup_mode=None)
Kind = Annotated[IdentityKind, typer.Option("--kind", help="whose number it is; a passport's is NO-P1234567")]


@app.command("add")
def add(context: typer.Context, seafarer: SeafarerId, kind: Kind) -> None:
    """Enter a personal number, typed unseen.

    Where there is no terminal it is read from standard input.
    """
    number = _number(kind)
    register = register_of(context)
    try:
        blind = register.persons.blind_of(number)
    except NoSuchNumber as error:
        raise InvalidInput(str(error), hint="check what was typed; it is not repeated here") from error

    def act() -> dict[str, Json]:
        return {"new": register.persons.add(seafarer, number, actor=actor())}

    done = once(context, register, act, reading=blind.encode())
    terminal.tell(f"{seafarer}: the number is {'entered' if done['new'] else 'the one that was there'}")


@app.command("find")
def find(context: typer.Context, kind: Kind) -> None:
    """Which seafarer has a personal number. The look is noted in the audit trail."""
    number = _number(kind)
    terminal.tell(register_of(context).persons.find(number, actor=actor()))


@app.command("show")
def show(context: typer.Context, seafarer: SeafarerId, as_json: AsJson = False) -> None:
    """A seafarer's personal numbers. The look is noted in the audit trail."""
    found = register_of(context).persons.numbers(seafarer, actor=actor())
    if as_json:
        terminal.tell(json.dumps([{"kind": one.kind.value, "number": one.number} for one in found]))
        return
    for one in found:
        terminal.tell(f"{one.kind.value}  {one.number}")
    if not found:
        terminal.say(f"no personal number of {seafarer} is in the register")


@app.command("erase")
def erase(context: typer.Context, seafarer: SeafarerId, reason: Reason = "") -> None:
    """Destroy a person's key, for good.

    Numbers, documents, and what was asked and answered about records cannot be read any more.
    """
    register = register_of(context)

    def act() -> dict[str, Json]:
        register.persons.erase(seafarer, reason=reason, actor=actor())
        return {}

    once(context, register, act)
    terminal.tell(f"{seafarer}: what the person's key sealed is erased; earlier backups still hold it")


def _number(kind: IdentityKind) -> PersonalNumber:
    if sys.stdin.isatty():
        typed = getpass.getpass(f"{kind.value}: ", stream=sys.stderr)
    else:
        typed = sys.stdin.readline(_MOST + 1).rstrip("\r\n")
    if not typed.strip() or len(typed) > _MOST:
        raise InvalidInput("no personal number was given", hint="type it, or send it to standard input")
    return PersonalNumber(kind=kind, number=typed)
