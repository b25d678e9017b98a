"""The decision on a pass: its own rows, and those of each certificate in it. Pure, like `decision`.

A pass states that its members were valid when it was signed. What a status list says later counts instead;
of what it said earlier, a revocation or a replacement still counts, since neither is ever taken back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from keys.encoding import Json
from keys.jwk import PublicKey
from keys.trust.directory import Authority
from verifier import checks
from verifier.credential import sea_pass_claims, validity
from verifier.credential.model import Credential
from verifier.credential.sd_jwt import SdJwt
from verifier.credential.sea_pass import Pass, PassMember, contradiction
from verifier.policy import Policy
from verifier.remarks import remarks
from verifier.status import Missing, Status, StatusBook, StatusList
from verifier.verdict import Check, Outcome, ReliedOn, Verdict, conclude, conclude_pass

_AGREE: Final = Check("C4b", Outcome.PASS, "its dates agree with each other")
_NONE_OF_ITS_OWN: Final = tuple(
    Check(row, Outcome.NOT_ASSESSED, "a pass has no status of its own: see each certificate in it")
    for row in ("C6", "C7", "C8", "C12")
)
_AGAINST: Final = (Outcome.FAIL, Outcome.UNKNOWN)
_DROPPED: Final = Check(
    "C12", Outcome.UNKNOWN, "its status list was held once and is held no more: import a newer sea pack"
)
_WITHHELD: Final = "a status list exists that is not held here: import a newer sea pack"
_OLD_AND_WITHHELD: Final = "{}, and a status list exists that is not held here: import a newer sea pack"
_FOREIGN: Final = Check("C12", Outcome.UNKNOWN, "its status list is not one of this authority's")


class Shared(NamedTuple):
    """The rows that a pass and its members have in common, and the remark on an unconfirmed holder."""

    readable: Check
    known: Check
    trusted: Check
    signed: Check
    holder: Check
    clock: Check
    confirmed: Check
    unproved: Check | None


class Basis(NamedTuple):
    """What a pass is judged against."""

    authority: Authority
    book: StatusBook
    policy: Policy
    time: datetime
    relied_on: ReliedOn  # without a status list


class _Status(NamedTuple):
    """Rows C6, C7, C8 and C12 of a member, what must be seen of them, and as of when they hold."""

    c6: Check
    c7: Check
    c8: Check
    c12: Check
    remarks: tuple[Check, ...]
    as_of: datetime | None


def read(parsed: SdJwt, claims: Mapping[str, Json], known: PublicKey | None) -> Pass:
    """The pass of signed claims, which keeps back nothing but its portrait. Raises MalformedCredential."""
    sea_pass_claims.refuse_kept_back(parsed)
    return sea_pass_claims.from_claims(claims, known)


def judge(sea_pass: Pass, shared: Shared, basis: Basis) -> Verdict:
    """The verdict on a pass whose signature holds, with one on each of its members."""
    against = contradiction(sea_pass)
    dates = _AGREE if against is None else Check("C4b", Outcome.UNKNOWN, *against)
    c9, c11 = _ends(sea_pass, basis.time), _starts(sea_pass, basis.time)
    members = tuple(
        _judge_member(sea_pass, member, shared, (dates, c9, c11), basis) for member in sea_pass.members
    )
    c6, c7, c8, c12 = _NONE_OF_ITS_OWN
    first = (shared.readable, shared.known, shared.trusted, shared.signed, dates, shared.holder)
    rows = (*first, c6, c7, c8, c9, shared.clock, c11, c12, shared.confirmed, *_some(shared.unproved))
    known = [one.relied_on.status_as_of for one in members if one.relied_on.status_as_of is not None]
    oldest = min(known) if len(known) == len(members) else None
    own = conclude(rows, None, basis.relied_on._replace(status_as_of=oldest))
    return conclude_pass(own, members, sea_pass)


def _ends(sea_pass: Pass, time: datetime) -> Check:
    """C9: a pass past its `exp` is expired as a whole."""
    until = (sea_pass.expires,)
    if time >= sea_pass.expires:
        return Check("C9", Outcome.FAIL, "the pass held until {:%Y-%m-%d %H:%M} UTC", until)
    return Check("C9", Outcome.PASS, "the pass holds until {:%Y-%m-%d %H:%M} UTC", until)


def _starts(sea_pass: Pass, time: datetime) -> Check:
    """C11: before its `nbf` a pass says nothing yet."""
    if time < sea_pass.not_before:
        return Check("C11", Outcome.FAIL, "the pass starts on {:%Y-%m-%d %H:%M} UTC", (sea_pass.not_before,))
    return Check("C11", Outcome.PASS, "the pass has started")


def _judge_member(
    sea_pass: Pass, member: PassMember, shared: Shared, own: tuple[Check, ...], basis: Basis
) -> Verdict:
    """All rows of one certificate. Those on the signature, the phone and the clock are the pass's."""
    credential = _credential(sea_pass, member, basis.authority)
    against = validity.day_contradiction(member.certificate)
    dates = _AGREE if against is None else Check("C4b", Outcome.UNKNOWN, *against)
    trusted = checks.in_own_name(member.certificate.issuing_country, basis.authority) or shared.trusted
    status = _status(credential, basis)
    void = next((check for check in own if check.outcome in _AGAINST), None)
    if void is not None:
        status = status._replace(c12=_void(void), remarks=())
    rows = (
        *(shared.readable, shared.known, trusted, shared.signed, dates, shared.holder),
        *(status.c6, status.c7, status.c8, checks.last_day(credential, basis.time), shared.clock),
        *(checks.first_day(credential, basis.time), status.c12, shared.confirmed, *status.remarks),
        *remarks(credential, policy=basis.policy, time=basis.time),
    )
    relied_on = basis.relied_on._replace(status_uri=member.status.uri, status_as_of=status.as_of)
    return conclude(rows, credential, relied_on)


