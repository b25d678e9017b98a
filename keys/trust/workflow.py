"""TUF's client workflow (specification § 5.3-5.6), for whoever brings the files and a policy.

The offline client reads a bag of files, takes one spelling and lets nothing expire; a strict client fetches,
takes every encoding of `tuf.api` and stops at expiry. The order of the checks, and the checks, are these.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final, Generic, NamedTuple, Protocol

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp

from keys.side_by_side import side_by_side
from keys.trust import metadata
from keys.trust.metadata import DIRECTORY, MAX_FILE, Read, SignedT, UntrustedMetadata, file_name
from keys.trust.state import Seen

ONLINE: Final = (Timestamp.type, Snapshot.type)
MAX_ROOTS: Final = 1_024  # in one pass: as in python-tuf, a chain has an end
MAX_VERSION: Final = 2**53 - 1  # what a JSON number can say to everybody


class Rollback(UntrustedMetadata):
    """Older than what this device has verified, or another content under a version that it has seen."""


class AnotherContent(Rollback):
    """Under a version that this device has seen there was something else."""


class Expired(UntrustedMetadata):
    """Metadata whose time is over, for a client that stops there."""


# A role's name, its version (none for the timestamp), the most bytes to take; None where there is no file.
Fetch = Callable[[str, int | None, int], bytes | None]


class Reader(Protocol):
    """Bytes into metadata, signatures unchecked. Raises UntrustedMetadata."""

    def __call__(self, kind: type[SignedT], data: bytes, name: str) -> Read[SignedT]:
        """Read a file of one kind; `name` is for messages."""


class Checked(NamedTuple, Generic[SignedT]):
    """Metadata that a threshold has signed, and what is to be remembered of it."""

    signed: SignedT
    seen: Seen


class _File(NamedTuple, Generic[SignedT]):
    name: str  # for messages
    data: bytes
    read: Read[SignedT]
    listed: int | None = None  # the version that the level above names


class Policy(NamedTuple):
    """In what two clients may differ."""

    read: Reader = metadata.read
    every_signature: bool = True  # one that does not verify refuses the file; TUF passes over it
    stop_at: datetime | None = None  # the clock, for a client that takes nothing expired


class Workflow:
    """One pass over a repository, in the order of the specification.

    `memory` is what earlier passes have seen of each role, `floors` the least version that a list may name.
    What this pass has seen, and when it expires, is in `seen` and `expires`; `keep` gets each file taken.
    """

    def __init__(
        self,
        fetch: Fetch,
        policy: Policy,
        *,
        memory: Mapping[str, Seen],
        floors: Mapping[str, int] | None = None,
        keep: Callable[[str, bytes], None] | None = None,
    ) -> None:
        self._fetch, self._policy, self._keep = fetch, policy, keep
        self.memory = dict(memory)
        self.floors = dict(floors or {})
        self.may_vanish: frozenset[str] = frozenset()  # roles that the snapshot need not name any more
        self.roots: list[Root] = []  # the trusted one, and those that follow it
        self.root_file = b""
        self.seen: dict[str, Seen] = {}
        self.expires: dict[str, datetime] = {}

    # (5.3) The root chain

    def root(self, trusted: bytes) -> Root:
        """Walk from a trusted root to the newest, each signed by its elder and by itself."""
        root = self._self_signed(trusted)
        self.roots, self.root_file = [root], trusted
        while len(self.roots) <= MAX_ROOTS:
            data = self._fetch(Root.type, root.version + 1, MAX_FILE)
            if data is None:
                break
            root = self._following(root, data)
            self.roots.append(root)
            self.root_file = data
            self._accepted(Root.type, data)
        self._check_expiry(Root.type, root.expires, file_name(Root.type, root.version))
        for role in (*ONLINE, DIRECTORY):
            self._recover(root, role)
        return root

    def _self_signed(self, data: bytes) -> Root:
        pinned, content = self._policy.read(Root, data, "the pinned root")
        if not pinned.signed.get_verification_result(Root.type, content, pinned.signatures):
            raise UntrustedMetadata("the pinned root: not signed by itself")
        return pinned.signed

    def _following(self, elder: Root, data: bytes) -> Root:
        """(5.3.3-5.3.5) The next version of the root."""
        name = file_name(Root.type, elder.version + 1)
        new, content = self._policy.read(Root, data, name)
        if new.signed.version != elder.version + 1:
            raise UntrustedMetadata(f"{name}: says that it is version {new.signed.version}")
        result = new.signed.get_root_verification_result(elder, content, new.signatures)
        self._require(bool(result), new, result.signed, name)
        return new.signed

    def _recover(self, delegator: Root | Targets, role: str) -> None:
        """(5.3.11) What was signed with keys that have been replaced binds nobody any more.

        A thief may have counted up to the sky; the successor starts anew. As in python-tuf, what was seen is
        kept for as long as those who signed it would still be enough.
        """
        seen = self.memory.get(role)
        if seen is None or not seen.signers:
            return
        listed = delegator.get_delegated_role(role)
        holders = {delegator.get_key(keyid).keyval["public"] for keyid in listed.keyids}
        if len(holders.intersection(seen.signers)) < listed.threshold:
            del self.memory[role]

    # (5.4-5.6) Timestamp, snapshot, targets and what they delegate

    def timestamp(self, root: Root, data: bytes | None = None) -> Timestamp:
        """(5.4) What was last published; `data` instead of what would be fetched."""
        name = file_name(Timestamp.type, 0)
        if data is None:
            data = self._take(Timestamp.type, None, name)
        file = _File(name, data, self._policy.read(Timestamp, data, name))
        checked = self._signed(root, Timestamp.type, file)
        listed = checked.signed.snapshot_meta.version
        if listed < self.floors.get(Snapshot.type, 0):
            raise Rollback(f"{name}: names an older snapshot, of version {listed}")
        return self._accept(checked, Timestamp.type, file)

    def snapshot(self, root: Root, timestamp: Timestamp) -> Snapshot:
        """(5.5) Which versions belong together; no role may go back or vanish."""
        file = self._listed(Snapshot, Snapshot.type, timestamp.snapshot_meta)
        checked = self._signed(root, Snapshot.type, file)
        self._refuse_vanished(checked.signed)
        return self._accept(checked, Snapshot.type, file)

    def targets(self, delegator: Root | Targets, role: str, snapshot: Snapshot) -> Targets:
        """(5.6) The directory role, or one that it delegates to."""
        (found,) = self.all_targets(delegator, [role], snapshot)
        return found

    def all_targets(
        self,
        delegator: Root | Targets,
        roles: Iterable[str],
        snapshot: Snapshot,
        *,
        anew: Collection[str] | None = None,
    ) -> list[Targets]:
        """(5.6) Roles that one role delegates to, in their order: all are read, then all are verified.

        Parsing and signatures in turn would drive each other out of the processor's caches. Those in `anew`
        may start anew with their new keys; all may where TUF decides.
        """
        waiting = []
        for role in roles:
            meta = snapshot.meta.get(f"{role}.json")
            if meta is None:
                raise UntrustedMetadata(f"{role}.json: not in the snapshot")
            if anew is None or role in anew:
                self._recover(delegator, role)
            waiting.append((role, self._listed(Targets, role, meta)))
        checked = side_by_side(lambda one: self._signed(delegator, *one), waiting)
        return [self._accept(one, *listed) for one, listed in zip(checked, waiting, strict=True)]

    def verified(
        self, kind: type[SignedT], delegator: Root | Targets, role: str, name: str, data: bytes
    ) -> Checked[SignedT]:
        """Metadata that enough of the role's keys have signed, whenever that was."""
        return self._signed(delegator, role, _File(name, data, self._policy.read(kind, data, name)))

    def _listed(self, kind: type[SignedT], role: str, meta: MetaFile) -> "_File[SignedT]":
        """The very version of a role's metadata that the level above names; its signatures are unchecked."""
        name = file_name(role, meta.version)
        data = self._take(role, meta.version, name, meta.length or MAX_FILE)
        try:
            meta.verify_length_and_hashes(data)
        except LengthOrHashMismatchError as error:
            raise UntrustedMetadata(f"{name}: {error}") from error
        return _File(name, data, self._policy.read(kind, data, name), meta.version)

    def _signed(self, delegator: Root | Targets, role: str, file: "_File[SignedT]") -> Checked[SignedT]:
        found, content = file.read
        result = delegator.get_verification_result(role, content, found.signatures)
        self._require(bool(result), found, result.signed, file.name)
        version = found.signed.version
        if version > MAX_VERSION:
            raise UntrustedMetadata(f"{file.name}: a version beyond {MAX_VERSION}")
        if file.listed not in (None, version):
            raise UntrustedMetadata(f"{file.name}: says that it is version {version}")
        signers = tuple(sorted(key.keyval["public"] for key in result.signed.values()))
        return Checked(found.signed, Seen(version, sha256(content).hexdigest(), signers))

    def _accept(self, checked: Checked[SignedT], role: str, file: "_File[SignedT]") -> SignedT:
        """No step back and, for whom that matters, not expired."""
        (signed, now), before, name = checked, self.memory.get(role), file.name
        if before is not None and now.version < before.version:
            raise Rollback(f"{name}: version {now.version}, and this device has seen {before.version}")
        if before is not None and now.version == before.version and now.digest != before.digest:
            raise AnotherContent(f"{name}: another content than the version {now.version} seen before")
        self._check_expiry(role, signed.expires, name)
        self.seen[role] = now
        self._accepted(role, file.data)
        return signed

    def _refuse_vanished(self, snapshot: Snapshot) -> None:
        for role in self.memory.keys() | self.floors.keys():
            meta = snapshot.meta.get(f"{role}.json")
            if role in ONLINE or (meta is None and role in self.may_vanish):
                continue
            if meta is None:
                raise Rollback(f"{role}.json: has vanished from the snapshot")
            if meta.version < self.floors.get(role, 0):
                raise Rollback(
                    f"{role}.json: version {meta.version}, and {self.floors[role]} was listed before"
                )

    def _check_expiry(self, role: str, expires: datetime, name: str) -> None:
        self.expires[role] = expires
        if self._policy.stop_at is not None and expires <= self._policy.stop_at:
            raise Expired(f"{name}: expired on {expires:%Y-%m-%d}")

    def _accepted(self, role: str, data: bytes) -> None:
        if self._keep is not None:
            self._keep(role, data)

    def _take(self, role: str, version: int | None, name: str, length: int = MAX_FILE) -> bytes:
        data = self._fetch(role, version, length)
        if data is None:
            raise UntrustedMetadata(f"{name}: missing")
        return data

    def _require(self, enough: bool, found: Metadata[SignedT], good: Iterable[str], name: str) -> None:
        """A threshold of keys signed and, for whom that matters, nothing stands there that proves nothing."""
        if not enough:
            raise UntrustedMetadata(f"{name}: not signed by enough of its keys")
        if self._policy.every_signature and set(found.signatures) != set(good):
            raise UntrustedMetadata(f"{name}: has a signature that does not verify")
