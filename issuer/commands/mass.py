"""`mass`: revoke, suspend or issue again many certificates at once, with progress, pause and resume."""

import json
import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer

from issuer import terminal
from issuer.arguments import AsJson, Reason
from issuer.commands.deciding import Ending
from issuer.commands.opening import actor, register_of, settings_of
from issuer.commands.repeating import once
from issuer.commands.selecting import Choice, selecting
from issuer.composition import Register
from issuer.domain.errors import InvalidInput
from issuer.services.mass.affected import Affecting, Selection
from issuer.services.mass.operations import Wish
from issuer.services.mass.progress import Kind, Progress
from keys.encoding import Json

app = typer.Typer(help="Many certificates at once: revoke, suspend, issue again.", rich_markup_mode=None)

Yes = Annotated[bool, typer.Option("--yes", help="do not ask")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="count them, and do nothing")]
Operation = Annotated[int, typer.Argument(metavar="ID", min=1, help="as `mass list` shows it")]


@app.command("revoke")
@selecting
def revoke(
    context: typer.Context,
    choice: Choice,
    reason: Reason,
    ending: Annotated[Ending, typer.Option("--as", help="how they end")] = Ending.REVOKED,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """End all certificates of a selection for good."""
    _propose(context, choice, Kind.REVOKE, reason, yes=yes, dry_run=dry_run, ending=ending.value)


@app.command("suspend")
@selecting
def suspend(
    context: typer.Context, choice: Choice, reason: Reason, yes: Yes = False, dry_run: DryRun = False
) -> None:
    """Put all certificates of a selection out of force for a while."""
    _propose(context, choice, Kind.SUSPEND, reason, yes=yes, dry_run=dry_run)


@app.command("reissue")
@selecting
def reissue(
    context: typer.Context, choice: Choice, reason: Reason, yes: Yes = False, dry_run: DryRun = False
) -> None:
    """Sign the credentials of a selection again. Under the key that is set now."""
    _propose(context, choice, Kind.REISSUE, reason, yes=yes, dry_run=dry_run)


@app.command("list")
def list_operations(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="operations at most")] = 20,
    as_json: AsJson = False,
) -> None:
    """The newest operations first, one a line."""
    found = register_of(context).mass.list(limit=limit)
    for one in found:
        terminal.tell(json.dumps(asdict(one)) if as_json else _line(asdict(one)))
    if not found:
        terminal.say("there was no mass operation yet")


@app.command("show")
def show(context: typer.Context, number: Operation, as_json: AsJson = False) -> None:
    """How far an operation has come, and what was refused and why."""
    found = asdict(register_of(context).mass.show(number))
    if as_json:
        terminal.tell(json.dumps(found))
        return
    terminal.tell(_line(found))
    terminal.tell(f"  of {json.dumps(found['selection'])}, by {found['actor']}: {found['reason']}")
    for reason, certificates in found["refused"]:
        terminal.tell(f"  {certificates} refused: {reason}")


@app.command("approve")
def approve(context: typer.Context, number: Operation) -> None:
    """As a second person, let an operation begin. One that waits for it (`mass_persons`)."""
    _decide(context, number, "approve")


@app.command("pause")
def pause(context: typer.Context, number: Operation) -> None:
    """Let an operation stand still after the batches in hand."""
    _decide(context, number, "pause")


@app.command("resume")
def resume(context: typer.Context, number: Operation) -> None:
    """Let a paused operation go on where it stood."""
    _decide(context, number, "resume")


@app.command("cancel")
def cancel(context: typer.Context, number: Operation) -> None:
    """End an operation. What was done stays done, the rest is left as it is."""
    _decide(context, number, "cancel")


def _propose(
    context: typer.Context, choice: Choice, kind: Kind, reason: str, *, yes: bool, dry_run: bool, **more: str
) -> None:
    settings = settings_of(context)
    register = register_of(context, settings)
    selection = choice.selection(settings)
    if dry_run or not yes:
        _show_first(register, selection, kind)
    if dry_run:
        return
    if not yes and not _confirmed(kind):
        terminal.say("nothing was begun")
        return

    def act() -> dict[str, Json]:
        wish = Wish(kind=kind, selection=selection, reason=reason, **more)
        return _members(register.mass.propose(wish, actor=actor()))

    reading = " ".join(selection.numbers).encode()
    done = once(context, register, act, reading=reading)
    terminal.tell(_line(done))
    if done["state"] == "proposed":
        terminal.say(f"next: another person's `ombord-issuer mass approve {done['id']}`")
    else:
        terminal.say("next: `ombord-issuer work` does it, or a worker that is running; then publish")


def _show_first(register: Register, selection: Selection, kind: Kind) -> None:
    counted = Affecting(register.database).count(selection)
    terminal.say(
        f"{kind.value}: {counted.certificates} certificates meet the selection, with"
        f" {counted.credentials} credentials"
    )


def _confirmed(kind: Kind) -> bool:
    if not sys.stdin.isatty():
        raise InvalidInput("nobody is here to be asked", hint="--dry-run counts, --yes begins without asking")
    return typer.confirm(f"Begin to {kind.value} them?", err=True)


def _decide(context: typer.Context, number: int, what: str) -> None:
    register = register_of(context)
    done = once(context, register, lambda: _members(register.mass.decide(number, what, actor=actor())))
    terminal.tell(_line(done))


def _members(found: Progress) -> dict[str, Json]:
    return json.loads(json.dumps(asdict(found)))  # type: ignore[no-any-return] # as it is told again


def _line(one: dict[str, Any]) -> str:
    refused = sum(certificates for _reason, certificates in one["refused"])
    parts = [
        f"operation {one['id']}: {one['kind']} {one['certificates']} certificates, {one['state']}",
        f"{one['done']} done",
        f"{refused} refused",
        f"{one['left']} left",
    ]
    if one["per_second"] is not None:
        parts.append(f"{one['per_second']} a second")
    return ", ".join(parts) + (f" ({one['note']})" if one["note"] else "")
