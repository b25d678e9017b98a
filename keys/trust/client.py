"""Verify a bag of trust metadata against a pinned root, with no connection: TUF § 5 with our policy on age.

Pure: the same files, root, time and earlier state give the same answer. It differs from TUF's workflow in two
ways: expiry is reported and stops nothing, since a ship may be weeks at sea (the decision's rows C12 and C14
judge age); and of one version only one content is ever accepted.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple

from tuf.api.metadata import DelegatedRole, Root, Snapshot, Targets, Timestamp

from keys.trust import handover, listing
from keys.trust.allow_list import AllowList
from keys.trust.directory import Authority, Directory, Environment, TrustedKey
from keys.trust.handover import RoleKeys
from keys.trust.metadata import DIRECTORY, UntrustedMetadata, file_name
from keys.trust.state import TrustState, remember
from keys.trust.workflow import Policy, Rollback, Workflow

__all__ = ["RELEASED", "Rollback", "Verified", "load", "needed", "verify"]

RELEASED: Final = datetime(2026, 1, 1, tzinfo=UTC)  # no honest clock is earlier than this release


class Verified(NamedTuple):
    """What files prove, what to remember until the next time, and the files themselves."""

    directory: Directory
    state: TrustState
    files: Mapping[str, bytes]  # what was read, and the elder roots: what a pack carries


def verify(
    files: Mapping[str, bytes], *, root: bytes, at: datetime, previous: TrustState | None = None
) -> Verified:
    """The directory that these files prove.

    `files` are named as the publisher names them; others are ignored. `root` is the pinned root file, `at` is
    the clock, `previous` what the last call on this device returned. Raises UntrustedMetadata.
    """
    pin = sha256(root).hexdigest()
    if previous is not None and previous.pin != pin:
        raise UntrustedMetadata("what this device remembers belongs to another root")
    before = previous or TrustState(pin=pin, root=root, time_floor=RELEASED)
    try:
        return _Verification(files, before).verify(at)
    except UntrustedMetadata:
        raise
    except ValueError as error:  # a record, key or address that is none
        raise UntrustedMetadata(str(error)) from error


def load(
    files: Mapping[str, bytes], *, root: bytes, at: datetime, previous: TrustState | None = None
) -> tuple[Directory, TrustState]:
    """As `verify`, for callers that need no files."""
    directory, state, _ = verify(files, root=root, at=at, previous=previous)
    return directory, state


def needed(files: Mapping[str, bytes], *, root: bytes, at: datetime) -> Mapping[str, bytes]:
    """As `verify`, for callers that need the files alone."""
    return verify(files, root=root, at=at).files


class _Flag(NamedTuple):
    """All that the directory and a flag say about it."""

    authority: Authority
    role: RoleKeys
    left: tuple[str, ...]  # elder roles' fingerprints
    keys: list[TrustedKey]
    allow_lists: dict[tuple[str, str], AllowList]


class _Verification:
    """One pass over the files; nothing is remembered unless all of it succeeds."""

    def __init__(self, files: Mapping[str, bytes], before: TrustState) -> None:
        self.files, self.before = files, before
        self.used: dict[str, bytes] = {}
        self.workflow = Workflow(self._fetch, Policy(), memory=before.seen)

    def verify(self, at: datetime) -> Verified:
        """All steps, in the order of TUF § 5.3-5.6. Raises ValueError."""
        root = self.workflow.root(self.before.root)
        environment = self._environment()
        timestamp = self.workflow.timestamp(root)
        signed_at = listing.extension(timestamp, Timestamp.type).instant("signed_at")
        snapshot = self.workflow.snapshot(root, timestamp)
        directory = self.workflow.targets(root, DIRECTORY, snapshot)
        replaced = listing.replaced_roles(root)
        flags = [
            self._flag(directory, snapshot, authority, role, environment, replaced.get(role.name))
            for authority, role in listing.authorities(directory, environment)
        ]
        floor = max(self._floor(), signed_at)
        authorities = [flag.authority for flag in flags]
        memory, keys = remember(self.before.keys, [key for flag in flags for key in flag.keys])
        found = Directory(
            environment=environment,
            authorities={iss: authority for authority in authorities for iss in authority.issuers},
            keys=keys,
            time_floor=floor,
            published_at=signed_at,
            allow_lists={pair: one for flag in flags for pair, one in flag.allow_lists.items()},
            list_numbers=listing.list_numbers(timestamp, authorities),
        )
        state = replace(self._state(flags, at, floor), keys=memory)
        return Verified(found, state, {**self._elder_roots(root), **self.used})

    def _state(self, flags: list[_Flag], at: datetime, floor: datetime) -> TrustState:
        """What to remember, but for single keys."""
        before, workflow = self.before, self.workflow
        return replace(
            before,
            root=workflow.root_file,
            time_floor=floor,
            seen={**workflow.memory, **workflow.seen},
            roles={**before.roles, **{flag.authority.flag: flag.role for flag in flags}},
            left={**before.left, **{flag.authority.flag: flag.left for flag in flags if flag.left}},
            addresses=listing.settled(before.addresses, [flag.authority for flag in flags]),
            expired=tuple(role for role, end in workflow.expires.items() if end <= max(at, floor)),
        )

    def _environment(self) -> Environment:
        """The one environment of all roots, from the trusted one to the newest."""
        first, *following = self.workflow.roots
        environment = listing.environment(first)
        for root in following:
            if listing.environment(root) is not environment:
                name = file_name(Root.type, root.version)
                raise UntrustedMetadata(f"{name}: test and production have different roots")
        return environment

    def _floor(self) -> datetime:
        """The time floor before this publication: only a root that is new to the device may take it back."""
        floor = self.before.time_floor
        for root in self.workflow.roots[1:]:
            extension = listing.extension(root, file_name(Root.type, root.version))
            if "time_floor" in extension:
                floor = extension.instant("time_floor")
        return floor

    def _flag(
        self,
        directory: Targets,
        snapshot: Snapshot,
        authority: Authority,
        role: DelegatedRole,
        environment: Environment,
        root_allows: str | None,
    ) -> _Flag:
        """A flag's keys, signed by a role that had the right to replace the one remembered."""
        flag = role.name
        current = listing.role_keys(directory, role, environment)
        left = self.before.left.get(flag, ())
        if flag in self.before.roles:
            extension = listing.extension(role, f"targets.json, {flag}")
            entries = extension.records("handovers") if "handovers" in extension else ()
            known = self.before.roles[flag]
            left += handover.walk(known, current, entries, flag=flag, root_allows=root_allows, left=left)
        signed = self.workflow.targets(directory, flag, snapshot)
        keys = listing.keys(signed, authority, self._take)
        allow_lists = listing.allow_lists(signed, role, keys, self._take) if len(signed.targets) > 1 else {}
        left = tuple(one for one in dict.fromkeys(left) if one != current.fingerprint)
        return _Flag(authority, current, left, keys, allow_lists)

    def _elder_roots(self, newest: Root) -> dict[str, bytes]:
        """The whole chain, as far as it is here: another device may start from an older root."""
        chain = [file_name(Root.type, version) for version in range(1, newest.version + 1)]
        return {name: self.files[name] for name in chain if name in self.files}

    def _fetch(self, role: str, version: int | None, length: int) -> bytes | None:
        return self._take(file_name(role, version or 0))

    def _take(self, name: str) -> bytes | None:
        data = self.files.get(name)
        if data is not None:
            self.used[name] = data
        return data
