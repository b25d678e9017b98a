"""Verdicts whose trust data is there no more: what was against them counts still, that nothing was does not.

Revoked stays revoked. But what was valid by data that has been damaged since cannot be told any longer, and
unknown is never valid (row C12).
"""

from typing import Final

from verifier.verdict import Check, Headline, Outcome, Undetermined, Valid, Verdict

_GONE: Final = Check(
    "C12", Outcome.UNKNOWN, "its status list was held once and is held no more: import a newer sea pack"
)
_CONCLUSIONS: Final = frozenset({"C12", "C14", "C15"})  # what follows from a status that is known


def unheld(verdict: Verdict) -> Verdict:
    """The verdict without the data that it stood on."""
    if not isinstance(verdict, Valid):
        return verdict
    checks = tuple(check for check in verdict.checks if check.row not in _CONCLUSIONS)
    return Undetermined(
        Headline.STATUS_UNKNOWN,
        (*checks, _GONE),
        verdict.credential,
        verdict.relied_on,
        tuple(map(unheld, verdict.members)),
        verdict.sea_pass,
        verdict.manning,
    )
