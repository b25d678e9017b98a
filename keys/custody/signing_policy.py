"""The signer's own policy: whose approvals a type needs, how many an hour, which key. Pure, time passed in.

Checks are numbered, and a refusal names the one that failed: docs/custody.md says what to do about each.
Whoever asks for signatures can read this policy at most; only the signer's operator writes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from keys.custody.approval import Act, Approval
from keys.custody.quota import LastHour, Usage
from keys.custody.signing_draft import SigningDraft
from keys.jwk import PublicKey
from keys.transparency.checkpoint import origin_of
from keys.trust.directory import LOG, PASS, STATUS

# What sums up, withdraws or counts what was approved needs no approval; a pass needs what it sums up (S13).
UNAPPROVED: Final = frozenset((PASS, STATUS, LOG))
CLOCKS_DIFFER: Final = 300  # seconds by which an approver's or a web worker's clock may be ahead


class Check(StrEnum):
    """What a refusal is about."""

    DRAFT = "S1 draft"
    KEY = "S2 key"
    PURPOSE = "S3 purpose"
    ISSUER = "S4 issuer"
    WINDOW = "S5 window"
    VALIDITY = "S6 validity"
    APPROVAL = "S7 approval"
    CLOCK = "S8 clock"
    QUOTA = "S9 quota"
    STOPPED = "S10 stopped"
    BACKEND = "S11 backend"
    LOG = "S12 log"
    EVIDENCE = "S13 evidence"
    LIST = "S14 list"

    @property
    def is_temporary(self) -> bool:
        """Whether nothing is wrong with what was to be signed: the same may be asked for again, later.

        What is not named here is refused for good: one who adds a check decides.
        """
        return self in (Check.CLOCK, Check.QUOTA, Check.STOPPED, Check.BACKEND)


class Refusal(NamedTuple):
    """It may not be signed: nothing was signed, counted or written."""

    check: Check
    reason: str
    wait: int | None = None  # seconds after which to ask again, where they are known


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key behind the signer: what it may sign, and when."""

    signs: frozenset[str]
    sign_from: int
    sign_until: int
    verify_until: int | None = None
    public: PublicKey | None = None  # pinned: a token with another key under this id is refused
    cka_id: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """A key of somebody whose approval counts. One person may have several keys, and still counts once."""

    person: str
    roles: frozenset[str]
    key: PublicKey
    good_from: int
    good_until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleKey:
    """The key of an engine that approves as named rules say."""

    key: PublicKey
    rules: frozenset[str]  # name and version: a new version is let in here first


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRule:
    """What one type of certificate needs. `persons` 0: only a rule can approve it."""

    per_hour: int
    persons: int = 0
    roles: frozenset[str] = frozenset()
    proposer_apart: bool = False  # somebody else must have put it forward, with a key of their own
    automatic: frozenset[str] = frozenset()  # rules, by name and version, that may approve it alone
    valid_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPolicy:
    """All that the signer goes by; `version` is shown in its status."""

    version: str
    issuers: frozenset[str]
    status_prefix: str
    per_hour: int
    draft_seconds: int  # how old `iat` may be: a draft that a crash left is finished within it
    clients: frozenset[int]  # uids that may ask for signatures
    operators: frozenset[int]  # uids that may also let signing go on after a stop
    keys: Mapping[str, SigningKey]
    types: Mapping[str, TypeRule]
    approvers: Mapping[str, Approver]
    rule_keys: Mapping[str, RuleKey]
    earlier: Mapping[str, SigningKey] = field(default_factory=dict)  # gone keys, whose certificates count

    @property
    def verifying_keys(self) -> Mapping[str, SigningKey]:
        """Those whose credentials a pass may sum up."""
        return {**self.earlier, **self.keys} if self.earlier else self.keys


def not_entitled(
    policy: SigningPolicy, draft: SigningDraft, approvals: Sequence[Approval], *, at: int
) -> Refusal | None:
    """Why this draft may not be signed now, whatever else was signed: checks S2 to S7.

    `approvals` are verified. None: it may, if `over_quota` says so too.
    """
    # (S2) a key that is here, used as what it is
    key = policy.keys.get(draft.kid)
    if key is None:
        return Refusal(Check.KEY, f"no key {draft.kid[:64]!r} in this signer's policy")
    if key.public is not None and draft.algorithm not in ("", key.public.algorithm):
        return Refusal(Check.KEY, f"key {draft.kid} does not sign {draft.algorithm[:16]!r}")
    # (S3) for what it is for
    rule = policy.types.get(draft.purpose)
    if rule is None or draft.purpose not in key.signs:
        return Refusal(Check.PURPOSE, f"key {draft.kid} may not sign {draft.purpose} here")
    # (S4) in the authority's own name
    if not _is_own(policy, draft):
        return Refusal(Check.ISSUER, f"{draft.issuer[:200]!r} is not this authority's")
    start = draft.issued_at if draft.not_before is None else draft.not_before
    return (
        _window(policy, draft, key, at)
        or _validity(draft.purpose, rule, draft.kid, key, (start, draft.expires))
        or unapproved(policy, draft.purpose, draft.claims, approvals, at=at)
    )


def outlives(
    policy: SigningPolicy, purpose: str, not_before: int, expires: int | None, *, at: int
) -> Refusal | None:
    """Why nothing of this purpose with these dates could be signed now: checks S3 and S6, with any key."""
    rule = policy.types.get(purpose)
    if rule is None:
        return Refusal(Check.PURPOSE, f"the policy has no line for {purpose}")
    refusal = Refusal(Check.PURPOSE, f"no key of the policy signs {purpose} now")
    for kid, key in policy.keys.items():
        if purpose in key.signs and key.sign_from <= at < key.sign_until:
            found = _validity(purpose, rule, kid, key, (not_before, expires))
            if found is None:
                return None
            refusal = found
    return refusal


