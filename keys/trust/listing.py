"""What verified metadata says in our words: authorities, their keys, allow lists and status list numbers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import DelegatedRole, Root, TargetFile, Targets, Timestamp

from keys.encoding import json_object
from keys.trust import allow_list
from keys.trust.allow_list import AllowList
from keys.trust.authority import check_apart, check_authority, check_key
from keys.trust.directory import (
    SPECIAL,
    Authority,
    Environment,
    TrustedKey,
    authority_from_json,
    key_from_json,
)
from keys.trust.handover import RoleKeys
from keys.trust.list_header import MAX_NUMBER, is_list_name
from keys.trust.metadata import (
    EXTENSION,
    MAX_FILE,
    UntrustedMetadata,
    allow_path,
    keys_path,
    target_name,
)
from keys.trust.record import Record

Take = Callable[[str], bytes | None]  # a file of the bag, by its name


def extension(signed: Root | Timestamp | DelegatedRole, name: str) -> Record:
    """The member that we add to signed metadata."""
    return Record(signed.unrecognized_fields.get(EXTENSION), f"{name}, {EXTENSION}")


class RootSays(NamedTuple):
    """What a root says beside TUF's keys and thresholds."""

    environment: Environment
    time_floor: datetime | None  # to which devices' floor goes back
    replaced: dict[str, str]  # flags whose role keys its holders replaced: the new keys' fingerprints
    gone: tuple[str, ...]  # flags that are no members any more, whatever the directory says


class KeyList(NamedTuple):
    """A flag's keys.json."""

    status_prefix: str | None  # none where an earlier release wrote it
    keys: list[TrustedKey]


def root_says(root: Root) -> RootSays:
    """Our extension of a root. Raises ValueError."""
    record = extension(root, "root")
    names = record.record("roles") if "roles" in record else Record({}, "roles")
    return RootSays(
        Environment(record.text("environment")),
        record.instant("time_floor") if "time_floor" in record else None,
        {flag: names.text(flag) for flag in names.members()},
        record.texts("gone") if "gone" in record else (),
    )


def delegated(directory: Targets) -> list[tuple[Authority, DelegatedRole]]:
    """What the directory role pins: one terminating delegation a flag. Raises ValueError."""
    if directory.delegations is None or directory.delegations.roles is None or directory.targets:
        raise UntrustedMetadata("targets.json: the directory names authorities and nothing else")
    listed = []
    for role in directory.delegations.roles.values():
        authority = authority_from_json(extension(role, f"targets.json, {role.name}"))
        flag = role.name
        paths = ([keys_path(flag)], [keys_path(flag), allow_path(flag, "*")])
        if authority.flag != flag or not role.terminating or role.paths not in paths:
            raise UntrustedMetadata(f"targets.json: {flag} is no terminating role for its own keys")
        listed.append((authority, role))
    check_apart([authority for authority, _ in listed])
    return listed


def authorities(directory: Targets, environment: Environment) -> list[tuple[Authority, DelegatedRole]]:
    """The same, where each entry must be fit for an environment. Raises ValueError."""
    listed = delegated(directory)
    for authority, _ in listed:
        check_authority(authority, environment)
    return listed


def settled(before: Mapping[str, str], listed: list[Authority]) -> dict[str, str]:
    """Which flag each address belongs to: once a flag's, never another's, and nothing below it either.

    Else whoever holds the directory role could hand a flag's address to keys of their own under a new name.
    """
    now = {address: one.flag for one in listed for address in (*one.issuers, one.status_prefix)}
    for address, flag in now.items():
        if before.get(address, flag) != flag:
            raise UntrustedMetadata(f"{address} belongs to {before[address]}, and {flag} now claims it")
    owners = {**before, **now}
    above: list[str] = []
    for prefix in sorted(address for address in owners if address.endswith("/")):
        while above and not prefix.startswith(above[-1]):
            above.pop()
        if above and owners[prefix] != owners[above[-1]]:
            raise UntrustedMetadata(
                f"status lists of {owners[prefix]} lie below those of {owners[above[-1]]}"
            )
        above.append(prefix)
    return owners


def role_keys(directory: Targets, role: DelegatedRole) -> RoleKeys:
    """Who signs for a flag. Raises ValueError."""
    keys = sorted({directory.get_key(keyid).keyval["public"] for keyid in role.keyids})
    if not 1 <= role.threshold <= len(keys):
        raise UntrustedMetadata(f"{role.name}: asks {role.threshold} signatures of {len(keys)} keys")
    return RoleKeys(tuple(keys), role.threshold)


