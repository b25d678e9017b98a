"""What the app holds of trust: opened from the verifier's folder, and how much it says about today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from keys.trust.directory import Environment
from verifier import checks, state
from verifier.policy import AgeClass, Policy
from verifier.state import State
from verifier.verdict import Outcome

_NO_AGE: Final = timedelta(0)


class TrustState(Enum):
    """Each is a state that the inspector sees as such."""

    NONE = auto()  # nothing was imported yet
    DAMAGED = auto()  # what was imported cannot be read
    CLOCK = auto()  # the clock is implausible: nothing can be dated
    TOO_OLD = auto()  # status counts as unknown
    OLD = auto()  # counts, with a remark
    CURRENT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The trust data, opened; `held` is None where there is none that can be used."""

    state: TrustState
    held: State | None = None
    published_at: datetime | None = None
    age: timedelta = _NO_AGE
    last_clock: datetime | None = None
    detail: str = ""  # of the damage, or of the clock

    @property
    def is_rehearsal(self) -> bool:
        """Whether a test directory vouches, so that nothing of it is real."""
        return self.held is not None and self.held.directory.environment is Environment.TEST


def open_trust(folder: str, policy: Policy, at: datetime) -> Trust:
    """Open what was imported into `folder`, as it stands at the clock `at`."""
    try:
        held = State(folder)
        directory, seen = held.directory, state.last_clock(folder)
    except state.NoState:
        return Trust(state=TrustState.NONE)
    except state.StateError as error:
        return damaged(error)
    age = max(at, directory.time_floor) - directory.published_at
    clock = checks.clock(at, directory, policy, seen)
    standing = _BY_AGE[policy.age_class(age)]
    if clock.outcome is not Outcome.PASS:
        standing = TrustState.CLOCK
    return Trust(
        state=standing,
        held=held,
        published_at=directory.published_at,
        age=age,
        last_clock=seen,
        detail=clock.reason if standing is TrustState.CLOCK else "",
    )


def damaged(error: state.StateError) -> Trust:
    """What was imported cannot be used, now or any more."""
    return Trust(state=TrustState.DAMAGED, detail=str(error))


_BY_AGE: Final = {
    AgeClass.GREEN: TrustState.CURRENT,
    AgeClass.OLD: TrustState.OLD,
    AgeClass.UNKNOWN: TrustState.TOO_OLD,
}
