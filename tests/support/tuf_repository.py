"""A directory of authorities whose every signature a test decides: rightful holders, thieves, old keys.

    repository = Repository("NO", "DK")
    seen = repository.verify().state
    repository.hand_over("NO")
    repository.publish()
    repository.verify(seen)

Unlike `simulator.Publication` it does not go through our publisher, which would refuse most of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any

from support.simulator import DAY, NOW, Authority, seeded_signer
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from keys.algorithms import Algorithm
from keys.encoding import json_dumps
from keys.trust import client, handover
from keys.trust.directory import Environment, authority_to_json, key_to_json
from keys.trust.handover import RoleKeys
from keys.trust.metadata import (
    RoleSigner,
    allow_path,
    encode,
    file_name,
    keys_path,
    target_name,
    tuf_key,
)
from keys.trust.plan import key_id
from keys.trust.record import unix

if TYPE_CHECKING:
    from keys.signer import SoftwareSigner
    from keys.trust.client import Verified
    from keys.trust.state import TrustState

TOP = ("root", "targets", "snapshot", "timestamp")


class Repository:
    """Holders, thresholds, versions and contents may be changed at will; `publish` signs what they say."""

    _ceremonies = count()

    def __init__(
        self, *flags: str, environment: Environment = Environment.PRODUCTION, **sizes: tuple[int, int]
    ) -> None:
        self._ceremony, self._made = next(self._ceremonies), count()
        self.environment, self.at = environment, NOW
        self.authorities = {flag: Authority(flag, environment=environment) for flag in flags}
        sizes = {"root": (5, 3), "targets": (3, 2)} | sizes
        self.holders = {
            role: self.new_keys(sizes.get(role, (1 if role in TOP else 2, 1))[0]) for role in (*TOP, *flags)
        }
        self.thresholds = {role: sizes.get(role, (1, 1))[1] for role in (*TOP, *flags)}
        self.versions = dict.fromkeys((*TOP, *flags), 0)
        self.lifetimes = dict.fromkeys((*TOP, *flags), 365 * DAY)
        self.root_extension: dict[str, Any] = {"environment": environment.value}
        self.timestamp_extension: dict[str, Any] = {}
        self.handovers: dict[str, list[dict[str, Any]]] = {}
        self.allow_lists: dict[str, dict[str, bytes]] = {}
        self.prefixes: dict[str, str] = {}  # of status lists, where a flag signs another than the directory
        self.files: dict[str, bytes] = {}
        self._elders: list[SoftwareSigner] = []
        self.publish(*TOP, *flags)

    def new_keys(self, size: int = 2) -> list[SoftwareSigner]:
        """Keys that nobody has had before."""
        return [
            seeded_signer(f"tuf {self._ceremony} {next(self._made)}", Algorithm.ED25519) for _ in range(size)
        ]

    def verify(
        self,
        previous: TrustState | None = None,
        *,
        at: datetime | None = None,
        changed: Mapping[str, bytes | None] | None = None,
    ) -> Verified:
        """What a device makes of it, perhaps with some files changed, or left out where None."""
        files = {name: data for name, data in {**self.files, **(changed or {})}.items() if data is not None}
        return client.verify(files, root=self.files["1.root.json"], at=at or self.at, previous=previous)

    # Who signs

    def role_keys(self, flag: str) -> RoleKeys:
        """A flag's keys as a device remembers them."""
        return role_keys(self.holders[flag], self.thresholds[flag])

    def replace(self, flag: str, signers: list[SoftwareSigner] | None = None, threshold: int = 1) -> None:
        """Other keys for a role, without a word from the old ones."""
        if flag == "root":
            self._elders = self.holders["root"]
        self.holders[flag] = self.new_keys(len(self.holders[flag])) if signers is None else signers
        self.thresholds[flag] = threshold

    def hand_over(
        self,
        flag: str,
        signers: list[SoftwareSigner] | None = None,
        threshold: int = 1,
        *,
        by: Iterable[SoftwareSigner] | None = None,
    ) -> None:
        """Other keys for a flag, which its old keys (or `by`) sign."""
        old, hands = self.role_keys(flag), list(by or self.holders[flag])[: self.thresholds[flag]]
        self.replace(flag, signers, threshold)
        self.handovers.setdefault(flag, []).append(entry(flag, old, self.role_keys(flag), hands))

    # What is signed

    def publish(self, *roles: str, at: datetime | None = None) -> None:
        """The next version of these roles (of all but the root), and of snapshot and timestamp."""
        self.at = at or self.at
        roles = roles or ("targets", *self.authorities)
        if "root" in roles:
            self._root()
        for flag in self.authorities:
            if flag in roles:
                self.sign(flag, Targets(targets=self._targets(flag)))
        if "targets" in roles:
            self.sign("targets", self._directory())
        meta = {f"{role}.json": MetaFile(self.versions[role]) for role in ("targets", *self.authorities)}
        self.sign("snapshot", Snapshot(meta=meta))
        extension = {"signed_at": unix(self.at)} | self.timestamp_extension
        self.sign(
            "timestamp",
            Timestamp(
                snapshot_meta=MetaFile(self.versions["snapshot"]), unrecognized_fields={"ombord": extension}
            ),
        )

    def sign(
        self, role: str, signed: Any, by: Iterable[SoftwareSigner] | None = None, version: int | None = None
    ) -> bytes:
        """One file of a role, its version counted up; signed by a threshold of its holders, or by others."""
        self.versions[role] = signed.version = self.versions[role] + 1 if version is None else version
        signed.expires = (self.at + self.lifetimes[role]).replace(microsecond=0)
        metadata: Metadata[Any] = Metadata(signed)
        for signer in self.holders[role][: self.thresholds[role]] if by is None else by:
            metadata.sign(RoleSigner(signer), append=True)
        data = encode(metadata)
        self.files[file_name(role, signed.version)] = data
        return data

    def _root(self) -> None:
        keys = {key_id(one.public_key): tuf_key(one.public_key) for role in TOP for one in self.holders[role]}
        roles = {
            role: Role([key_id(one.public_key) for one in self.holders[role]], self.thresholds[role])
            for role in TOP
        }
        root = Root(
            keys=dict(keys), roles=roles, consistent_snapshot=True,
            unrecognized_fields={"ombord": self.root_extension},
        )  # fmt: skip
        own = self.holders["root"][: self.thresholds["root"]]
        self.sign("root", root, by=[*own, *self._elders[: self.thresholds["root"]]])
        self._elders = []

    def _directory(self) -> Targets:
        flags = list(self.authorities)
        keys = {
            key_id(one.public_key): tuf_key(one.public_key) for flag in flags for one in self.holders[flag]
        }
        roles = {}
        for flag in flags:
            extension: dict[str, Any] = dict(authority_to_json(self.authorities[flag].entry))
            if flag in self.handovers:
                extension["handovers"] = self.handovers[flag]
            roles[flag] = DelegatedRole(
                flag,
                [key_id(one.public_key) for one in self.holders[flag]],
                self.thresholds[flag],
                terminating=True,
                paths=[keys_path(flag), allow_path(flag, "*")],
                unrecognized_fields={"ombord": extension},
            )
        return Targets(delegations=Delegations(dict(keys), roles))

    def _targets(self, flag: str) -> dict[str, TargetFile]:
        listed = [key_to_json(key) for key in self.authorities[flag].keys.values()]
        contents = {
            keys_path(flag): json_dumps(
                {
                    "format": "ombord-keys",
                    "version": 1,
                    "flag": flag,
                    "status_prefix": self.prefixes.get(flag, self.authorities[flag].entry.status_prefix),
                    "keys": listed,
                }
            )
        }
        contents |= {allow_path(flag, kid): data for kid, data in self.allow_lists.get(flag, {}).items()}
        for path, data in contents.items():
            self.files[target_name(path, sha256(data).hexdigest())] = data
        return {path: TargetFile.from_data(path, data, ["sha256"]) for path, data in contents.items()}


def role_keys(signers: Iterable[SoftwareSigner], threshold: int = 1) -> RoleKeys:
    """These keys as a role."""
    return RoleKeys(tuple(sorted(public_hex(one) for one in signers)), threshold)


def public_hex(signer: SoftwareSigner) -> str:
    """The public key as TUF lists it."""
    return str(tuf_key(signer.public_key).keyval["public"])


def entry(flag: str, old: RoleKeys, new: RoleKeys, by: Iterable[SoftwareSigner]) -> dict[str, Any]:
    """A handover as the directory lists it."""
    content = handover.message(flag, old.fingerprint, new.keys, new.threshold)
    return {
        "from": old.fingerprint,
        "keys": list(new.keys),
        "threshold": new.threshold,
        "signatures": [{"keyid": key_id(one.public_key), "sig": one.sign(content).hex()} for one in by],
    }
