"""Mass operations worked off as `work --once` does it, in this process and without waiting."""

from issuer.domain.errors import IssuerError
from issuer.services.mass.watching import Working
from issuer.services.mass.working import MassWorker, Worked


def work_off(worker: MassWorker) -> Worked:
    """Until there is nothing more to do, or something holds it up. Raises what a worker would wait out."""
    return Working(worker.step, pause=lambda _: False, sign_log=lambda: None, failed=_raise).run(once=True)


def _raise(error: IssuerError) -> None:
    raise error
