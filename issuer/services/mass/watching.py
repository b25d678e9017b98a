"""Mass operations worked off untold, batch after batch; what passes by itself is waited for."""

from collections.abc import Callable
from typing import Final

from issuer.domain.errors import Crowded, DatabaseUnusable, IssuerError
from issuer.services.mass.working import Worked

LOOK_EVERY: Final = 1.0  # seconds between two looks for work
LONGEST_PAUSE: Final = 30.0  # between two tries while the database is away
TRIES: Final = 5  # in a row, of a run that is to end

PASSING: Final = (
    DatabaseUnusable,
    Crowded,
)  # a restart, a deadlock, a crowd: the batch was undone whole


class Working:
    """Takes one step after the other until it is told to end."""

    def __init__(
        self,
        step: Callable[[], Worked],
        *,
        pause: Callable[[float], bool],
        sign_log: Callable[[], object],
        failed: Callable[[IssuerError], None],
    ) -> None:
        """`pause` waits, and says whether the end has come; `sign_log` is called after batches."""
        self._step = step
        self._pause = pause
        self._sign_log = sign_log
        self._failed = failed

    def run(self, *, once: bool = False) -> Worked:
        """Until the end; with `once` until there is nothing more to do, or something holds it up.

        What passes by itself is told to `failed` and tried again ever more seldom; with `once` a few times.
        Raises what does not pass: a Conflict that would come back with the same batch for ever.
        """
        worked, is_new, failures, wait = Worked.NONE, False, 0, 0.0
        while not self._pause(wait):
            try:
                worked = self._step()
            except PASSING as error:
                failures += 1
                if once and failures == TRIES:
                    raise
                self._failed(error)
                wait = min(max(2 * wait, LOOK_EVERY), LONGEST_PAUSE)
                continue
            failures, wait = 0, LOOK_EVERY
            if worked is Worked.SOME:
                is_new, wait = True, 0.0
                continue
            if is_new:
                is_new = False
                self._sign()
            if once:
                break
        return worked

    def _sign(self) -> None:
        """What a bulk run has appended gets its checkpoint; one that cannot be signed now is signed later."""
        try:
            self._sign_log()
        except IssuerError as error:
            self._failed(error)
