"""How a held certificate stands on this phone: from its own dates. The verdict on board is the verifier's."""

from datetime import datetime, timedelta
from enum import Enum, IntEnum
from typing import Final, NamedTuple

from wallet_app.core.held import Held

SOON: Final = timedelta(days=90)
_DAY: Final = timedelta(days=1)


class Standing(IntEnum):
    """Worst first: the order of the list."""

    EXPIRED = 0
    NOT_BOUND = 1
    EXPIRING = 2
    NOT_YET_VALID = 3
    VALID = 4


class Group(Enum):
    """The filters of the list."""

    ALL = "all"
    VALID = "valid"
    EXPIRING = "expiring"
    INVALID = "invalid"


GROUP_OF: Final = {
    Standing.EXPIRED: Group.INVALID,
    Standing.NOT_BOUND: Group.INVALID,
    Standing.NOT_YET_VALID: Group.INVALID,
    Standing.EXPIRING: Group.EXPIRING,
    Standing.VALID: Group.VALID,
}


class Judged(NamedTuple):
    """A certificate and its standing; `days_left` counts whole days after today, None without an end."""

    standing: Standing
    days_left: int | None
    held: Held

    @property
    def urgency(self) -> tuple[int, float, str]:
        """Sorts worst first, then what ends soonest, then by number."""
        left = float("inf") if self.days_left is None else float(self.days_left)
        return self.standing.value, left, self.held.certificate.document_number


def judge(held: Held, at: datetime) -> Judged:
    """Valid while `nbf` <= t < `exp`, where `exp` is the end of the last day (formats: the credential)."""
    credential = held.credential
    left = None if credential.expires is None else (credential.expires - at) // _DAY
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
