"""`record` and `review`: what was reported about a seafarer, and certificates that rest on what changed."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from issuer import terminal
from issuer.arguments import AsJson, Number, SeafarerId, check_record, check_why
from issuer.commands.opening import actor, register_of
from issuer.commands.repeating import once
from issuer.domain.errors import InvalidInput
from issuer.services.qualifications.correcting import AskedBy
from issuer.services.qualifications.history import Entry
from issuer.services.qualifications.shown import entry_members, flag_members, request_members
from keys.custody import atomic_file
from keys.encoding import Json

record = typer.Typer(help="Records of service, courses and the like.", rich_markup_mode=None)
review = typer.Typer(help="Certificates that rest on a record which changed.", rich_markup_mode=None)
RecordId = Annotated[str, typer.Argument(metavar="RECORD", help="a record's id", callback=check_record)]


@record.command("about")
def about(context: typer.Context, seafarer: SeafarerId, as_json: AsJson = False) -> None:
    """Every record about a seafarer, who reported it and when. The look is noted in the audit trail."""
    found = register_of(context).history.about(seafarer, actor=actor())
    if as_json:
        terminal.tell(json.dumps([entry_members(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        terminal.tell(_line(one))
    if not found:
        terminal.say(f"nothing has been reported about {seafarer}")


@record.command("history")
def history(context: typer.Context, name: RecordId, as_json: AsJson = False) -> None:
    """Every version of a record. The look is noted in the audit trail."""
    found = register_of(context).history.history(name, actor=actor())
    if as_json:
        terminal.tell(json.dumps(entry_members(found), ensure_ascii=False))
        return
    terminal.tell(_line(found))
    for one in found.versions:
        why = f": {one.reason}" if one.reason else ""
        said = json.dumps(one.contents, ensure_ascii=False)
        terminal.tell(f"  {one.version}  {_when(one.at)}  {one.act.value} by {one.actor}{why}  {said}")


@record.command("document")
def document(
    context: typer.Context,
    name: RecordId,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="where to write it, for you alone")],
    version: Annotated[int, typer.Option("--version", min=1, help="of the record")] = 1,
) -> None:
    """Open what was uploaded with a record, to be read. The look is noted in the audit trail."""
    media_type, content = register_of(context).history.document(name, version, actor=actor())
    try:
        atomic_file.write(out, content, mode=0o600)
    except OSError as error:
        raise InvalidInput(
            f"{out} cannot be written: {error.strerror}", hint="choose another place"
        ) from error
    terminal.tell(f"{out}: {media_type}, {len(content):,} bytes")


@record.command("requests")
def requests(context: typer.Context, seafarer: SeafarerId, as_json: AsJson = False) -> None:
    """Corrections asked for and answered about a seafarer's records. The look is noted."""
    found = register_of(context).correcting.about(seafarer, actor=actor())
    if as_json:
        terminal.tell(json.dumps([request_members(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        terminal.tell(f"{one.id}  record {one.record_id}  {_when(one.asked_at)}  {one.asked_by}: {one.asked}")
        answer = f": {one.answer}" if one.answer else ""
        terminal.tell(f"  {one.state}{answer}")
    if not found:
        terminal.say(f"no correction was asked for about {seafarer}")


@record.command("ask")
def ask(
    context: typer.Context,
    name: RecordId,
    text: Annotated[str, typer.Option("--text", help="what is wrong; kept sealed")],
) -> None:
    """Ask a record's reporter for a correction, as the authority."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        number = register.correcting.ask(name, text, asked_by=AskedBy.AUTHORITY, actor=actor())
        return {"request": number}

    done = once(context, register, act)
    terminal.tell(f"request {done['request']} waits for the reporter's answer")


@review.command("list")
def waiting(
    context: typer.Context,
    all_of_them: Annotated[bool, typer.Option("--all", help="those that were settled too")] = False,
    as_json: AsJson = False,
) -> None:
    """Certificates that somebody has to look at."""
    found = register_of(context).reviewing.flags(all_of_them=all_of_them)
    if as_json:
        terminal.tell(json.dumps([flag_members(one) for one in found]))
        return
    for one in found:
        settled = "" if one.settled_at is None else f"  settled {_when(one.settled_at)} by {one.settled_by}"
        terminal.tell(f"{one.document_number}  record {one.record_id} {one.cause} {_when(one.at)}{settled}")
    if not found:
        terminal.say("no certificate waits for a review")


@review.command("settle")
def settle(
    context: typer.Context,
    number: Number,
    note: Annotated[str, typer.Option("--note", help="what was found, naming nobody", callback=check_why)],
) -> None:
    """Note that a certificate was looked at. Suspending or revoking it is a command of its own."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        return {"flags": register.reviewing.settle(number, note=note, actor=actor())}

    done = once(context, register, act)
    terminal.tell(f"{number}: {done['flags']} settled")


def _line(one: Entry) -> str:
    newest = one.versions[-1]
    said = newest.contents
    days = f"{said['first']} to {said['last']}" if "first" in said else str(said["day"])
    standing = "withdrawn" if not one.is_standing else "contradicted" if one.is_contradicted else "stands"
    what = str(said.get("code") or said.get("rank") or said.get("department") or "")
    return (
        f"{one.record_id}  {one.kind.value}  {what}  {days}  {standing}, version {newest.version}, "
        f"from {one.organisation_id} ({one.source.reporter.value}, {one.source.channel.value}) "
        f"{_when(one.reported_at)}"
    )


def _when(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%MZ")
