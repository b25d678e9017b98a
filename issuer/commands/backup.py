"""`backup make`, `backup verify`, `restore`: the register's copies, and a register from one of them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from issuer import terminal
from issuer.adapters.backup_files import Recipient, recipient_of
from issuer.adapters.database import Database
from issuer.arguments import AsJson
from issuer.commands.opening import PART, actor, register_of, settings_of
from issuer.domain.errors import InvalidInput
from issuer.services.clock import utc_now
from issuer.services.operating.backing_up import Summary, back_up
from issuer.services.operating.restoring import Verified, go_on, restore, verify
from keys.custody import passphrase
from keys.regular_file import opener
from keys.transparency.checkpoint import MAX_NOTE, Checkpoint, CheckpointError, parse

VARIABLE = "OMBORD_BACKUP_PASSPHRASE"

app = typer.Typer(help="Copies of the register, encrypted: make and verify them.", rich_markup_mode=None)

Backup = Annotated[Path, typer.Argument(metavar="BACKUP", help="the folder that `backup make` wrote")]
Identity = Annotated[
    Path | None,
    typer.Option("--identity", metavar="FILE", help="of a backup for a recipient: that one's age identity"),
]
Noted = Annotated[
    Path | None,
    typer.Option("--checkpoint", metavar="FILE", help="the newest checkpoint of the log that is known"),
]


@app.command("make")
def make(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="BACKUP", help="a new folder")],
    recipient: Annotated[
        str | None,
        typer.Option("--recipient", metavar="AGE", help="age1…: who alone can open it; else a passphrase"),
    ] = None,
    dated: Annotated[
        bool, typer.Option("--dated", help="BACKUP is a folder of backups: name the new one by its time")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write an encrypted copy of one moment of the register. Others go on working."""
    register = register_of(context)
    if dated:
        out = out / f"{register.clock():%Y%m%dT%H%M%SZ}"
    secret: bytes | Recipient = (
        recipient_of(recipient) if recipient is not None else _asked("the backup", new=True)
    )
    made = back_up(register.database, register.clock, register.settings, out, secret)
    _tell(made, as_json)


@app.command("verify")
def verify_backup(
    backup: Backup, identity: Identity = None, checkpoint: Noted = None, as_json: AsJson = False
) -> None:
    """Read a copy through: every row, the log's root. 1 when a checkpoint shows that some are missing."""
    found = verify(backup, _secret(backup, identity), _checkpoint(checkpoint))
    _tell(found.summary, as_json)
    _warn(found)


def restore_register(
    context: typer.Context,
    backup: Backup,
    into: Annotated[str, typer.Option("--into", metavar="URL", help="an empty database's address")],
    identity: Identity = None,
    checkpoint: Noted = None,
    exact: Annotated[
        bool,
        typer.Option("--exact", help="a drill, or a move: nothing was issued since, all goes on as it was"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fill an empty database with a copy. Then issuing is stopped there, and goes on in new status lists."""
    settings = settings_of(context)
    secret, noted = _secret(backup, identity), _checkpoint(checkpoint)
    found = restore(into, backup, secret, noted, settings=None if exact else settings)
    if found.summary.issuer != settings.issuer:
        terminal.say(
            f"it is the register of {found.summary.issuer}, and the settings are {settings.issuer}'s"
        )
    if not exact:
        database = Database.open(into, create=False)
        context.call_on_close(database.close)
        number = go_on(database, utc_now, settings, found.summary, actor=actor())
        terminal.say(
            f"issuing is stopped there, and would go on in status list {number}; before "
            "`ombord-issuer start` see docs/running-an-issuer.md: After a restore"
        )
    _tell(found.summary, as_json)
    _warn(found)


def _secret(backup: Path, identity: Path | None) -> bytes | Path:
    return identity or _asked(str(backup))


def _asked(prompt: str, *, new: bool = False) -> bytes:
    try:
        return passphrase.ask(VARIABLE, prompt=prompt, new=new)
    except passphrase.NoPassphrase as error:
        raise InvalidInput(str(error), hint=error.hint) from error


def _checkpoint(file: Path | None) -> Checkpoint | None:
    """A checkpoint that somebody kept. Its signature is not asked for: it is our own, or only warns."""
    if file is None:
        return None
    try:
        with open(file, "rb", opener=opener) as note:
            return parse(note.read(MAX_NOTE + 1)).checkpoint
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}", hint="check the file's name") from error
    except CheckpointError as error:
        raise InvalidInput(f"{file}: {error}", hint="name the checkpoint as it was published") from error


def _tell(summary: Summary, as_json: bool) -> None:
    if as_json:
        terminal.tell(json.dumps(summary.said()))
        return
    counts = {name: one.rows for name, one in summary.tables.items()}
    terminal.tell(
        f"{summary.issuer} at {summary.made_at}: {counts['seafarer']} seafarers, "
        f"{counts['certificate']} certificates, {counts['credential']} credentials"
    )
    terminal.tell(f"log: {summary.log_size} entries, root {summary.log_root}")
    terminal.tell(f"audit trail: {summary.events} events, head {summary.audit_head}")


def _warn(found: Verified) -> None:
    if found.missing:
        terminal.say(
            f"the checkpoint knows {found.missing} credentials that were issued after this backup: see "
            "docs/running-an-issuer.md, After a restore"
        )
        raise typer.Exit(PART)
