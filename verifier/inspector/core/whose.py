"""Whose what was shown is: the seafarers that authorities name in it, and the holder to compare."""

from collections.abc import Iterable

from verifier.credential.model import Holder
from verifier.verdict import Verdict

Seafarer = tuple[str, str]  # an authority, and its number for the seafarer: the number alone names nobody


def seafarer(verdict: Verdict) -> Seafarer | None:
    """Whom its authority names; None where nothing signed says it."""
    if verdict.sea_pass is not None:
        return verdict.sea_pass.issuer, verdict.sea_pass.holder.seafarer_id
    if verdict.credential is None:
        return None
    return verdict.credential.issuer, verdict.credential.certificate.holder.seafarer_id


def seafarers(verdicts: Iterable[Verdict]) -> frozenset[Seafarer]:
    """All that are named in what was shown together."""
    return frozenset(one for one in map(seafarer, verdicts) if one is not None)


def holder_of(verdicts: Iterable[Verdict]) -> Holder | None:
    """Whom to compare with a document; None where nothing that was shown says whose it is."""
    for verdict in verdicts:
        if verdict.sea_pass is not None:
            return verdict.sea_pass.holder
        if verdict.credential is not None:
            return verdict.credential.certificate.holder
    return None
