"""Rows C5 to C14, and C2 and C3 once more: what is asked of a credential whose signature holds.

The rows are those of docs/inspection.md.
Each function answers its rows and no others. A reason says as of when, where that matters.
"""

from datetime import datetime
from typing import Final, NamedTuple, Protocol

from keys.jwk import PublicKey
from keys.said import Said
from keys.trust.directory import Authority, Directory
from verifier.credential.model import Credential, StatusReference
from verifier.credential.presentation import Audience, HolderProof
from verifier.policy import AgeClass, Policy
from verifier.status import Status, StatusList
from verifier.verdict import Check, Outcome

# An enum's members are slow to look up.
_PASS: Final = Outcome.PASS
_REMARK: Final = Outcome.REMARK
_FAIL: Final = Outcome.FAIL
_UNKNOWN: Final = Outcome.UNKNOWN
_GOOD: Final = Status.VALID

_TOO_OLD: Final = AgeClass.UNKNOWN
_CURRENT: Final = AgeClass.GREEN

_NO_PHONE: Final = Check("C5", Outcome.NOT_ASSESSED, "it is bound to no phone, and none was shown")
_NO_PROOF: Final = Check("C5", Outcome.NOT_ASSESSED, "no proof by the holder's phone was shown")
_GARBLED: Final = Check("C5", Outcome.NOT_ASSESSED, "what was shown as the phone's proof is none")
_RIGHT_HOLDER: Final = Check("C5", Outcome.PASS, "the proof is by the phone that it is bound to")
_OTHER_CHALLENGE: Final = Check("C5", _FAIL, "the proof answers another challenge than the one set")
_NO_PROOF_DUE: Final = Check("C13", Outcome.PASS, "it is bound to no phone, so none has to confirm it")
_SILENT: Final = Said("a phone holds it, and that phone has not proved itself")
_UNANSWERED: Final = Said("a challenge was set, and the proof shown answers none")
_UNASKED: Final = Said("the proof answers a challenge that was not set here")
_PROOF_FAILED: Final = Check("C13", Outcome.NOT_ASSESSED, "the proof shown is not this holder's")
_CHALLENGE_MET: Final = Check("C13", Outcome.PASS, "the phone answered the inspector's challenge")
_FURTHER_NOTICE: Final = Check("C9", Outcome.PASS, "valid until further notice")
# Each text stands here whole, since it is looked up whole in the apps' catalogues.
_AHEAD: Final = "its status is dated ahead of the clock, {:%Y-%m-%d}"
_OLD: Final = "its status is {} days old, as of {:%Y-%m-%d}"
_OUTDATED: Final = "its status is {} days old, as of {:%Y-%m-%d}; at most {} count: import a newer sea pack"
_LIST_EXPIRED: Final = "its status list expired on {:%Y-%m-%d}: import a newer sea pack"
_DISPUTED: Final = "two status lists that cannot both be true were signed: report this to the authority"
_OLD_AND_DISPUTED: Final = (
    "{}, and two status lists that cannot both be true were signed: report this to the authority"
)


class Listed(Protocol):
    """What has a place in a status list."""

    @property
    def status(self) -> StatusReference:
        """That place."""


class Holding(NamedTuple):
    """What the presentation says of the holder: the proof, once checked, or why it fails or is none."""

    proof: HolderProof | None = None
    failure: Said | None = None
    garbled: Said | None = None


def covered(authority: Authority, policy: Policy) -> Check | None:
    """C2 once more: a flag that the policy leaves out is nobody's here to judge."""
    if policy.covers(authority.flag):
        return None
    return Check("C2", _UNKNOWN, "the policy {} does not cover flag {}", (policy.name, authority.flag))


