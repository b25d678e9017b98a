"""`work`: does what mass operations and applications ask for; as many at once as there are processors."""

from pathlib import Path
from typing import Annotated

import typer

from issuer import terminal
from issuer.commands.approver_key import open_own_key
from issuer.commands.ending import ending
from issuer.commands.opening import services_of
from issuer.composition import Services
from issuer.services.applications.approving_by_rule import ApprovingByRule
from issuer.services.mass.watching import Working
from issuer.services.mass.working import MassWorker, Worked


def work_off(services: Services, engine: ApprovingByRule | None) -> None:
    """Cases that new evidence takes up, and what was granted and not yet signed."""
    services.applications.reevaluating.run(services.finishing.finish_now)
    if engine is not None:
        engine.run()
    services.finishing.run()


def _engine(services: Services, file: Path) -> ApprovingByRule:
    """Raises KeysUnusable for a key that is no rule's by the policy."""
    policy = services.approving.policy
    own = open_own_key(file, () if policy is None else policy.rule_keys)
    return ApprovingByRule(
        services.database,
        services.clock,
        services.approving,
        services.awaiting,
        services.applications.explaining,
        kid=own.kid,
        signer=own.signer,
    )


def work(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="end when there is nothing more to do")] = False,
    rule_key: Annotated[
        Path | None,
        typer.Option(
            "--rule-key",
            metavar="FILE",
            help="approve automatic cases with a rule's key, as the policy lets it",
        ),
    ] = None,
) -> None:
    """Work off mass operations and applications until a signal. What is in hand is finished first."""
    services = services_of(context)
    engine = None if rule_key is None else _engine(services, rule_key)
    worker = MassWorker(services.database, services.clock, services.keys, services.settings, services.issuer)

    def step() -> Worked:
        """Cases first: they are few, and somebody waits for each."""
        work_off(services, engine)
        return worker.step()

    working = Working(step, pause=ending().wait, sign_log=services.checkpoints.make, failed=terminal.complain)
    if working.run(once=once) is Worked.HELD_UP and once:
        terminal.say("issuing is held up: `ombord-issuer status`")
