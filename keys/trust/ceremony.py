"""Ceremonies: who is to hold the roles next, the drafts that say so, and what a signed root changes here.

All of it is pure: a draft is made from the register and what was published, and goes to holders elsewhere. A
root changes the register only when it is published (`adopt`): until then nothing has happened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tuf.api.metadata import Metadata, Root, Targets

from keys.encoding import Json
from keys.jwk import PublicKey
from keys.trust import content
from keys.trust.directory import Environment, TrustedKey
from keys.trust.drafts import Draft, by_id, role_keys
from keys.trust.handover import fingerprint
from keys.trust.holder import Holder
from keys.trust.listing import read_keys, root_says
from keys.trust.metadata import DIRECTORY, keys_path, target_name
from keys.trust.plan import LIFETIMES, Flag, Plan, Role, key_id, spoken
from keys.trust.published import Published
from keys.trust.register import MAX_HANDOVERS, RegisterError, check_roles_apart, flag_of

ROOT = Root.type


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a ceremony changes about one role's holders."""

    add: tuple[Holder, ...] = ()
    remove: tuple[str, ...] = ()  # names or short key ids
    threshold: int | None = None


# Who holds what


def new_plan(
    environment: Environment, holders: Mapping[str, Iterable[Holder]], thresholds: Mapping[str, int]
) -> Plan:
    """A directory from nothing: holders of each of TUF's four roles. Raises RegisterError."""
    named = {name: tuple(holders[name]) for name in LIFETIMES}
    plan = Plan(
        environment=environment,
        roles={
            name: Role(keys=(), threshold=thresholds[name], lifetime=LIFETIMES[name]) for name in LIFETIMES
        },
    )
    for name, added in named.items():
        plan = with_holders(plan, name, Change(add=added, threshold=thresholds[name]))
    return plan


def with_holders(plan: Plan, role: str, change: Change) -> Plan:
    """Another set of holders, another threshold. Raises RegisterError."""
    old = plan.roles[role]
    keys = [key for key in old.keys if not _named(plan, key, change.remove)]
    for one in change.remove:
        if not any(_named(plan, key, (one,)) for key in old.keys):
            there = ", ".join(plan.holders.get(id_, id_) for id_ in old.ids)
            raise RegisterError(f"{spoken(role)} has no holder {one}", f"its holders are: {there}")
    names = {**plan.holders}
    for holder in change.add:
        if holder.key in keys:
            raise RegisterError(
                f"{holder.name} holds a key of {spoken(role)} already", "name each holder's file once"
            )
        if holder.name in (names.get(key_id(key)) for key in keys):
            raise RegisterError(
                f"{spoken(role)} has two holders called {holder.name}", "give one another name"
            )
        keys.append(holder.key)
        names[key_id(holder.key)] = holder.name
    threshold = old.threshold if change.threshold is None else change.threshold
    if not 1 <= threshold <= len(keys):
        raise RegisterError(
            f"{spoken(role)} would need {threshold} signatures of {len(keys)} holders",
            "change --threshold or the holders",
        )
    role_now = replace(old, keys=tuple(keys), threshold=threshold)
    changed = replace(plan, roles={**plan.roles, role: role_now}, holders=names)
    check_roles_apart(changed)
    return changed


def _named(plan: Plan, key: PublicKey, names: Iterable[str]) -> bool:
    keyid = key_id(key)
    return any(name in (keyid, plan.holders.get(keyid)) for name in names)


# Drafts


def draft_root(plan: Plan, published: Published, at: datetime, *, replaced: Iterable[str] = ()) -> Draft:
    """The next root; flags in `replaced` get the keys that the plan gives them, by the root's word."""
    if plan.time_floor is not None and plan.time_floor > at:
        raise RegisterError(
            f"a time floor of {plan.time_floor:%Y-%m-%d %H:%M} UTC, which is yet to come",
            "--time-floor takes devices' floor back: name a time that has been",
        )
    wanted, old = content.root(plan), published.root
    given = {flag: flag_of(plan, flag).role for flag in replaced}
    return Draft(
        role=ROOT,
        metadata=_next(wanted, old, at, plan.roles[ROOT]),
        made=at,
        signers=role_keys(plan.roles[ROOT]),
        before=old,
        holders=_people(plan, [*plan.roles.values(), *given.values()], old),
        replaced={flag: role_keys(role) for flag, role in given.items()},
    )


def draft_directory(plan: Plan, published: Published, at: datetime) -> Draft:
    """The next version of what the directory role says of all flags."""
    role, old = plan.roles[DIRECTORY], published.directory
    return Draft(
        role=DIRECTORY,
        metadata=_next(content.directory(plan), old, at, role),
        made=at,
        signers=role_keys(role),
        before=old,
        holders=_people(plan, [role, *(flag.role for flag in plan.flags)], published.directory),
    )


