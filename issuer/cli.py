"""`ombord-issuer`: what the authority's operators do, from loading the register to serving wallets.

Exit codes: 0 done, 1 done in part (rows or certificates were refused, each is named) or, of `audit verify`,
not whole, 2 not done.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final, NoReturn

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
from issuer.commands.grouped import Grouped
from issuer.commands.opening import NOTHING
from issuer.commands.repeating import VARIABLE, take_key
from issuer.commands.serve import serve
from issuer.domain.errors import InvalidInput, IssuerError

app = typer.Typer(
    cls=Grouped,
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


# All commands, in the order in which `--help` shows them; subcommands that stand in modules of their own.
rules.app.command("diff")(rules_diff.diff)
rules.app.command("contents")(rules_contents.contents)
_PANELS: Final[Mapping[str, Mapping[str, Callable[..., None] | typer.Typer]]] = {
    "Register": {
        "import": register.import_register,
        "export": register.export,
        "portrait": portraits.portrait,
        "portraits": portraits.portraits,
        "person": persons.app,
        "organisation": organisations.app,
        "record": records.record,
        "review": records.review,
    },
    "Applications and the law": {
        "apply": applications.apply,
        "decide": casework.decide,
        "explain": applications.explain,
        "cases": applications.app,
        "rules": rules.app,
    },
    "Certificates": {
        "draft": drafting.draft,
        "pending": drafting.pending,
        "propose": approving.propose,
        "approve": approving.approve,
        "reject": approving.reject,
        "suspend": deciding.suspend,
        "reinstate": deciding.reinstate,
        "revoke": deciding.revoke,
        "replace": deciding.replace,
        "reissue": deciding.reissue,
        "affected": affected.affected,
        "mass": mass.app,
    },
    "Phones and paper": {
        "offer": offering.offer,
        "rebind": offering.rebind,
        "print": signing.print_paper,
        "manning": signing.manning,
    },
    "Publishing": {
        "publish": publishing.publish,
        "publish-packs": publishing.publish_packs,
        "log": log.app,
        "allow-list": signing.allow_list,
    },
    "Operating": {
        "serve": serve,
        "work": working.work,
        "status": stopping.status,
        "stop": stopping.stop,
        "start": stopping.start,
        "recover": recovering.recover,
        "reconcile": reconciling.reconcile,
        "audit": audit.app,
        "database": database.app,
        "backup": backup.app,
        "restore": backup.restore_register,
    },
}
for _panel, _commands in _PANELS.items():
    for _name, _command in _commands.items():
        if isinstance(_command, typer.Typer):
            app.add_typer(_command, name=_name, no_args_is_help=True, rich_help_panel=_panel)
        else:
            app.command(_name, rich_help_panel=_panel)(_command)


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
