"""Verify a bag of trust metadata against a pinned root, with no connection: TUF § 5 with our policy on age.

Pure: the same files, root, time and earlier state give the same answer. It differs from TUF's workflow in two
ways: expiry is reported and stops nothing, since a ship may be weeks at sea (the decision's rows C12 and C14
judge age); and of one version only one content is ever accepted.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain
from typing import Final, NamedTuple

from tuf.api.metadata import DelegatedRole, Root, Targets, Timestamp

from keys.trust import handover, listing
from keys.trust.allow_list import AllowList
from keys.trust.directory import Authority, Directory, TrustedKey
from keys.trust.handover import RoleKeys
from keys.trust.listing import RootSays
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
        return _Verification(files, before, root).verify(at)
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
    """A flag that the directory delegates to, and whose keys have the right to speak for it."""

    authority: Authority
    delegation: DelegatedRole
    role: RoleKeys
    left: tuple[str, ...]  # elder roles' fingerprints
    anew: bool  # its keys are here by the root's word: its elders' count binds nobody


class _Verification:
    """One pass over the files; nothing is remembered unless all of it succeeds."""

    def __init__(self, files: Mapping[str, bytes], before: TrustState, pinned: bytes) -> None:
        self.files, self.before, self.pinned = files, before, pinned
        self.used: dict[str, bytes] = {}
        self.workflow = Workflow(self._fetch, Policy(), memory=before.seen)

    def verify(self, at: datetime) -> Verified:
        """All steps, in the order of TUF § 5.3-5.6. Raises ValueError."""
        root = self.workflow.root(self.before.root)
        says = self._roots_say()
        self.workflow.may_vanish = frozenset(says.gone)
        timestamp = self.workflow.timestamp(root)
        signed_at = listing.extension(timestamp, Timestamp.type).instant("signed_at")
        snapshot = self.workflow.snapshot(root, timestamp)
        directory = self.workflow.targets(root, DIRECTORY, snapshot)
        flags = self._flags(directory, says)
        signed = self.workflow.all_targets(
            directory,
            [flag.delegation.name for flag in flags],
            snapshot,
            anew={flag.delegation.name for flag in flags if flag.anew},
        )
        listed = [
            listing.keys(one, flag.authority, self._take) for one, flag in zip(signed, flags, strict=True)
        ]
        memory, keys = remember(self.before.keys, chain.from_iterable(listed))
        floor = max(self._floor(says.time_floor, signed_at), signed_at)
        authorities = [flag.authority for flag in flags]
        found = Directory(
            environment=says.environment,
            authorities={iss: authority for authority in authorities for iss in authority.issuers},
            keys=keys,
            time_floor=floor,
            published_at=signed_at,
            allow_lists=self._allow_lists(flags, signed, listed),
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

    def _roots_say(self) -> RootSays:
        """What the newest root says, all of one environment; its floor is the last that is new here."""
        first, *following = self.workflow.roots
        says = listing.root_says(first)._replace(time_floor=None)
        for root in following:
            now = listing.root_says(root)
            if now.environment is not says.environment:
                name = file_name(Root.type, root.version)
                raise UntrustedMetadata(f"{name}: test and production have different roots")
            says = now if now.time_floor else now._replace(time_floor=says.time_floor)
        return says

    def _floor(self, named: datetime | None, signed_at: datetime) -> datetime:
        """The time floor before this publication: only a root that is new to the device may take it back.

        Back, and never ahead of the publication that brings it: else one slip of a pen would put every clock
        at sea out of bounds. A later root mends the slip of an earlier one.
        """
        if named is None:
            return self.before.time_floor
        if named > signed_at:
            raise UntrustedMetadata(f"the root's time floor, {named:%Y-%m-%d %H:%M} UTC, is yet to come")
        return max(RELEASED, named)

    def _flags(self, directory: Targets, says: RootSays) -> list[_Flag]:
        """What the directory delegates to, each to keys that had the right to replace the ones remembered.

        A flag that the root's holders call gone has no say, and what is remembered of it stays: it comes back
        with its own keys and newer lists, or not at all.
        """
        flags = []
        for authority, role in listing.authorities(directory, says.environment):
            if role.name in says.gone:
                continue
            flag, current = role.name, listing.role_keys(directory, role)
            known, left = self.before.roles.get(flag), self.before.left.get(flag, ())
            listing.check_two(flag, current, says.environment)
            named, entries, anew = says.replaced.get(flag), listing.handovers(role), False
            if known is not None and known != current:
                path = handover.walk(known, current, entries, flag=flag, root_allows=named, left=left)
                # Not after a mere handover: of two keys one stays, and what it once signed would count again.
                anew = named in (*path, current.fingerprint)[1:]
                left += path
            if named is not None and named not in left:
                left += handover.since(named, current, entries, flag=flag)
            left = tuple(one for one in dict.fromkeys(left) if one != current.fingerprint)
            flags.append(_Flag(authority, role, current, left, anew))
        if vanished := self.before.roles.keys() - {flag.authority.flag for flag in flags} - {*says.gone}:
            raise Rollback(f"{min(vanished)} has vanished from the directory")
        return flags

    def _allow_lists(
        self, flags: list[_Flag], signed: list[Targets], listed: list[list[TrustedKey]]
    ) -> dict[tuple[str, str], AllowList]:
        found: dict[tuple[str, str], AllowList] = {}
        for flag, targets, keys in zip(flags, signed, listed, strict=True):
            if len(targets.targets) > 1:
                found |= listing.allow_lists(targets, flag.delegation, keys, self._take)
        return found

    def _elder_roots(self, newest: Root) -> dict[str, bytes]:
        """The chain as far as it is here and proved: another device may start from an older root.

        Nothing proves those from before the pin; after it, each is signed by the one before. What is not
        proved is left out, for whoever kept it would refuse the true one.
        """
        proved = self.workflow
        if self.before.root != self.pinned:  # else it has been walked
            proved = Workflow(self._fetch, Policy(), memory={})
            proved.root(self.pinned)
        pin, last = proved.roots[0].version, proved.roots[-1].version
        trusted = self.workflow.roots[0].version
        for version, known in ((pin, self.pinned), (trusted, self.before.root)):
            name = file_name(Root.type, version)
            if self.files.get(name, known) != known:
                raise UntrustedMetadata(f"{name}: another content than this device has verified")
        versions = {*range(1, last + 1), *range(trusted, newest.version + 1)}
        names = [file_name(Root.type, version) for version in sorted(versions)]
        return {name: self.files[name] for name in names if name in self.files}

    def _fetch(self, role: str, version: int | None, length: int) -> bytes | None:
        return self._take(file_name(role, version or 0))

    def _take(self, name: str) -> bytes | None:
        data = self.files.get(name)
        if data is not None:
            self.used[name] = data
        return data
