"""Whether a statement counts, and what a certificate still lacks, by the signer's policy. Pure.

The signer would ignore a statement that does not count; here whoever makes one is told why.
"""

from collections.abc import Sequence

from keys.custody.approval import Act, Approval
from keys.custody.signing_policy import CLOCKS_DIFFER, Approver, SigningPolicy, TypeRule, unapproved


def kids(policy: SigningPolicy) -> frozenset[str]:
    """The keys whose statements count."""
    return frozenset((*policy.approvers, *policy.rule_keys))


def lacks(policy: SigningPolicy, kind: str, claims: str, said: Sequence[Approval], *, at: int) -> str | None:
    """What is missing before a certificate with these claims is signed; None: nothing."""
    if kind not in policy.types:
        return f"the policy has no line for {kind}"
    refusal = unapproved(policy, kind, claims, said, at=at)
    return None if refusal is None else refusal.reason


def objection(
    policy: SigningPolicy, said: Approval, claims: str, earlier: Sequence[Approval], *, at: int
) -> str | None:
    """Why a statement about these claims does not count after `earlier` ones; None: it does."""
    rule = policy.types.get(said.purpose)
    if rule is None:
        return f"the policy has no line for {said.purpose[:64]} (S3 purpose)"
    if said.at > at + CLOCKS_DIFFER:
        return "the approval is from the future (S7 approval)"
    if unapproved(policy, said.purpose, claims, earlier, at=at) is None:
        return "it is approved already"
    if said.act is Act.RULE:
        return _of_rule(policy, said, rule)
    return _of_person(policy, said, rule, earlier)


def _of_rule(policy: SigningPolicy, said: Approval, rule: TypeRule) -> str | None:
    engine = policy.rule_keys[said.kid]
    if said.rule in engine.rules & rule.automatic:
        return None
    allowed = ", ".join(sorted(rule.automatic)) or "no rule"
    return f"{(said.rule or '')[:64]} may not approve {said.purpose}: {allowed} may (automatic)"


def _of_person(
    policy: SigningPolicy, said: Approval, rule: TypeRule, earlier: Sequence[Approval]
) -> str | None:
    approver = policy.approvers[said.kid]
    if not rule.persons:
        return f"only a rule can approve {said.purpose} (persons)"
    if not approver.good_from <= said.at < approver.good_until:
        return f"key {said.kid} did not count when this was signed (from, until)"
    proposers = _persons(policy, earlier, Act.PROPOSE)
    approvers = _persons(policy, earlier, Act.APPROVE)
    if said.act is Act.PROPOSE:
        return "it is proposed already" if proposers | (approvers & {approver.person}) else None
    return _of_approver(approver, said, rule, proposers, approvers)


def _of_approver(
    approver: Approver, said: Approval, rule: TypeRule, proposers: set[str], approvers: set[str]
) -> str | None:
    if rule.roles.isdisjoint(approver.roles):
        return f"key {said.kid} is nobody's in the role of {' or '.join(sorted(rule.roles))} (roles)"
    if rule.proposer_apart and not proposers:
        return "nobody with a key of their own has proposed this yet (proposer: apart)"
    if rule.proposer_apart and approver.person in proposers:
        return "whoever proposes a certificate may not approve it (proposer: apart)"
    if approver.person in approvers:
        return "the same person has approved it before, and counts once (persons)"
    return None


def _persons(policy: SigningPolicy, said: Sequence[Approval], act: Act) -> set[str]:
    return {
        policy.approvers[one.kid].person for one in said if one.act is act and one.kid in policy.approvers
    }
