"""`work`: does what mass operations and applications ask for; as many at once as there are processors."""

from typing import Annotated

import typer

from issuer import terminal
from issuer.commands.ending import ending
from issuer.commands.opening import services_of
from issuer.composition import Services
from issuer.services.mass.watching import Working
from issuer.services.mass.working import MassWorker, Worked


def work_off(services: Services) -> None:
    """Cases that new evidence takes up, and what was granted and not yet signed."""
    services.applications.reevaluating.run(services.finishing.finish_now)
    services.finishing.run()


def work(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="end when there is nothing more to do")] = False,
) -> None:
    """Take up mass operations and applications until a signal comes; what is in hand is finished first."""
    services = services_of(context)
    worker = MassWorker(services.database, services.clock, services.keys, services.settings, services.issuer)

    def step() -> Worked:
        """Cases first: they are few, and somebody waits for each."""
        work_off(services)
        return worker.step()

    working = Working(step, pause=ending().wait, sign_log=services.checkpoints.make, failed=terminal.complain)
    if working.run(once=once) is Worked.HELD_UP and once:
        terminal.say("issuing is held up: `ombord-issuer status`")
