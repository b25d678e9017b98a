"""A draft in words: what its signature would say, and what that changes against the version before."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from tuf.api.metadata import Root, Targets

from keys.trust.allow_list import entries
from keys.trust.directory import Authority, KeyState, TrustedKey
from keys.trust.draft_checks import delegated, key_list, listed
from keys.trust.drafts import Draft, by_id, is_flag
from keys.trust.handover import RoleKeys, fingerprint, read, walk
from keys.trust.listing import root_says
from keys.trust.metadata import DIRECTORY, EXTENSION, UntrustedMetadata, keys_path
from keys.trust.record import Record

_ROLES = {"root": "root", DIRECTORY: "directory", "snapshot": "snapshot", "timestamp": "timestamp"}


def describe(draft: Draft) -> str:
    """The draft line by line; `+` is new, `-` is gone, `!` deserves a telephone call."""
    signed = draft.metadata.signed
    title = f"List of keys of {draft.role}" if is_flag(draft.role) else _title(draft)
    lines = [f"{title}, version {signed.version}, until {signed.expires:%Y-%m-%d} ({digest(draft.metadata)})"]
    if draft.before is None:
        lines.append("  the first version: nothing before it")
    else:
        lines.append(f"  after version {draft.before.signed.version} ({digest(draft.before)})")
    tell = _tell_flag if is_flag(draft.role) else _tell_root if draft.role == "root" else _tell_directory
    changes = list(tell(draft))
    lines += [f"  {line}" for line in changes or ["nothing else changes: it lasts longer"]]
    signed_by = ", ".join(map(draft.name, draft.metadata.signatures)) or "nobody"
    lacking = draft.lacking()
    lines.append(f"Signed by {signed_by}; " + (f"needs {lacking}" if lacking else "that is enough"))
    return "\n".join(lines)


def _title(draft: Draft) -> str:
    if draft.role != Root.type:
        return "The directory"
    return f"The root of the {root_says(draft.metadata.signed).environment} directory"


def digest(metadata: Any) -> str:
    """The first half of SHA-256 over what is signed: to compare by telephone."""
    return f"SHA-256 {sha256(metadata.signed_bytes).hexdigest()[:32]}"


# Root


def _tell_root(draft: Draft) -> Iterator[str]:
    new: Root = draft.metadata.signed
    old = draft.elder
    says = root_says(new)
    for name in _ROLES:
        role = new.roles[name]
        before = None if old is None else old.roles[name]
        had = set() if before is None else set(before.keyids)
        if before is not None and had == set(role.keyids) and before.threshold == role.threshold:
            continue
        was = "" if before is None else f" (before: {before.threshold} of {len(had)})"
        yield f"{_ROLES[name]}: {role.threshold} of {len(role.keyids)} keys must sign{was}"
        yield from (
            f"  + {draft.name(one)}, key {_thumbprint(new, one)}" for one in role.keyids if one not in had
        )
        yield from (f"  - {draft.name(one)}" for one in sorted(had - set(role.keyids)))
        if role.threshold == 1 and name in ("root", DIRECTORY):
            yield f"! one key alone can sign as {_ROLES[name]}: for rehearsals only"
    if says.time_floor is not None:
        yield f"! devices' time floor is set to {says.time_floor:%Y-%m-%d %H:%M} UTC, even where it was later"
    had_left = set() if old is None else {*root_says(old).gone}
    for flag in sorted({*says.gone} - had_left):
        yield f"! - {flag}: no member any more; all its certificates count for nothing"
    yield from (
        f"! + {flag}: a member again, with the keys that it had" for flag in sorted(had_left - {*says.gone})
    )
    allowed = {} if old is None else root_says(old).replaced
    for flag, keys in says.replaced.items():
        if allowed.get(flag) != keys:
            yield f"! {flag} gets new keys without its old keys' word (fingerprint {keys})"
            if flag in draft.replaced:  # which `draft_checks` holds against the fingerprint
                given = draft.replaced[flag]
                yield f"    {given.threshold} of {len(given.keys)} keys must sign"
                yield from (f"    + {_whose(draft, key)}" for key in given.keys)


def _thumbprint(root: Root, keyid: str) -> str:
    """Short ids can be ground, and names are the draft's word: this is what to compare."""
    return by_id([root.keys[keyid].keyval["public"]])[keyid].thumbprint()


# Directory


