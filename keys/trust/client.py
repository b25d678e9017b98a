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

from securesystemslib.signer import Key, Signature
from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import DelegatedRole, Metadata, MetaFile, Root, Snapshot, Targets, Timestamp

from keys.encoding import json_loads
from keys.trust.authority import check_apart, check_authority, check_key
from keys.trust.directory import (
    Authority,
    Directory,
    Environment,
    TrustedKey,
    authority_from_json,
    key_from_json,
)
from keys.trust.metadata import (
    DIRECTORY,
    EXTENSION,
    MAX_FILE,
    SignedT,
    UntrustedMetadata,
    decode,
    file_name,
    keys_path,
    target_name,
)
from keys.trust.record import Record
from keys.trust.state import Seen, TrustState, remember

RELEASED: Final = datetime(2026, 1, 1, tzinfo=UTC)  # no honest clock is earlier than this release
ONLINE: Final = (Timestamp.type, Snapshot.type)


class Rollback(UntrustedMetadata):
    """Older than what this device has verified, or another content under a version that it has seen."""


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
    verification = _Verification(files, root, previous)
    directory, state = verification.verify(at)
    newest = decode(Root, verification.root_file, "root").signed.version
    chain = [file_name(Root.type, version) for version in range(1, newest + 1)]
    used = {**{name: files[name] for name in chain if name in files}, **verification.used}
    return Verified(directory, state, used)


def load(
    files: Mapping[str, bytes], *, root: bytes, at: datetime, previous: TrustState | None = None
) -> tuple[Directory, TrustState]:
    """As `verify`, for callers that need no files."""
    directory, state, _ = verify(files, root=root, at=at, previous=previous)
    return directory, state


def needed(files: Mapping[str, bytes], *, root: bytes, at: datetime) -> Mapping[str, bytes]:
    """As `verify`, for callers that need the files alone."""
    return verify(files, root=root, at=at).files


