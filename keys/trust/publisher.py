"""Sign the directory: root, the directory role, one role per flag, snapshot and timestamp (TUF, python-tuf).

Pure over bytes: from a plan, the private keys at hand and the files published so far, the files to publish
next. Who signs and how many must is data in the plan: one development key or three of five is the same to it.
What has not changed is not signed again before half its life is over, and nothing leaves that our own client
does not accept after what was published before.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from securesystemslib.signer import Key
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.metadata import Role as TufRole

from keys.encoding import json_dumps
from keys.signer import Signer
from keys.trust import client
from keys.trust.directory import authority_to_json, key_to_json
from keys.trust.metadata import (
    DIRECTORY,
    EXTENSION,
    RoleSigner,
    SignedT,
    UntrustedMetadata,
    decode,
    encode,
    file_name,
    keys_path,
    target_name,
    tuf_key,
)
from keys.trust.plan import Flag, Plan, Role
from keys.trust.record import unix


class PublishError(ValueError):
    """The directory cannot be published as planned; says why."""

    hint = "nothing was published"


def publish(
    plan: Plan, *, signers: Mapping[str, Signer], at: datetime, before: Mapping[str, bytes]
) -> dict[str, bytes]:
    """All files of the next publication, earlier ones included.

    `signers` are private keys by their short ids; `before` is what the last call returned, empty at first.
    Raises PublishError when keys are missing, the clock has gone back, or our client would refuse the result.
    """
    return _Publication(plan, signers, at.astimezone(UTC), before).run()


class _Publication:
    """One run, from the flags' lists up to the timestamp."""

    def __init__(
        self, plan: Plan, signers: Mapping[str, Signer], at: datetime, before: Mapping[str, bytes]
    ) -> None:
        self.plan, self.signers, self.at, self.before = plan, signers, at, before
        self.files = dict(before)

    def run(self) -> dict[str, bytes]:
        old_timestamp = self._old(Timestamp, Timestamp.type, 0)
        numbered = 0 if old_timestamp is None else old_timestamp.signed.snapshot_meta.version
        old_snapshot = self._old(Snapshot, Snapshot.type, numbered)
        old = {} if old_snapshot is None else old_snapshot.signed.meta
        self._refuse_clock_set_back(old_timestamp)
        self._root()
        meta = {f"{DIRECTORY}.json": self._directory(old.get(f"{DIRECTORY}.json"))}
        for flag in self.plan.flags:
            name = f"{flag.authority.flag}.json"
            meta[name] = self._flag(flag, old.get(name))
        roles = self.plan.roles
        snapshot = self._renew(Snapshot(meta=meta), Snapshot.type, roles[Snapshot.type], old_snapshot)
        timestamp = Timestamp(
            snapshot_meta=MetaFile(snapshot), unrecognized_fields={EXTENSION: {"signed_at": unix(self.at)}}
        )
        self._sign(timestamp, Timestamp.type, roles[Timestamp.type], old_timestamp)
        self._rehearse()
        return self.files

    # The roles

    def _root(self) -> None:
        old, version = None, 1
        while (following := self._old(Root, Root.type, version)) is not None:
            old, version = following, version + 1
        extension: dict[str, object] = {"environment": self.plan.environment.value}
        if self.plan.time_floor is not None:
            extension["time_floor"] = unix(self.plan.time_floor)
        root = Root(
            keys=_tuf_keys(self.plan.roles.values()),
            roles={name: TufRole(role.ids, role.threshold) for name, role in self.plan.roles.items()},
            consistent_snapshot=True,
            unrecognized_fields={EXTENSION: extension},
        )
        elders = [] if old is None else old.signed.roles[Root.type].keyids
        self._renew(root, Root.type, self.plan.roles[Root.type], old, elders=elders)

    def _directory(self, listed: MetaFile | None) -> MetaFile:
        """The directory role delegates to each flag its own keys, and pins its name and addresses."""
        roles = {
            flag.authority.flag: DelegatedRole(
                flag.authority.flag,
                flag.role.ids,
                flag.role.threshold,
                terminating=True,
                paths=[keys_path(flag.authority.flag)],
                unrecognized_fields={EXTENSION: authority_to_json(flag.authority)},
            )
            for flag in self.plan.flags
        }
        directory = Targets(delegations=Delegations(_tuf_keys(f.role for f in self.plan.flags), roles))
        old = self._old(Targets, DIRECTORY, listed.version if listed else 0)
        return MetaFile(self._renew(directory, DIRECTORY, self.plan.roles[DIRECTORY], old))

    def _flag(self, flag: Flag, listed: MetaFile | None) -> MetaFile:
        name = flag.authority.flag
        content = json_dumps(
            {
                "format": "ombord-keys",
                "version": 1,
                "flag": name,
                "keys": [key_to_json(key) for key in flag.keys],
            }
        )
        target = TargetFile.from_data(keys_path(name), content, ["sha256"])
        self.files[target_name(target.path, target.hashes["sha256"])] = content
        old = self._old(Targets, name, listed.version if listed else 0)
        return MetaFile(self._renew(Targets(targets={target.path: target}), name, flag.role, old))

    # Versions and signatures

    def _old(self, kind: type[SignedT], role: str, version: int) -> Metadata[SignedT] | None:
        """What was published as this version of a role, if anything."""
        data = self.before.get(name := file_name(role, version))
        return None if data is None else decode(kind, data, name)

    def _renew(
        self,
        signed: SignedT,
        name: str,
        role: Role,
        old: Metadata[SignedT] | None,
        elders: Iterable[str] = (),
    ) -> int:
        """Sign the next version if anything has changed or half its life is over; return the one in force."""
        if (
            old is not None
            and _content(old.signed) == _content(signed)
            and old.signed.expires - self.at > role.lifetime / 2
            and len(set(old.signatures) & set(role.ids)) >= role.threshold
            and (name == Root.type or set(old.signatures) <= set(role.ids))  # a root keeps its elders'
        ):
            return old.signed.version
        return self._sign(signed, name, role, old, elders)

    def _sign(
        self,
        signed: SignedT,
        name: str,
        role: Role,
        old: Metadata[SignedT] | None,
        elders: Iterable[str] = (),
    ) -> int:
        signed.version = 1 if old is None else old.signed.version + 1
        signed.expires = self.at + role.lifetime
        hands: list[str] = [keyid for keyid in role.ids if keyid in self.signers]
        if len(hands) < role.threshold:
            raise PublishError(f"{name} needs {role.threshold} signatures, and {len(hands)} keys are here")
        metadata = Metadata(signed)
        for keyid in dict.fromkeys([*hands, *(elder for elder in elders if elder in self.signers)]):
            metadata.sign(RoleSigner(self.signers[keyid]), append=True)
        self.files[file_name(name, signed.version)] = encode(metadata)
        return signed.version

    # Before anything leaves

    def _refuse_clock_set_back(self, old: Metadata[Timestamp] | None) -> None:
        if old is None:
            return
        signed_at = old.signed.unrecognized_fields[EXTENSION]["signed_at"]
        if unix(self.at) < signed_at:
            last = datetime.fromtimestamp(signed_at, UTC)
            raise PublishError(f"the clock says {self.at:%Y-%m-%d %H:%M}, and the last publication {last}")

    def _rehearse(self) -> None:
        """A device that has seen the last publication must accept this one."""
        try:
            root, state = self.files[file_name(Root.type, 1)], None
            if file_name(Timestamp.type, 0) in self.before:
                state = client.load(self.before, root=root, at=self.at)[1]
            directory, _ = client.load(self.files, root=root, at=self.at, previous=state)
        except UntrustedMetadata as error:
            raise PublishError(f"devices would refuse it: {error}") from error
        for iss, kid in sorted(directory.conflicts):
            raise PublishError(f"{kid} of {iss} already names another key; a key id is never used again")


def _content(signed: SignedT) -> dict[str, object]:
    """What metadata says, whenever it says it."""
    return {name: value for name, value in signed.to_dict().items() if name not in ("version", "expires")}


def _tuf_keys(roles: Iterable[Role]) -> dict[str, Key]:
    keys: dict[str, Key] = {}
    for role in roles:
        for key in map(tuf_key, role.keys):
            if keys.setdefault(key.keyid, key) != key:
                raise PublishError(f"two keys share the short id {key.keyid}: make one of them again")
    return keys
