"""`ombord-issuer`: what the authority's operators do, from loading the register to serving wallets.

Exit codes: 0 done, 1 done in part (rows or certificates were refused, each is named) or, of `audit verify`,
not whole, 2 not done.
"""

import sys
from pathlib import Path
from typing import Annotated, ClassVar, NoReturn

import typer

from issuer import terminal
from issuer.commands.grouped import Grouped, Panels
from issuer.commands.opening import NOTHING
from issuer.commands.repeating import VARIABLE, take_key
from issuer.domain.errors import InvalidInput, IssuerError


class Commands(Grouped):
    """All commands, in the order in which `--help` shows them."""

    panels: ClassVar[Panels] = {
        "Register": {
            "import": "register:import_register",
            "export": "register:export",
            "portrait": "portraits:portrait",
            "portraits": "portraits:portraits",
            "person": "persons:app",
            "organisation": "organisations:app",
            "record": "records:record",
            "review": "records:review",
        },
        "Applications and the law": {
            "apply": "applications:apply",
            "decide": "casework:decide",
            "explain": "applications:explain",
            "cases": "casework:app",
            "rules": "rules_app:app",
        },
        "Certificates": {
            "draft": "drafting:draft",
            "pending": "drafting:pending",
            "propose": "approving:propose",
            "approve": "approving:approve",
            "reject": "approving:reject",
            "suspend": "deciding:suspend",
            "reinstate": "deciding:reinstate",
            "revoke": "deciding:revoke",
            "replace": "deciding:replace",
            "reissue": "deciding:reissue",
            "affected": "affected:affected",
            "mass": "mass:app",
        },
        "Phones and paper": {
            "offer": "offering:offer",
            "rebind": "offering:rebind",
            "print": "signing:print_paper",
            "manning": "signing:manning",
        },
        "Publishing": {
            "publish": "publishing:publish",
            "publish-packs": "publishing:publish_packs",
            "log": "log:app",
            "allow-list": "signing:allow_list",
        },
        "Operating": {
            "serve": "serve:serve",
            "work": "working:work",
            "status": "stopping:status",
            "stop": "stopping:stop",
            "start": "stopping:start",
            "recover": "recovering:recover",
            "reconcile": "reconciling:reconcile",
            "audit": "audit:app",
            "database": "database:app",
            "backup": "backup:app",
            "restore": "backup:restore_register",
        },
    }


app = typer.Typer(
    cls=Commands,
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