def holder(
    holder_key: PublicKey | None, shown: Holding, *, policy: Policy, time: datetime, challenge: bytes | None
) -> tuple[Check, Check, Check | None]:
    """C5 (the proof is the holder's), C13 (it is here and now), and the remark that is left without."""
    if holder_key is None:
        if shown.failure is not None:
            return _wrong(shown.failure), _PROOF_FAILED, None
        return _NO_PHONE, _NO_PROOF_DUE, _PAPER
    if shown.failure is not None:
        return _wrong(shown.failure), _PROOF_FAILED, None
    proof = shown.proof
    if shown.garbled is not None:
        return _unconfirmed(_GARBLED, policy, challenge, shown.garbled)
    if proof is None:
        return _unconfirmed(_NO_PROOF, policy, challenge, _SILENT)
    if challenge is not None and proof.audience is Audience.CHALLENGE:
        if proof.nonce != challenge:
            return _OTHER_CHALLENGE, _PROOF_FAILED, None
        return _RIGHT_HOLDER, _CHALLENGE_MET, None
    if challenge is not None:
        return _unconfirmed(_RIGHT_HOLDER, policy, challenge, _UNANSWERED)
    if proof.audience is Audience.CHALLENGE:
        return _unconfirmed(_RIGHT_HOLDER, policy, None, _UNASKED)
    age = int(time.timestamp()) - proof.iat
    if abs(age) > policy.proof_window.total_seconds():
        reason = "the phone's proof is {} old: refresh its screen, check both clocks, or use a challenge"
        if age < 0:
            reason = "the phone's proof is {} ahead of the clock here: check both clocks, or use a challenge"
        return _unconfirmed(_RIGHT_HOLDER, policy, None, Said(reason, (_duration(abs(age)),)))
    return _RIGHT_HOLDER, Check("C13", _PASS, "the phone's proof is {} s old", (age,)), None


def _wrong(failure: Said) -> Check:
    return Check("C5", _FAIL, *failure)


def _unconfirmed(
    proof: Check, policy: Policy, challenge: bytes | None, reason: Said
) -> tuple[Check, Check, Check | None]:
    """Without a timely proof: unknown where one is demanded, else a remark."""
    if policy.require_holder_proof or challenge is not None:
        return proof, Check("C13", _UNKNOWN, *reason), None
    passed = Check("C13", _PASS, "the policy {} demands no proof by a phone", (policy.name,))
    return proof, passed, Check("C14", _REMARK, "holder unconfirmed: {}", (reason,))


def state(
    credential: Listed, listed: StatusList | None, authority: Authority, *, policy: Policy, time: datetime
) -> tuple[Check, Check, Check, Check, Check | None]:
    """C6, C7, C8, then C12 (is the status known and new enough), and the remark on its age.

    A state against the credential counts however old the list is; that there is none, only while it is new.
    """
    listed_as = listed_state(credential, listed, authority)
    if isinstance(listed_as, Check):
        return *STATE_UNKNOWN, listed_as, None
    as_of, status = listed_as
    known, remark = status_age(as_of.iat, as_of.exp, policy, time)
    if as_of.behind or as_of.disputed:
        remark = behind(as_of, remark)
    if status is _GOOD:
        return *STATE_GOOD, known, remark
    return *_against(status, (as_of.iat,)), known, remark


def listed_state(
    credential: Listed, listed: StatusList | None, authority: Authority
) -> Check | tuple[StatusList, Status]:
    """What the authority's list says at the credential's place, or why it says nothing (C12)."""
    idx = credential.status.idx
    if listed is None:
        return Check("C12", _UNKNOWN, "its status list is not held: import a newer sea pack")
    if listed.issuer not in authority.issuers:
        return Check("C12", _UNKNOWN, "its status list is another authority's")
    try:
        status = listed.get(idx)
    except IndexError:
        reason = "its place {} is outside the status list of {} places"
        return Check("C12", _UNKNOWN, reason, (idx, len(listed)))
    if status is None:
        return Check("C12", _UNKNOWN, "its status is a value that has no meaning here")
    return listed, status


def behind(listed: StatusList, old: Check | None) -> Check:
    """The remark that there is another list than the one held, newer or contrary, beside that on its age."""
    from verifier.wording import of

    if listed.disputed:
        if old is None:
            return Check("C14", _REMARK, _DISPUTED)
        return Check("C14", _REMARK, _OLD_AND_DISPUTED, (of(old),))
    if old is None:
        reason = "a newer status list exists than that of {:%Y-%m-%d %H:%M} UTC: import a newer sea pack"
        return Check("C14", _REMARK, reason, (listed.iat,))
    return Check("C14", _REMARK, "{}, and a newer list exists: import a newer sea pack", (of(old),))


