"""Verdicts whose trust data is there no more: what was against them counts still, that nothing was does not.

Revoked stays revoked. But what was valid by data that has been damaged since cannot be told any longer, and
unknown is never valid (row C12).
"""

from typing import Final

from verifier.verdict import Check, Outcome, Verdict, conclude, conclude_pass

_GONE: Final = Check(
    "C12", Outcome.UNKNOWN, "its status list was held once and is held no more: import a newer sea pack"
)


def unheld(verdict: Verdict) -> Verdict:
    """The verdict without the data that it stood on, and so each certificate of a pass.

    Also of one that is rejected the status is known no more: a ship may excuse why it was (row P4).
    """
    checks, members = _without(verdict.checks), tuple(map(unheld, verdict.members))
    if checks == verdict.checks and members == verdict.members:
        return verdict
    found = conclude(checks, verdict.credential, verdict.relied_on)
    if verdict.sea_pass is not None:
        return conclude_pass(found, members, verdict.sea_pass)
    return type(found)(
        found.headline, found.checks, found.credential, found.relied_on, manning=verdict.manning
    )


def _without(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Its status is unknown where it was known, and that nothing is against it is said no more."""
    return tuple(
        _GONE if check.row == "C12" and check.outcome is Outcome.PASS else check
        for check in checks
        if check.row != "C15"
    )