def over_quota(policy: SigningPolicy, purpose: str, used: Usage) -> Refusal | None:
    """(S9) One more of this purpose, with `used` signed in the last hour."""
    limit = policy.types[purpose].per_hour
    if used.of_purpose >= limit:
        return Refusal(Check.QUOTA, f"{limit} an hour of {purpose} are signed: wait, or change the policy")
    if used.in_all >= policy.per_hour:
        return Refusal(Check.QUOTA, f"{policy.per_hour} an hour in all are signed: wait, or change it")
    return None


def within_quota(policy: SigningPolicy, purpose: str, hour: LastHour, *, at: int) -> Refusal | None:
    """(S9) As `over_quota`, with the time after which there is room again."""
    used = hour.used(purpose, at=at)
    refusal = over_quota(policy, purpose, used)
    if refusal is None:
        return None
    own = used.of_purpose >= policy.types[purpose].per_hour
    return refusal._replace(wait=hour.free_in(purpose if own else None, at=at))


def _is_own(policy: SigningPolicy, draft: SigningDraft) -> bool:
    if draft.purpose == STATUS:
        return draft.issuer.startswith(policy.status_prefix)
    if draft.purpose == LOG:
        return draft.issuer in {origin_of(issuer) for issuer in policy.issuers}
    return draft.issuer in policy.issuers


def _window(policy: SigningPolicy, draft: SigningDraft, key: SigningKey, at: int) -> Refusal | None:
    """(S5) Now, and by its own word, within the key's time; and not dated elsewhere than now."""
    dated = at if draft.issued_at is None else draft.issued_at
    for moment, what in ((at, "the time"), (dated, "iat")):
        if not key.sign_from <= moment < key.sign_until:
            return Refusal(Check.WINDOW, f"{what} is outside the signing time of {draft.kid}")
    if dated > at + CLOCKS_DIFFER:
        return Refusal(Check.WINDOW, f"iat is {dated - at} seconds in the future")
    if dated < at - policy.draft_seconds:
        return Refusal(Check.WINDOW, f"iat is {at - dated} seconds ago: make a new draft")
    return None


def _validity(
    purpose: str, rule: TypeRule, kid: str, key: SigningKey, lasts: tuple[int | None, int | None]
) -> Refusal | None:
    """(S6) No longer than its type may last, nor than its key counts."""
    start, expires = lasts
    if rule.valid_seconds is not None and (
        start is None or expires is None or expires - start > rule.valid_seconds
    ):
        days = rule.valid_seconds // 86_400
        return Refusal(Check.VALIDITY, f"{purpose} is good for {days} days at most")
    if key.verify_until is not None and expires is not None and expires > key.verify_until:
        return Refusal(Check.VALIDITY, f"exp is after {kid} counts: sign with a newer key")
    return None


def unapproved(
    policy: SigningPolicy, purpose: str, claims: str | None, approvals: Sequence[Approval], *, at: int
) -> Refusal | None:
    """(S7) By enough people who are entitled and not one and the same, or by a rule that this type allows.

    `purpose` has a line in the policy; `claims` is the hash of the certificate's canonical claims.
    """
    rule = policy.types[purpose]
    if purpose in UNAPPROVED:
        return None
    if not approvals:
        return Refusal(Check.APPROVAL, f"{purpose} needs an approval, and there is none")
    for one in approvals:
        if claims not in one.claims:
            return Refusal(Check.APPROVAL, f"approval {one.id[:64]!r} is over other claims")
        if one.purpose != purpose:
            return Refusal(Check.APPROVAL, f"approval {one.id[:64]!r} is for {one.purpose[:64]!r}")
        if one.at > at + CLOCKS_DIFFER:
            return Refusal(Check.APPROVAL, f"approval {one.id[:64]!r} is from the future")
    for one in approvals:
        engine = policy.rule_keys.get(one.kid) if one.act is Act.RULE else None
        if engine is not None and one.rule in engine.rules & rule.automatic:
            return None
    if not rule.persons:
        return Refusal(Check.APPROVAL, f"no rule that may approve {purpose} has approved this")
    return _by_people(policy, rule, approvals)


def _by_people(policy: SigningPolicy, rule: TypeRule, approvals: Sequence[Approval]) -> Refusal | None:
    proposers: set[str] = set()
    entitled: set[str] = set()
    for one in approvals:
        approver = policy.approvers.get(one.kid)
        if approver is None or one.act is Act.RULE or not approver.good_from <= one.at < approver.good_until:
            continue
        if one.act is Act.PROPOSE:
            proposers.add(approver.person)
        elif not rule.roles.isdisjoint(approver.roles):
            entitled.add(approver.person)
    if rule.proposer_apart:
        if not proposers:
            return Refusal(Check.APPROVAL, "nobody with a key of their own has proposed this")
        apart = entitled - proposers
        if len(apart) < rule.persons <= len(entitled):
            return Refusal(Check.APPROVAL, "whoever proposes a certificate may not approve it")
        entitled = apart
    if len(entitled) < rule.persons:
        have = f"{len(entitled)} of {rule.persons} persons"
        return Refusal(Check.APPROVAL, f"approved by {have} in the role of {' or '.join(sorted(rule.roles))}")
    return None