class _Verification:
    """One pass over the files, in the order of TUF § 5.3-5.6."""

    def __init__(self, files: Mapping[str, bytes], root: bytes, previous: TrustState | None) -> None:
        pin = sha256(root).hexdigest()
        if previous is not None and previous.pin != pin:
            raise UntrustedMetadata("what this device remembers belongs to another root")
        self.files = files
        self.before = previous or TrustState(pin=pin, root=root, time_floor=RELEASED)
        self.used: dict[str, bytes] = {}
        self.seen: dict[str, Seen] = {}
        self.expires: dict[str, datetime] = {}

    def verify(self, at: datetime) -> tuple[Directory, TrustState]:
        """All steps; nothing is remembered unless all succeed. Raises UntrustedMetadata."""
        try:
            return self._verify(at)
        except UntrustedMetadata:
            raise
        except (ValueError, LengthOrHashMismatchError) as error:  # a record, key or address that is none
            raise UntrustedMetadata(str(error)) from error

    def _verify(self, at: datetime) -> tuple[Directory, TrustState]:
        root = self._update_root()
        timestamp = self._accept(Timestamp, root, Timestamp.type, file_name(Timestamp.type, 0))
        signed_at = _extension(timestamp, Timestamp.type).instant("signed_at")
        snapshot = self._listed(Snapshot, root, Snapshot.type, timestamp.snapshot_meta)
        self._refuse_vanished(snapshot)
        directory = self._listed(Targets, root, DIRECTORY, _meta(snapshot, DIRECTORY))
        environment = _environment(root)
        authorities = [
            (authority, self._keys(directory, snapshot, authority, environment))
            for authority in _authorities(directory, environment)
        ]
        memory, keys = remember(self.before.keys, [key for _, listed in authorities for key in listed])
        floor = max(self.floor, signed_at)
        state = replace(
            self.before,
            root=self.root_file,
            time_floor=floor,
            seen={**self.before.seen, **self.seen},
            keys=memory,
            expired=tuple(role for role, end in self.expires.items() if end <= max(at, floor)),
        )
        return (
            Directory(
                environment=environment,
                authorities={iss: one for one, _ in authorities for iss in one.issuers},
                keys=keys,
                time_floor=floor,
                published_at=signed_at,
            ),
            state,
        )

    # (5.3) The root chain

    def _update_root(self) -> Root:
        """Walk from the newest root known to the newest given, each signed by its elder and by itself."""
        self.root_file, self.floor = self.before.root, self.before.time_floor
        known = root = self._self_signed(self.root_file)
        while (name := file_name(Root.type, root.version + 1)) in self.files:
            data = self._take(name)
            new = decode(Root, data, name)
            if new.signed.version != root.version + 1:
                raise UntrustedMetadata(f"{name}: says that it is version {new.signed.version}")
            result = new.signed.get_root_verification_result(root, new.signed_bytes, new.signatures)
            _require(bool(result), new.signatures, result.signed, name)
            if _environment(new.signed) is not _environment(root):
                raise UntrustedMetadata(f"{name}: test and production have different roots")
            root, self.root_file = new.signed, data
            if "time_floor" in (extension := _extension(root, name)):
                self.floor = extension.instant("time_floor")  # only a root may take the floor back
        self.expires[Root.type] = root.expires
        if any(_holders(root, role) != _holders(known, role) for role in ONLINE):
            # (5.3.11) a stolen online key may have counted up to the sky; its successor starts anew
            seen = {role: seen for role, seen in self.before.seen.items() if role not in ONLINE}
            self.before = replace(self.before, seen=seen)
        return root

    def _self_signed(self, data: bytes) -> Root:
        pinned = decode(Root, data, "the pinned root")
        result = pinned.signed.get_root_verification_result(None, pinned.signed_bytes, pinned.signatures)
        if not result:
            raise UntrustedMetadata("the pinned root: not signed by itself")
        return pinned.signed

    # (5.4-5.6) Timestamp, snapshot, the directory, each flag

    def _listed(self, kind: type[SignedT], delegator: Root | Targets, role: str, meta: MetaFile) -> SignedT:
        """The very version of a role's metadata that the level above names."""
        name = file_name(role, meta.version)
        meta.verify_length_and_hashes(self._take(name))
        signed = self._accept(kind, delegator, role, name)
        if signed.version != meta.version:
            raise UntrustedMetadata(f"{name}: says that it is version {signed.version}")
        return signed

    def _accept(self, kind: type[SignedT], delegator: Root | Targets, role: str, name: str) -> SignedT:
        """Metadata that enough of the role's keys have signed and that is no step back."""
        found: Metadata[SignedT] = decode(kind, self._take(name), name)
        content = found.signed_bytes
        result = delegator.get_verification_result(role, content, found.signatures)
        _require(bool(result), found.signatures, result.signed, name)
        now, before = Seen(found.signed.version, sha256(content).hexdigest()), self.before.seen.get(role)
        if before is not None and now.version < before.version:
            raise Rollback(f"{name}: version {now.version}, and this device has seen {before.version}")
        if before is not None and now.version == before.version and now.digest != before.digest:
            raise Rollback(f"{name}: another content than the version {now.version} seen before")
        self.seen[role] = now
        self.expires[role] = found.signed.expires
        return found.signed

    def _refuse_vanished(self, snapshot: Snapshot) -> None:
        for role in self.before.seen:
            if role not in ONLINE and f"{role}.json" not in snapshot.meta:
                raise Rollback(f"{role}.json: has vanished from the snapshot")

    def _keys(
        self, directory: Targets, snapshot: Snapshot, authority: Authority, environment: Environment
    ) -> list[TrustedKey]:
        """A flag's own list of keys, signed by its own role."""
        flag, path = authority.flag, keys_path(authority.flag)
        signed = self._listed(Targets, directory, flag, _meta(snapshot, flag))
        if set(signed.targets) != {path} or signed.delegations is not None:
            raise UntrustedMetadata(f"{flag}.json: a flag signs {path} and nothing else")
        target = signed.targets[path]
        name = target_name(path, target.hashes.get("sha256", "-"))
        data = self._take(name)
        target.verify_length_and_hashes(data)
        record = Record(json_loads(data, max_size=MAX_FILE), name)
        if (record.text("format"), record.number("version")) != ("ombord-keys", 1):
            raise UntrustedMetadata(f"{name}: of another format or version")
        if record.text("flag") != flag:
            raise UntrustedMetadata(f"{name}: lists the keys of another flag")
        keys = [key_from_json(one) for one in record.records("keys")]
        for key in keys:
            check_key(key, authority)
        return keys

    def _take(self, name: str) -> bytes:
        data = self.files.get(name)
        if data is None:
            raise UntrustedMetadata(f"{name}: missing")
        self.used[name] = data
        return data


def _require(enough: bool, signatures: Mapping[str, Signature], good: Mapping[str, Key], name: str) -> None:
    """A threshold of keys signed, and no signature stands there that proves nothing."""
    if not enough:
        raise UntrustedMetadata(f"{name}: not signed by enough of its keys")
    if set(signatures) != set(good):
        raise UntrustedMetadata(f"{name}: has a signature that does not verify")


def _extension(signed: Root | Timestamp | DelegatedRole, name: str) -> Record:
    return Record(signed.unrecognized_fields.get(EXTENSION), f"{name}, {EXTENSION}")


def _environment(root: Root) -> Environment:
    return Environment(_extension(root, "root").text("environment"))


def _holders(root: Root, role: str) -> frozenset[str]:
    """The public keys that a root trusts for a role."""
    return frozenset(key.keyval["public"] for id_, key in root.keys.items() if id_ in root.roles[role].keyids)


def _meta(snapshot: Snapshot, role: str) -> MetaFile:
    meta = snapshot.meta.get(f"{role}.json")
    if meta is None:
        raise UntrustedMetadata(f"{role}.json: not in the snapshot")
    return meta


def _authorities(directory: Targets, environment: Environment) -> list[Authority]:
    """What the directory role pins, one terminating delegation a flag."""
    if directory.delegations is None or directory.delegations.roles is None:
        raise UntrustedMetadata("targets.json: names no authorities")
    authorities = []
    for role in directory.delegations.roles.values():
        authority = authority_from_json(_extension(role, f"targets.json, {role.name}"))
        if authority.flag != role.name or not role.terminating or role.paths != [keys_path(role.name)]:
            raise UntrustedMetadata(f"targets.json: {role.name} is no terminating role for its own keys")
        check_authority(authority, environment)
        authorities.append(authority)
    check_apart(authorities)
    return authorities
