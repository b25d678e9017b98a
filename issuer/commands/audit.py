"""`audit verify` and `audit show`: whether the audit trail is whole, and what it says."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Row

from issuer import terminal
from issuer.arguments import AsJson, check_actor, check_hash, check_number
from issuer.commands.anchored import read_anchor
from issuer.commands.opening import PART, register_of
from issuer.domain.errors import InvalidInput
from issuer.services.audit.showing import Wanted, newest
from issuer.services.audit.trail import BrokenChain, verify_chain

SHOWN, MOST_SHOWN = 50, 10_000
_END_OF_TIME = 253_402_214_400  # 9999-12-31: what cannot be a moment is shown as the number that it is

app = typer.Typer(help="The audit trail: is it whole, and what does it say?", rich_markup_mode=None)


@app.command("verify")
def verify(
    context: typer.Context,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="HASH", help="one noted earlier: still there?", callback=check_hash),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="one of the transparency log: is the head that it names there?"),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="KEY", help="the log's key, to check who signed that")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Walk the chain of all events. 1 when an event was changed, taken out or put in."""
    anchored = None if checkpoint is None else read_anchor(checkpoint, key)
    if anchored is not None and head is not None:
        raise InvalidInput("--head and --checkpoint both name a head", hint="give one of them")
    head = head if anchored is None else anchored.head
    with register_of(context).database.read() as connection:
        found = verify_chain(connection, head)
    if isinstance(found, BrokenChain):
        said = {"whole": False, "event": found.sequence, "reason": found.reason}
        line = f"broken at event {found.sequence}: {found.reason}"
    elif not found.has_noted:
        said = {"whole": False, "event": None, "reason": "no event has the noted hash"}
        where = "" if anchored is None else f", which the checkpoint names as event {anchored.sequence}"
        line = f"no event has the hash {head}{where}: the trail was written anew, or is of another register"
    else:
        said = {"whole": True, "events": found.events, "head": found.head}
        line = f"{found.events} events, each follows from the one before; head {found.head}"
        if anchored is not None:
            line += f"; the checkpoint's head is that of event {anchored.sequence}"
    terminal.tell(json.dumps(said) if as_json else line)
    if not said["whole"]:
        raise typer.Exit(PART)


@app.command("show")
def show(
    context: typer.Context,
    certificate: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="of this one and its credentials", callback=check_number),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", metavar="DAY", formats=["%Y-%m-%d"], help="YYYY-MM-DD, from its first second"),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", metavar="DAY", formats=["%Y-%m-%d"], help="YYYY-MM-DD, to its last second"),
    ] = None,
    actor: Annotated[
        str | None, typer.Option(metavar="NAME", help="as events name it", callback=check_actor)
    ] = None,
    subject: Annotated[
        str | None, typer.Option(metavar="ID", help="this very number, serial or id", callback=check_actor)
    ] = None,
    event: Annotated[
        str | None, typer.Option(metavar="NAME", help="of this kind alone", callback=check_actor)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST_SHOWN, help="events at most")] = SHOWN,
    as_json: AsJson = False,
) -> None:
    """The newest events, one a line, the last one last. Days are the authority's."""
    register = register_of(context)
    zone = ZoneInfo(register.settings.time_zone)
    wanted = Wanted(certificate, _start(since, zone), _start(until, zone, days=1), actor, subject, event)
    with register.database.read() as connection:
        shown = newest(connection, wanted, limit)
    for row in shown.events:
        terminal.tell(json.dumps(_members(row), default=repr) if as_json else _line(row, zone))
    if shown.more:
        terminal.say(f"there are older ones: --limit shows more than {limit}, --until older ones")
    elif not shown.events:
        terminal.say("there is no such event")


def _start(day: datetime | None, zone: ZoneInfo, *, days: int = 0) -> int | None:
    """When that day begins there, or one so many days later; None after the last day that there is."""
    try:
        return None if day is None else int((day + timedelta(days=days)).replace(tzinfo=zone).timestamp())
    except OverflowError:
        return None if days else 0


def _line(row: Row[Any], zone: ZoneInfo) -> str:
    at = row.at
    if isinstance(at, int) and 0 <= at < _END_OF_TIME:
        at = datetime.fromtimestamp(at, UTC).astimezone(zone).isoformat()
    return f"{row.sequence}  {at}  {row.actor}  {row.event}  {row.subject}  {row.details}"


def _members(row: Row[Any]) -> dict[str, Any]:
    try:
        return {**row._mapping, "details": json.loads(row.details)}
    except (ValueError, TypeError, RecursionError):  # somebody changed it; `verify` says so
        return dict(row._mapping)