def status_age(
    as_of: datetime, expires: datetime | None, policy: Policy, time: datetime
) -> tuple[Check, Check | None]:
    """C12 by the age of what says it, and the remark on it. `exp` can only worsen: age has its own limit."""
    age = time - as_of
    counts = policy.age_class(age)
    if counts is _TOO_OLD:
        if age.days < 0:
            return Check("C12", _UNKNOWN, _AHEAD, (as_of,)), None
        return Check("C12", _UNKNOWN, _OUTDATED, (age.days, as_of, policy.age_limit.days)), None
    if expires is not None and expires <= time:
        return Check("C12", _UNKNOWN, _LIST_EXPIRED, (expires,)), None
    known = Check("C12", _PASS, "status as of {:%Y-%m-%d %H:%M} UTC", (as_of,))
    if counts is _CURRENT:
        return known, None
    return known, Check("C14", _REMARK, _OLD, (age.days, as_of))


_GOOD_AND_BAD: Final = (
    (Status.REVOKED, "C6", "not revoked", "revoked or cancelled, as of {:%Y-%m-%d}"),
    (Status.SUSPENDED, "C7", "not suspended", "suspended, as of {:%Y-%m-%d}"),
    (Status.REPLACED, "C8", "not replaced", "replaced by another, or lost, as of {:%Y-%m-%d}"),
)
STATE_GOOD: Final = (
    Check("C6", _PASS, "not revoked"),
    Check("C7", _PASS, "not suspended"),
    Check("C8", _PASS, "not replaced"),
)
STATE_UNKNOWN: Final = (
    Check("C6", Outcome.NOT_ASSESSED, "its status is unknown"),
    Check("C7", Outcome.NOT_ASSESSED, "its status is unknown"),
    Check("C8", Outcome.NOT_ASSESSED, "its status is unknown"),
)


def _against(status: Status, as_of: tuple[datetime]) -> tuple[Check, Check, Check]:
    first, second, third = (
        Check(row, _FAIL, bad, as_of) if status is one else Check(row, _PASS, good)
        for one, row, good, bad in _GOOD_AND_BAD
    )
    return first, second, third


def last_day(credential: Credential, time: datetime) -> Check:
    """C9: past its last day (`exp`, which is the end of that day in the issuing state)."""
    expires = credential.expires
    if expires is None:
        return _FURTHER_NOTICE
    last = (credential.certificate.expiry_date,)
    if time >= expires:
        return Check("C9", _FAIL, "its last day was {}", last)
    return Check("C9", _PASS, "its last day is {}", last)


def clock(at: datetime, directory: Directory, policy: Policy, last_seen: datetime | None) -> Check:
    """C10: is the clock plausible, by the time floor and by what it showed last?"""
    floor = directory.time_floor
    if at < floor:
        reason = "the clock says {:%Y-%m-%d %H:%M} UTC, before the directory of {:%Y-%m-%d %H:%M} UTC: set it"
        return Check("C10", _UNKNOWN, reason, (at, floor))
    if at - floor > policy.clock_ahead:
        reason = "the clock is {} days after the directory: set it, or import a newer sea pack"
        return Check("C10", _UNKNOWN, reason, ((at - floor).days,))
    if last_seen is not None and abs(at - last_seen) > policy.clock_jump:
        reason = "the clock has jumped {} days since it was last seen: set it, or import a newer sea pack"
        return Check("C10", _UNKNOWN, reason, (abs(at - last_seen).days,))
    return _CLOCK_GOOD


def first_day(credential: Credential, time: datetime) -> Check:
    """C11: before its first day (`nbf`)."""
    if time < credential.not_before:
        reason = "it starts on {:%Y-%m-%d %H:%M} UTC"
        return Check("C11", _FAIL, reason, (credential.not_before,))
    return _STARTED


_CLOCK_GOOD: Final = Check("C10", _PASS, "the clock agrees with the directory")
_STARTED: Final = Check("C11", _PASS, "its first day has come")
_PAPER: Final = Check("C14", _REMARK, "nobody's phone: compare with the identity document")


def in_own_name(country: str, authority: Authority) -> Check | None:
    """C3 again, now that the claims are known: an authority issues for its own flag alone."""
    if country == authority.flag:
        return None
    reason = "the authority of {} does not issue certificates of {}"
    return Check("C3", _FAIL, reason, (authority.flag, country))


def _duration(seconds: int) -> "Said":
    """Seconds, minutes, hours or days, whichever a person would say."""
    for size, said in ((86_400, "{} days"), (3_600, "{} hours"), (60, "{} minutes")):
        if seconds >= 2 * size:
            return Said(said, (seconds // size,))
    return Said("{} seconds", (seconds,))
