"""`work`: what passes by itself is waited for, what does not pass ends it, and `--once` always ends."""

import pytest

from issuer.domain.errors import Conflict, Crowded, DatabaseUnusable, IssuerError, SigningDeferred
from issuer.services.mass.watching import LONGEST_PAUSE, TRIES, Working
from issuer.services.mass.working import Worked

SOME, NONE, HELD_UP = Worked
AWAY = DatabaseUnusable("it is restarting")
CROWD = Crowded("another works on the same")


class Scripted:
    """Steps that end each time as a test says; the end comes when there are no more."""

    def __init__(self, *ends: Worked | IssuerError, unsigned: IssuerError | None = None) -> None:
        self._ends = list(ends)
        self._unsigned = unsigned
        self.pauses: list[float] = []
        self.failed: list[IssuerError] = []
        self.signed_after: list[int] = []
        self._steps = 0

    def step(self) -> Worked:
        self._steps += 1
        end = self._ends.pop(0)
        if isinstance(end, IssuerError):
            raise end
        return end

    def pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return not self._ends

    def sign_log(self) -> None:
        self.signed_after.append(self._steps)
        if self._unsigned is not None:
            raise self._unsigned

    def run(self, *, once: bool = False) -> Worked:
        working = Working(self.step, pause=self.pause, sign_log=self.sign_log, failed=self.failed.append)
        return working.run(once=once)


def test_batches_follow_each_other_and_looks_for_work_a_second_apart() -> None:
    script = Scripted(NONE, SOME, SOME, NONE, HELD_UP, NONE)
    assert script.run() is NONE
    assert script.pauses == [0, 1, 0, 0, 1, 1, 1]


def test_log_is_signed_once_after_each_run_of_batches() -> None:
    script = Scripted(NONE, SOME, SOME, NONE, NONE, SOME, HELD_UP)
    script.run()
    assert script.signed_after == [4, 7]


def test_log_that_cannot_be_signed_now_is_told_and_ends_nothing() -> None:
    deferred = SigningDeferred("no signer there")
    script = Scripted(SOME, NONE, SOME, NONE, unsigned=deferred)
    assert script.run() is NONE
    assert script.failed == [deferred, deferred]


@pytest.mark.parametrize("error", [AWAY, CROWD], ids=["database", "crowd"])
def test_what_passes_is_told_and_tried_again_ever_more_seldom(error: IssuerError) -> None:
    script = Scripted(*[error] * 7, SOME, error)
    script.run()
    assert script.failed == [error] * 8
    assert script.pauses == [0, 1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, 0, 1]


@pytest.mark.parametrize("worked", [NONE, HELD_UP])
def test_any_look_that_is_answered_ends_the_long_pauses(worked: Worked) -> None:
    script = Scripted(*[AWAY] * 4, worked, AWAY)
    script.run()
    assert script.pauses == [0, 1, 2, 4, 8, 1, 2]


@pytest.mark.parametrize("once", [False, True])
def test_conflict_that_lasts_ends_the_worker_with_its_words(once: bool) -> None:
    with pytest.raises(Conflict, match="already in the log"):
        Scripted(SOME, Conflict("already in the log"), NONE).run(once=once)


def test_once_ends_with_the_work_or_with_what_holds_it_up() -> None:
    assert Scripted(SOME, SOME, NONE, SOME).run(once=True) is NONE
    assert Scripted(SOME, HELD_UP, SOME).run(once=True) is HELD_UP


def test_once_gives_up_on_a_database_that_stays_away_and_not_on_one_that_comes_back() -> None:
    script = Scripted(*[AWAY] * TRIES, NONE)
    with pytest.raises(DatabaseUnusable, match="restarting"):
        script.run(once=True)
    assert script.failed == [AWAY] * (TRIES - 1)
    again = Scripted(*[AWAY] * (TRIES - 1), SOME, *[CROWD] * (TRIES - 1), NONE, SOME)
    assert again.run(once=True) is NONE
