"""`work`: does what mass operations ask for, batch after batch; as many at once as there are processors."""

from typing import Annotated

import typer

from issuer import terminal
from issuer.commands.ending import ending
from issuer.commands.opening import services_of
from issuer.services.mass.watching import Working
from issuer.services.mass.working import MassWorker, Worked


def work(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="end when there is nothing more to do")] = False,
) -> None:
    """Take up mass operations until a signal comes; what is in hand then is finished first."""
    services = services_of(context)
    worker = MassWorker(services.database, services.clock, services.keys, services.settings, services.issuer)
    working = Working(
        worker.step, pause=ending().wait, sign_log=services.checkpoints.make, failed=terminal.complain
    )
    if working.run(once=once) is Worked.HELD_UP and once:
        terminal.say("issuing is held up: `ombord-issuer status`")
