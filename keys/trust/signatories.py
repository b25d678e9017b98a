"""Who must sign a role's metadata, how many of them, and the fewest signatures that do."""

from collections.abc import Iterable, Sequence

from tuf.api.metadata import Metadata, Root, Targets

from keys.trust.metadata import SignedT


def keyids(delegator: Root | Targets, name: str) -> list[str]:
    """The short ids of a role's keys, in the order in which they are asked."""
    return list(delegator.get_delegated_role(name).keyids)


def groups(
    signed: SignedT, name: str, delegator: Root | Targets, old: Metadata[SignedT] | None
) -> list[tuple[Sequence[str], int]]:
    """Who must sign, and how many of them: for a root the elder's holders, and its own (TUF § 5.3.4)."""
    delegators: list[Root | Targets] = [delegator]
    if isinstance(signed, Root):
        delegators = [signed] if old is None else [signed, old.signed]
    roles = [one.get_delegated_role(name) for one in delegators]
    return [(role.keyids, role.threshold) for role in roles]


def few(groups: Iterable[tuple[Sequence[str], int]], at_hand: Iterable[str]) -> list[str]:
    """The first keys at hand that fill every threshold; those that count for two groups come first."""
    groups, hands, chosen = list(groups), set(at_hand), list[str]()
    for ids, threshold in groups:
        lack = max(0, threshold - len(set(chosen) & set(ids)))
        free = [keyid for keyid in ids if keyid in hands and keyid not in chosen]
        free.sort(key=lambda keyid: -sum(keyid in others for others, _ in groups))
        chosen += free[:lack]
    return chosen
