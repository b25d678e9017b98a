"""Row P7: flags that want certificates of some types carried as paper originals; the policy names them."""

from typing import Final

from verifier.inspection.ship import Ship
from verifier.inspection.shown import REMARK, Finding, Shown, ends, left_open, passes
from verifier.policy import Policy
from verifier.verdict import Headline

_ROW: Final = "P7"


def row(shown: Shown, ship: Ship | None, policy: Policy) -> Finding:
    """P7 by the policy's `paper_originals`: a remark, since the certificate itself holds."""
    flag = None if ship is None else ship.flag
    if flag is None:
        return left_open(_ROW, "the ship's flag is not given")
    wanted = [one for one in shown.valid if f"{flag} {one.type.value}" in policy.paper_originals]
    if not wanted:
        return passes(_ROW, "the policy {} names no paper original that {} wants of these", policy.name, flag)
    numbers = ", ".join(dict.fromkeys(one.document_number for one in wanted))
    return ends(_ROW, REMARK, Headline.ORIGINAL_REQUIRED, "{} wants the paper original of {}", flag, numbers)
