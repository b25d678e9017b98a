"""How a held certificate stands on this phone: by its own dates and what its authority said last.

The verdict on board is the verifier's.
"""

from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum
from typing import Final, NamedTuple

from wallet_app.core.held import Held
from wallet_app.core.sync_record import ToldStatus

SOON: Final = timedelta(days=90)
_DAY: Final = timedelta(days=1)


class Standing(IntEnum):
    """Worst first: the order of the list."""

    REVOKED = 0
    SUSPENDED = 1
    EXPIRED = 2
    REPLACED = 3
    NOT_BOUND = 4
    EXPIRING = 5
    NOT_YET_VALID = 6
    VALID = 7


class Group(Enum):
    """The filters of the list."""

    ALL = "all"
    VALID = "valid"
    EXPIRING = "expiring"
    INVALID = "invalid"


GROUP_OF: Final = {
    Standing.REVOKED: Group.INVALID,
    Standing.SUSPENDED: Group.INVALID,
    Standing.REPLACED: Group.INVALID,
    Standing.EXPIRED: Group.INVALID,
    Standing.NOT_BOUND: Group.INVALID,
    Standing.NOT_YET_VALID: Group.INVALID,
    Standing.EXPIRING: Group.EXPIRING,
    Standing.VALID: Group.VALID,
}


_TOLD: Final = {
    "revoked": Standing.REVOKED,
    "suspended": Standing.SUSPENDED,
    "replaced": Standing.REPLACED,
}


class Judged(NamedTuple):
    """A certificate and its standing; `days_left` counts whole days after today, None without an end.

    `as_of` is when the authority said what made it so, None where its own dates did.
    """

    standing: Standing
    days_left: int | None
    held: Held
    as_of: datetime | None = None

    @property
    def urgency(self) -> tuple[int, float, str]:
        """Sorts worst first, then what ends soonest, then by number."""
        left = float("inf") if self.days_left is None else float(self.days_left)
        return self.standing.value, left, self.held.certificate.document_number


def judge(held: Held, at: datetime, told: ToldStatus | None = None) -> Judged:
    """Valid while `nbf` <= t < `exp`, where `exp` is the end of the last day (formats: the credential).

    What the authority `told` of it comes first, as it outlives every date; that it was good then does not.
    """
    credential = held.credential
    left = None if credential.expires is None else (credential.expires - at) // _DAY
    if told is not None and told.status in _TOLD:
        return Judged(_TOLD[told.status], left, held, datetime.fromtimestamp(told.as_of, UTC))
    if credential.expires is not None and at >= credential.expires:
        standing = Standing.EXPIRED
    elif not held.is_ours and credential.holder_key is not None:
        standing = Standing.NOT_BOUND
    elif at < credential.not_before:
        standing = Standing.NOT_YET_VALID
    elif credential.expires is not None and credential.expires - at <= SOON:
        standing = Standing.EXPIRING
    else:
        standing = Standing.VALID
    return Judged(standing, left, held)