def _tell_directory(draft: Draft) -> Iterator[str]:
    new = delegated(draft.metadata.signed)
    old = {} if draft.before is None else delegated(draft.before.signed)
    for flag in sorted(old.keys() - new.keys()):
        yield f"! - {flag}: its certificates would count for nothing, and devices refuse that"
    for flag, (authority, keys, threshold, _) in new.items():
        mark = fingerprint(keys, threshold)
        if flag not in old:
            yield f"+ {flag}: {_entry(authority)}"
            yield f"    {threshold} of {len(keys)} keys must sign for it (fingerprint {mark})"
            yield from (f"    + {_whose(draft, key)}" for key in keys)
            continue
        before, old_keys, old_threshold, _ = old[flag]
        if authority != before:
            yield f"{flag}: {_entry(authority)}"
            yield f"    before: {_entry(before)}"
        if (keys, threshold) != (old_keys, old_threshold):
            kind = _kind(draft, flag, RoleKeys(old_keys, old_threshold), RoleKeys(keys, threshold))
            yield f"! {flag}: other keys sign for it (fingerprint {mark}), {kind}"
            was = f"{old_threshold} of {len(old_keys)}"
            yield f"    {threshold} of {len(keys)} keys must sign (before: {was})"
            yield from (f"    + {_whose(draft, key)}" for key in keys if key not in old_keys)
            yield from (f"    - {_whose(draft, key)}" for key in old_keys if key not in keys)


def _whose(draft: Draft, public: str) -> str:
    [(keyid, key)] = by_id([public]).items()
    return f"{draft.name(keyid)}, key {key.thumbprint()}"


def _kind(draft: Draft, flag: str, old: RoleKeys, new: RoleKeys) -> str:
    """Who vouches for a flag's new keys: only signatures of its old ones say that it was they."""
    says = draft.metadata.signed.delegations.roles[flag].unrecognized_fields[EXTENSION]
    entries = [Record(one, f"handovers of {flag}") for one in says.get("handovers", [])]
    try:
        walk(old, new, entries, flag=flag)
    except UntrustedMetadata:
        handovers = [read(one, flag) for one in entries]
        if any((one.from_, one.to) == (old.fingerprint, new) for one in handovers):
            return (
                "NOT signed by its old keys: devices follow only if the root's holders name this fingerprint"
            )
        return "WITHOUT a handover"
    return "handed over by its old keys"


def _entry(authority: Authority) -> str:
    issuers = ", ".join(authority.issuers)
    return (
        f"{authority.name} at {issuers}, lists at {authority.status_prefix}, dates in {authority.time_zone}"
    )


# A flag


def _tell_flag(draft: Draft) -> Iterator[str]:
    prefixes = [key_list(text, draft.role).status_prefix for text in (draft.keys, draft.keys_before)]
    if prefixes[1] not in (None, prefixes[0]):
        yield f"! status lists at {prefixes[0]} (before: {prefixes[1]}): those at the old address are dropped"
    new, old = listed(draft.keys, draft.role), listed(draft.keys_before, draft.role)
    for pair in old.keys() - new.keys():
        yield f"! - {pair[1]}: removed from the list; what it signed counts for nothing"
    for pair, key in new.items():
        yield from _tell_key(key, old.get(pair))
    before = {} if draft.before is None else draft.before.signed.targets
    yield from _tell_allow_lists(draft.role, draft.metadata.signed, before)


def _tell_key(key: TrustedKey, old: TrustedKey | None) -> Iterator[str]:
    if key == old:
        return
    mark = "+" if old is None else "!" if _takes_away(key, old) else " "
    purposes = _few(sorted(key.purposes))
    yield f"{mark} {key.kid}: {key.state}, for {purposes}, {key.environment}"
    windows = (
        f"signs {key.sign_from:%Y-%m-%d} to {key.sign_until:%Y-%m-%d}, counts to {key.verify_until:%Y-%m-%d}"
    )
    yield f"    {windows}{f'; {key.reason}' if key.reason else ''}"
    if old is None:
        yield f"    key {key.key.thumbprint()}"
    else:
        yield (
            f"    before: {old.state}, for {_few(sorted(old.purposes))}, "
            f"{old.sign_from:%Y-%m-%d} to {old.sign_until:%Y-%m-%d}, until {old.verify_until:%Y-%m-%d}"
        )


def _takes_away(key: TrustedKey, old: TrustedKey) -> bool:
    """Whether something that this key signed, or is yet to sign, would count no more."""
    return (
        key.state in (KeyState.REVOKED, KeyState.ALLOW_LIST_ONLY)
        or key.sign_from > old.sign_from
        or key.sign_until < old.sign_until
        or key.verify_until < old.verify_until
        or bool(old.purposes - key.purposes)
        or key.environment is not old.environment
    )


def _tell_allow_lists(flag: str, signed: Targets, before: Mapping[str, Any]) -> Iterator[str]:
    for path, target in signed.targets.items():
        if path != keys_path(flag) and before.get(path) != target:
            size = entries(target.length)
            yield f"! {path}: {size} credentials that a stolen key truly signed"
    for path in before.keys() - signed.targets.keys():
        yield f"! - {path}: nothing that this key signed would count"


def _few(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"
