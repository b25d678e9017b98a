"""The decision on a safe manning document: rows C of what is a ship's certificate. Pure."""

from datetime import datetime
from typing import Final, NamedTuple

from keys.trust.directory import Authority
from verifier import checks
from verifier.credential.safe_manning import SignedManning
from verifier.credential.safe_manning_claims import contradiction
from verifier.policy import Policy
from verifier.status import StatusBook
from verifier.verdict import Check, Outcome, ReliedOn, Verdict, conclude

_AGREE: Final = Check("C4b", Outcome.PASS, "its dates agree with each other")
_SHIPS: Final = Check("C5", Outcome.NOT_ASSESSED, "it is a ship's, and bound to no phone")
_NO_PROOF_DUE: Final = Check("C13", Outcome.PASS, "it is a ship's, so no phone has to confirm it")


class Basis(NamedTuple):
    """What a document is judged against."""

    authority: Authority
    book: StatusBook
    policy: Policy
    time: datetime
    relied_on: ReliedOn  # without a status list


class Shared(NamedTuple):
    """The rows that were judged before the claims were read."""

    readable: Check
    known: Check
    trusted: Check
    signed: Check
    clock: Check


def judge(signed: SignedManning, shared: Shared, basis: Basis) -> Verdict:
    """The verdict on a document whose signature holds; `manning` is what it demands."""
    document, time = signed.document, basis.time
    against = contradiction(signed)
    dates = _AGREE if against is None else Check("C4b", Outcome.UNKNOWN, *against)
    listed = basis.book.get(signed.status.uri)
    c6, c7, c8, c12, old = checks.state(signed, listed, basis.authority, policy=basis.policy, time=time)
    c9 = Check("C9", Outcome.PASS, "its last day is {}", (document.expiry_date,))
    if signed.expires is None:
        c9 = Check("C9", Outcome.PASS, "valid until further notice")
    elif time >= signed.expires:
        c9 = Check("C9", Outcome.FAIL, "its last day was {}", (document.expiry_date,))
    c11 = Check("C11", Outcome.PASS, "its first day has come")
    if time < signed.not_before:
        c11 = Check("C11", Outcome.FAIL, "it starts on {:%Y-%m-%d %H:%M} UTC", (signed.not_before,))
    trusted = checks.in_own_name(document.issuing_country, basis.authority) or shared.trusted
    first = (shared.readable, shared.known, trusted, shared.signed, dates, _SHIPS, c6, c7, c8)
    rows = [*first, c9, shared.clock, c11, c12, _NO_PROOF_DUE]
    if old is not None:
        rows.append(old)
    if document.remarks is not None:
        rows.append(Check("C14", Outcome.REMARK, "it says: {}", (document.remarks,)))
    as_of = None if listed is None else listed.iat
    relied_on = basis.relied_on._replace(status_uri=signed.status.uri, status_as_of=as_of)
    verdict = conclude(tuple(rows), None, relied_on)
    return type(verdict)(verdict.headline, verdict.checks, None, relied_on, manning=document)