def draft_flag(plan: Plan, flag: str, published: Published, at: datetime) -> Draft:
    """The next version of a flag's list of keys and allow lists."""
    one, old = flag_of(plan, flag), published.listed(flag)
    targets, files = content.flag_targets(one)
    return Draft(
        role=flag,
        metadata=_next(targets, old, at, one.role),
        made=at,
        signers=role_keys(one.role),
        before=old,
        holders=_people(plan, [one.role], None),
        keys=files[_keys_file(targets, flag)].decode(),
        keys_before=None if old is None else published.files[_keys_file(old.signed, flag)].decode(),
    )


def published_key(published: Published, flag: str, kid: str) -> TrustedKey | None:
    """A flag's key as devices know it, if they do. Raises ValueError for a damaged list."""
    listed = published.listed(flag)
    if listed is None:
        return None
    name = _keys_file(listed.signed, flag)
    keys = read_keys(published.files[name], flag, name).keys
    return next((key for key in keys if key.kid == kid), None)


def _keys_file(signed: Targets, flag: str) -> str:
    path = keys_path(flag)
    return target_name(path, signed.targets[path].hashes["sha256"])


def _next(signed: Any, old: Metadata[Any] | None, at: datetime, role: Role) -> Metadata[Any]:
    signed.version = 1 if old is None else old.signed.version + 1
    signed.expires = at.astimezone(UTC).replace(microsecond=0) + role.lifetime
    return Metadata(signed)


def _people(
    plan: Plan, roles: Iterable[Role], old: Metadata[Root] | Metadata[Targets] | None
) -> dict[str, str]:
    """Names of those who hold these roles, and of those who held what the version before named."""
    ids = [keyid for role in roles for keyid in role.ids]
    named = None if old is None else old.signed if isinstance(old.signed, Root) else old.signed.delegations
    ids += [] if named is None else named.keys
    return {keyid: plan.holders[keyid] for keyid in dict.fromkeys(ids) if keyid in plan.holders}


# Back home


def adopt(plan: Plan, draft: Draft) -> Plan:
    """The register as a root's holders want it. Raises ValueError."""
    root: Root = draft.metadata.signed
    says = root_says(root)
    if says.environment is not plan.environment:
        raise RegisterError(f"the draft of root is for {says.environment}", "name another draft")
    roles = {
        name: replace(
            plan.roles[name],
            keys=tuple(by_id(root.keys[one].keyval["public"] for one in role.keyids).values()),
            threshold=role.threshold,
        )
        for name, role in root.roles.items()
    }
    changed = replace(
        plan,
        roles=roles,
        time_floor=says.time_floor,
        replaced=says.replaced,
        gone=frozenset(says.gone),
        holders=with_names(plan, draft.holders),
    )
    for flag, keys in draft.replaced.items():
        role = replace(
            flag_of(changed, flag).role, keys=tuple(by_id(keys.keys).values()), threshold=keys.threshold
        )
        changed = with_flag_role(changed, flag, role, signatures=())
    return changed


def with_flag_role(plan: Plan, flag: str, role: Role, signatures: Iterable[Mapping[str, Json]]) -> Plan:
    """Other keys for a flag, and the directory's record of how it came by them. Raises RegisterError."""
    one = flag_of(plan, flag)
    if one.role.public == role.public and one.role.threshold == role.threshold:
        return plan
    entry: dict[str, Json] = {
        "from": fingerprint(one.role.public, one.role.threshold),
        "keys": [*role.public],
        "threshold": role.threshold,
        "signatures": [{**signature} for signature in signatures],
    }
    handovers = (*one.handovers, entry)[-MAX_HANDOVERS:]
    changed = replace(one, role=role, handovers=handovers)
    plan = replace(plan, flags=tuple(changed if other is one else other for other in plan.flags))
    check_roles_apart(plan)
    return plan


def with_names(plan: Plan, named: Mapping[str, str]) -> dict[str, str]:
    """Whose keys are whose, with what a draft says of keys that are new here; it renames no others."""
    roles = [*plan.roles.values(), *(flag.role for flag in plan.flags)]
    known = {keyid for role in roles for keyid in role.ids}
    return {**{keyid: name for keyid, name in named.items() if keyid not in known}, **plan.holders}


def with_gone(plan: Plan, leaving: Iterable[str], returning: Iterable[str]) -> Plan:
    """Who is a member. A flag that is gone stays registered, as devices remember it. Raises RegisterError."""
    leave, back = set(leaving), set(returning)
    for flag in sorted(leave | back):
        flag_of(plan, flag)
    if here := back - plan.gone:
        raise RegisterError(f"{min(here)} has not left", "it is a member")
    if left := leave & plan.gone:
        raise RegisterError(f"{min(left)} has left already", f"it comes back: root rotate --back {min(left)}")
    return replace(plan, gone=(plan.gone | leave) - back)


def names_flag(plan: Plan, flag: Flag) -> Plan:
    """The root's word that a flag's keys are now these."""
    keys = fingerprint(flag.role.public, flag.role.threshold)
    return replace(plan, replaced={**plan.replaced, flag.authority.flag: keys})
