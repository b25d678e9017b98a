"""`work`: does what mass operations ask for, batch after batch; as many at once as there are processors."""

import signal
import threading
from typing import Annotated, Final

import typer

from issuer import terminal
from issuer.commands.opening import services_of
from issuer.composition import Services
from issuer.domain.errors import Conflict, DatabaseUnusable, IssuerError
from issuer.services.mass_working import MassWorker, Worked

LOOK_EVERY: Final = 1.0  # seconds
LONGEST_WAIT: Final = 30.0


def work(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="end when there is nothing more to do")] = False,
) -> None:
    """Take up mass operations until a signal comes; what is in hand then is finished first."""
    services = services_of(context)
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    _work(services, over, until_done=once)


def _sign_log(services: Services) -> None:
    """What a bulk run has appended gets its checkpoint; one that cannot be signed now is signed later."""
    try:
        services.checkpoints.make()
    except IssuerError as error:
        terminal.complain(error)


def _work(services: Services, over: threading.Event, *, until_done: bool) -> None:
    worker = MassWorker(services.database, services.clock, services.keys, services.settings, services.issuer)
    wait = LOOK_EVERY
    told: str | None = None
    is_new = False
    while not over.is_set():
        try:
            worked = worker.step()
        except (DatabaseUnusable, Conflict) as error:  # a deadlock, a restart of the server, a crowd: again
            terminal.complain(error)
            wait = min(LONGEST_WAIT, 2 * wait)
            over.wait(wait)
            continue
        if worked is Worked.SOME:
            wait, is_new = LOOK_EVERY, True
            continue
        if is_new:
            is_new = False
            _sign_log(services)
        if until_done:
            told = "issuing is held up: `ombord-issuer status`" if worked is Worked.HELD_UP else None
            break
        over.wait(LOOK_EVERY)
    if told:
        terminal.say(told)