def _void(against: Check) -> Check:
    """C12 of every member of a pass whose own dates are against it: it says nothing of them."""
    from verifier.wording import of

    return Check("C12", Outcome.UNKNOWN, "what states its status does not hold: {}", (of(against),))


def _credential(sea_pass: Pass, member: PassMember, authority: Authority) -> Credential:
    """A member as if it stood alone: its days are those of the authority's time zone."""
    start, end = validity.member_times(member.certificate, authority.time_zone)
    return Credential(
        issuer=sea_pass.issuer,
        issued_at=sea_pass.issued_at,
        not_before=start,
        expires=end,
        holder_key=sea_pass.holder_key,
        status=member.status,
        certificate=member.certificate,
    )


def _status(credential: Credential, basis: Basis) -> _Status:
    """What is known of a member's status: the newest evidence wins, and what is final stays.

    Which of the two counts, pass or list, is the table in docs/inspection.md.
    """
    authority, stated_at = basis.authority, credential.issued_at
    if not credential.status.uri.startswith(authority.status_prefix):
        return _Status(*checks.STATE_UNKNOWN, _FOREIGN, (), None)
    uri, lifted = credential.status.uri, None
    listed = basis.book.get(uri)
    missing = basis.book.missing.get(uri) if listed is None else None
    if missing is Missing.DROPPED:
        return _Status(*checks.STATE_UNKNOWN, _DROPPED, (), None)
    if listed is not None:
        said = checks.listed_state(credential, listed, authority)
        if isinstance(said, Check) or not _superseded(said[1], listed, stated_at):
            c6, c7, c8, c12, old = checks.state(
                credential, listed, authority, policy=basis.policy, time=basis.time
            )
            return _Status(c6, c7, c8, c12, _some(old), listed.iat)
        if said[1] is Status.SUSPENDED:
            reason = "suspended as of {:%Y-%m-%d}; valid again by the pass of {:%Y-%m-%d}"
            lifted = Check("C14", Outcome.REMARK, reason, (listed.iat, stated_at))
    c12, old = checks.status_age(stated_at, None, basis.policy, basis.time)
    if listed is not None and (
        listed.disputed or (listed.behind and stated_at < basis.relied_on.directory_published_at)
    ):
        old = checks.behind(listed, old)
    if missing is Missing.WITHHELD:
        old = _withheld(old)
    return _Status(*checks.STATE_GOOD, c12, (*_some(lifted), *_some(old)), stated_at)


def _withheld(old: Check | None) -> Check:
    """The remark that a list exists which nobody has brought, beside that on the age of the pass."""
    from verifier.wording import of

    if old is None:
        return Check("C14", Outcome.REMARK, _WITHHELD)
    return Check("C14", Outcome.REMARK, _OLD_AND_WITHHELD, (of(old),))


def _superseded(status: Status, listed: StatusList, stated_at: datetime) -> bool:
    """Whether the pass is newer than the list, and the list says nothing that is final."""
    return listed.iat < stated_at and status in (Status.VALID, Status.SUSPENDED)


def _some(check: Check | None) -> tuple[Check, ...]:
    return () if check is None else (check,)
