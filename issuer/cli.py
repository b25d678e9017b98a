"""`ombord-issuer`: what the authority's operators do, from loading the register to serving wallets.

Exit codes: 0 done, 1 done in part (rows or certificates were refused, each is named) or, of `audit verify`,
not whole, 2 not done.
"""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from issuer import terminal
from issuer.commands import (
    affected,
    applications,
    approving,
    audit,
    backup,
    casework,
    database,
    deciding,
    drafting,
    log,
    mass,
    offering,
    organisations,
    persons,
    portraits,
    publishing,
    reconciling,
    records,
    recovering,
    register,
    rules,
    rules_contents,
    rules_diff,
    signing,
    stopping,
    working,
)
from issuer.commands.opening import NOTHING
from issuer.commands.repeating import VARIABLE, take_key
from issuer.commands.serve import serve
from issuer.domain.errors import InvalidInput, IssuerError

app = typer.Typer(
    help="An authority's service: keep the register, issue credentials, publish their status.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="settings, TOML or YAML")
    ] = None,
    idempotency_key: Annotated[
        str | None,
        typer.Option(
            metavar="KEY",
            help=f"what changes something is done once for a KEY, and answered alike again; {VARIABLE} too",
        ),
    ] = None,
) -> None:
    context.obj = config
    take_key(context, idempotency_key)


# All commands, in the order in which `--help` shows them.
app.command("serve")(serve)
app.command("import")(register.import_register)
app.command("portrait")(portraits.portrait)
app.command("portraits")(portraits.portraits)
app.command("offer")(offering.offer)
app.command("print")(signing.print_paper)
app.command("manning")(signing.manning)
app.command("apply")(applications.apply)
app.command("decide")(casework.decide)
app.command("explain")(applications.explain)
app.add_typer(applications.app, name="cases", no_args_is_help=True)
app.command("draft")(drafting.draft)
app.command("pending")(drafting.pending)
app.command("propose")(approving.propose)
app.command("approve")(approving.approve)
app.command("reject")(approving.reject)
app.command("suspend")(deciding.suspend)
app.command("reinstate")(deciding.reinstate)
app.command("revoke")(deciding.revoke)
app.command("replace")(deciding.replace)
app.command("reissue")(deciding.reissue)
app.command("rebind")(offering.rebind)
app.command("stop")(stopping.stop)
app.command("start")(stopping.start)
app.command("status")(stopping.status)
app.command("recover")(recovering.recover)
app.command("affected")(affected.affected)
app.add_typer(mass.app, name="mass", no_args_is_help=True)
app.command("work")(working.work)
app.command("reconcile")(reconciling.reconcile)
app.command("publish")(publishing.publish)
app.command("publish-packs")(publishing.publish_packs)
app.command("allow-list")(signing.allow_list)
app.command("export")(register.export)
app.add_typer(audit.app, name="audit", no_args_is_help=True)
rules.app.command("diff")(rules_diff.diff)
rules.app.command("contents")(rules_contents.contents)
app.add_typer(rules.app, name="rules", no_args_is_help=True)
app.add_typer(organisations.app, name="organisation", no_args_is_help=True)
app.add_typer(persons.app, name="person", no_args_is_help=True)
app.add_typer(records.record, name="record", no_args_is_help=True)
app.add_typer(records.review, name="review", no_args_is_help=True)
app.add_typer(log.app, name="log", no_args_is_help=True)
app.add_typer(database.app, name="database", no_args_is_help=True)
app.add_typer(backup.app, name="backup", no_args_is_help=True)
app.command("restore")(backup.restore_register)


def main() -> NoReturn:
    """Run a command; whatever is wrong with the input or the output ends in `error:` and `hint:` lines."""
    if not terminal.open_what_is_closed() and "serve" not in sys.argv:
        terminal.complain(InvalidInput("standard output is closed", hint="send it to a file or to /dev/null"))
        sys.exit(NOTHING)
    try:
        _run()
    except IssuerError as error:
        terminal.complain(error)
    except BrokenPipeError:  # the reader of our output went away
        terminal.abandon(sys.stdout)
    except OSError as error:
        terminal.abandon(sys.stdout)
        what = error.filename or "standard output"
        terminal.complain(InvalidInput(f"{what}: {error.strerror}", hint="what the register holds is kept"))
    except KeyboardInterrupt:
        terminal.say("stopped; what was begun is finished by the next run")
        sys.exit(130)
    sys.exit(NOTHING)


def _run() -> None:
    """The command, until all that it printed has arrived."""
    try:
        app()
    except SystemExit:
        sys.stdout.flush()
        raise
