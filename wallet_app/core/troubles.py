"""What can go wrong with a pick-up or a sync, closed: each kind has its own words on the screen."""

from enum import Enum
from typing import Final

from verifier.ui.work import WorkError
from wallet_app.core.plain import plain

MOST_DETAIL: Final = 300


class Trouble(Enum):
    """Kinds of failure; the value says whether trying again, unchanged, can help."""

    NOT_AN_OFFER = ("not-an-offer", False)
    NOT_SECURE = ("not-secure", False)
    OFFLINE = ("offline", True)
    SERVICE = ("service", True)
    OFFER_GONE = ("offer-gone", False)
    CODE_REFUSED = ("code-refused", False)
    NOT_ITSELF = ("not-itself", False)
    NOT_UNDERSTOOD = ("not-understood", False)
    ACCESS_ENDED = ("access-ended", False)
    REFUSED = ("refused", False)
    NOT_READY = ("not-ready", True)
    WRONG_CREDENTIAL = ("wrong-credential", False)
    UNVERIFIED = ("unverified", False)
    OTHER_PERSON = ("other-person", False)
    UNFINISHED = ("unfinished", False)
    NOT_STORED = ("not-stored", True)
    NO_SYNC = ("no-sync", False)
    NOT_RECOGNISED = ("not-recognised", False)
    NO_LONGER_BOUND = ("no-longer-bound", False)
    PROOF_REFUSED = ("proof-refused", True)
    CLOCKS_APART = ("clocks-apart", True)
    TOO_OFTEN = ("too-often", True)
    NO_DOCUMENT = ("no-document", False)

    def __init__(self, label: str, may_retry: bool) -> None:
        self.label = label
        self.may_retry = may_retry


class PickUpError(WorkError):
    """A pick-up or a sync stopped. `detail` is for support: what was expected, where; never a secret.

    It may quote the other side, so it is made fit to be shown here, once for all.
    """

    def __init__(self, trouble: Trouble, detail: str) -> None:
        self.trouble = trouble
        self.detail = plain(detail, MOST_DETAIL)
        super().__init__(f"{trouble.label}: {self.detail}")


def told(error: WorkError) -> PickUpError:
    """The error as this app tells it: a fault of our own was not understood."""
    return error if isinstance(error, PickUpError) else PickUpError(Trouble.NOT_UNDERSTOOD, str(error))