def check_two(flag: str, role: RoleKeys, environment: Environment) -> None:
    """In production a flag has a current and a next key, so that none is ever the last."""
    if len(role.keys) < 2 and environment is not Environment.TEST:
        raise UntrustedMetadata(f"{flag}: has one key to sign with; a flag has two, current and next")


def handovers(role: DelegatedRole) -> tuple[Record, ...]:
    """What elder keys of a flag have signed, as the directory carries it."""
    record = extension(role, f"targets.json, {role.name}")
    return record.records("handovers") if "handovers" in record else ()


def keys(signed: Targets, authority: Authority, take: Take) -> list[TrustedKey]:
    """A flag's own list of keys, which its role has signed."""
    flag, path = authority.flag, keys_path(authority.flag)
    if signed.delegations is not None or path not in signed.targets:
        raise UntrustedMetadata(f"{flag}.json: a flag signs {path}, its allow lists and nothing else")
    name, data = _target(signed.targets[path], take)
    if data is None:
        raise UntrustedMetadata(f"{name}: missing")
    listed = read_keys(data, flag, name)
    if listed.status_prefix not in (None, authority.status_prefix):
        raise UntrustedMetadata(
            f"{flag}: its status lists lie below {listed.status_prefix}, as it says itself, "
            f"and not below {authority.status_prefix}, as the directory has it"
        )
    for key in listed.keys:
        check_key(key, authority)
    return listed.keys


def read_keys(data: bytes, flag: str, name: str) -> KeyList:
    """A keys.json of a flag. Raises ValueError."""
    record = Record(json_object(data, max_size=MAX_FILE), name)
    if (record.text("format"), record.number("version")) != ("ombord-keys", 1):
        raise UntrustedMetadata(f"{name}: of another format or version")
    if record.text("flag") != flag:
        raise UntrustedMetadata(f"{name}: lists the keys of another flag")
    return KeyList(
        record.text_or_none("status_prefix"), [key_from_json(one) for one in record.records("keys")]
    )


def allow_lists(
    signed: Targets, role: DelegatedRole, listed: list[TrustedKey], take: Take
) -> dict[tuple[str, str], AllowList]:
    """What a flag's compromised keys truly signed, by (iss, kid). A file that is not here allows nothing."""
    flag = role.name
    by_path = {allow_path(flag, key.kid): key for key in listed}
    found = {}
    for path, target in signed.targets.items():
        if path == keys_path(flag):
            continue
        key = by_path.get(path)
        if key is None or key.purposes & {*SPECIAL} or not role.is_delegated_path(path):
            raise UntrustedMetadata(f"{flag}.json: {path} is no allow list of a certificate key of its own")
        name, data = _target(target, take)
        if data is not None:
            try:
                found[key.issuer, key.kid] = AllowList.read(data, key.kid)
            except allow_list.AllowListError as error:
                raise UntrustedMetadata(f"{name}: {error}") from error
    return found


def list_numbers(timestamp: Timestamp, listed: list[Authority]) -> dict[str, int]:
    """The online role's index of status lists: by address, the newest number that it knew. It is a floor."""
    record = extension(timestamp, Timestamp.type)
    if "lists" not in record:
        return {}
    by_flag, numbers = record.record("lists"), {}
    prefixes: Mapping[str, str] = {authority.flag: authority.status_prefix for authority in listed}
    for flag in by_flag.members():
        named = by_flag.record(flag)
        for name in named.members():
            if not is_list_name(name):
                raise UntrustedMetadata(f"timestamp.json: {flag} has no status list of such a name")
            number = named.number(name, 1, MAX_NUMBER)
            if flag in prefixes:  # an authority that has left, or is to come, has no lists here
                numbers[prefixes[flag] + name] = number
    return numbers


def _target(target: TargetFile, take: Take) -> tuple[str, bytes | None]:
    """A target's name by its content, and the content if it is here; it must fit what was signed."""
    name = target_name(target.path, target.hashes.get("sha256", "-"))
    data = take(name)
    if data is not None:
        try:
            target.verify_length_and_hashes(data)
        except LengthOrHashMismatchError as error:
            raise UntrustedMetadata(f"{name}: {error}") from error
    return name, data
