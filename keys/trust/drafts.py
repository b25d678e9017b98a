"""Drafts: metadata on its way from holder to holder, with the signatures so far and nothing secret.

A holder on another machine has only this file. So it also carries the version before, by which the change is
told in words (`words`), and who may sign. None of that is believed when it is published: the metadata and its
signatures are judged by what is in force (`publisher`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tuf.api.metadata import Metadata, Root, Targets

from keys.algorithms import Algorithm
from keys.encoding import Json, json_loads
from keys.jwk import PublicKey
from keys.signer import Signer
from keys.trust.handover import MAX_KEYS, RoleKeys
from keys.trust.metadata import DIRECTORY, HEX_KEY, RoleSigner, decode, encode
from keys.trust.plan import Role, key_id, spoken
from keys.trust.record import Record, unix

FORMAT = "ombord-draft"
MAX_DRAFT = 8 << 20


class DraftError(ValueError):
    """A draft that cannot be read, or that must not be signed; says why."""

    hint = "nothing was signed; ask whoever made the draft for another one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The next version of root, of the directory (`targets`) or of a flag, as far as it is signed."""

    role: str
    metadata: Metadata[Any]
    made: datetime
    signers: RoleKeys  # the role's keys, and how many of them must sign
    before: Metadata[Any] | None = None
    holders: Mapping[str, str] = field(default_factory=dict)  # names by short key id: for people
    keys: str | None = None  # a flag's keys.json, whose hash the metadata names
    keys_before: str | None = None
    replaced: Mapping[str, RoleKeys] = field(default_factory=dict)  # root: a flag's keys, fingerprinted in it

    @property
    def groups(self) -> list[tuple[Sequence[str], int]]:
        """Whose signatures are needed, and how many: for a root also its elder's (TUF § 5.3.4)."""
        groups: list[tuple[Sequence[str], int]] = [(list(by_id(self.signers.keys)), self.signers.threshold)]
        if self.elder is not None:
            role = self.elder.roles[Root.type]
            groups.append((role.keyids, role.threshold))
        return groups

    @property
    def elder(self) -> Root | None:
        """The root whose holders must also sign this one."""
        if self.before is None or not isinstance(self.before.signed, Root):
            return None
        return self.before.signed

    @property
    def allowed(self) -> dict[str, PublicKey]:
        """The public keys that may sign, by their short ids."""
        keys = by_id(self.signers.keys)
        if self.elder is not None:
            ids = self.elder.roles[Root.type].keyids
            keys.update(by_id(self.elder.keys[one].keyval["public"] for one in ids))
        return keys

    def lacking(self, groups: Iterable[tuple[Sequence[str], int]] | None = None) -> str:
        """Who still has to sign, in words; empty when enough have."""
        lacks: dict[tuple[str, ...], int] = {}
        for ids, threshold in self.groups if groups is None else groups:
            silent = tuple(sorted(self.name(one) for one in ids if one not in self.metadata.signatures))
            lacks[silent] = max(lacks.get(silent, 0), threshold - (len(ids) - len(silent)))
        return " and ".join(f"{lack} more of {', '.join(who)}" for who, lack in lacks.items() if lack > 0)

    def name(self, keyid: str) -> str:
        """Whose key this is."""
        return f"{self.holders[keyid]} ({keyid})" if keyid in self.holders else keyid

    def sign(self, signers: Iterable[Signer]) -> list[str]:
        """Add these keys' signatures; the ids of those that had not signed yet. Raises DraftError."""
        mine = entitled(self.allowed, signers, f"draft of {spoken(self.role)}", self.name)
        new = {keyid: one for keyid, one in mine.items() if keyid not in self.metadata.signatures}
        self.sign_with(new)
        return list(new)

    def sign_with(self, signers: Mapping[str, Signer]) -> None:
        """Add the signatures of keys that may sign, by their short ids."""
        for signer in signers.values():
            self.metadata.sign(RoleSigner(signer), append=True)


def merge(one: Draft, other: Draft) -> Draft:
    """One draft with the signatures of two copies of it. Raises DraftError when they say different things."""
    if not same(one, other):
        raise DraftError(f"the two drafts of {spoken(one.role)} say different things")
    signatures = {**other.metadata.signatures, **one.metadata.signatures}
    return replace(one, metadata=Metadata(one.metadata.signed, signatures))


def gather(drafts: Iterable[Draft]) -> list[Draft]:
    """Copies of one draft, each signed by somebody else, as the one that they are."""
    gathered: list[Draft] = []
    for draft in drafts:
        copy = next((i for i, one in enumerate(gathered) if same(one, draft)), None)
        if copy is None:
            gathered.append(draft)
        else:
            gathered[copy] = merge(gathered[copy], draft)
    return gathered


def same(one: Draft, other: Draft) -> bool:
    """Whether a signature of one is a signature of the other."""
    return one.role == other.role and one.metadata.signed_bytes == other.metadata.signed_bytes


def entitled(
    allowed: Mapping[str, PublicKey], signers: Iterable[Signer], what: str, name: Any = str
) -> dict[str, Signer]:
    """Those of a file's keys that may sign, by their short ids. Raises DraftError when there are none."""
    mine = {key_id(one.public_key): one for one in signers if one.public_key in allowed.values()}
    if not mine:
        names = ", ".join(sorted(map(name, allowed)))
        raise DraftError(f"no key of this file may sign this {what}; who may: {names}")
    return mine


def by_id(keys: Iterable[str]) -> dict[str, PublicKey]:
    """Ed25519 public keys in hexadecimal, by their short ids."""
    return {key_id(key): key for key in (PublicKey(Algorithm.ED25519, bytes.fromhex(one)) for one in keys)}


def role_keys(role: Role) -> RoleKeys:
    """A planned role as handovers and drafts name it."""
    return RoleKeys(role.public, role.threshold)


# Files


def to_json(draft: Draft) -> bytes:
    """A draft as a file that a person can also look at."""
    members: dict[str, object] = {
        "format": FORMAT,
        "version": 1,
        "role": draft.role,
        "made": unix(draft.made),
        "signers": role_keys_to_json(draft.signers),
        "holders": {**draft.holders},
        **draft.metadata.to_dict(),
        "before": None if draft.before is None else draft.before.to_dict(),
    }
    if draft.keys is not None:
        members |= {"keys": draft.keys, "keys_before": draft.keys_before}
    if draft.replaced:
        members["replaced"] = {flag: role_keys_to_json(one) for flag, one in draft.replaced.items()}
    return json.dumps(members, indent=1, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def from_json(data: bytes) -> Draft:
    """Read a draft, signatures unchecked. Raises DraftError."""
    try:
        record = Record(json_loads(data, max_size=MAX_DRAFT), "draft")
        if (record.text("format"), record.number("version")) != (FORMAT, 1):
            raise DraftError("no draft of metadata, or one of another version")
        role, members = record.text("role"), record.members()
        replaced = record.record("replaced") if "replaced" in record else Record({}, "replaced")
        metadata = _metadata(role, {name: members.get(name) for name in ("signatures", "signed")})
        before = None if members.get("before") is None else _metadata(role, record.record("before").members())
        return Draft(
            role=role,
            metadata=metadata,
            made=record.instant("made"),
            signers=role_keys_from_json(record.record("signers")),
            before=before,
            holders=_texts(record.record("holders")),
            keys=record.long_text("keys") if "keys" in record else None,
            keys_before=record.long_text("keys_before") if members.get("keys_before") is not None else None,
            replaced={flag: role_keys_from_json(replaced.record(flag)) for flag in replaced.members()},
        )
    except DraftError:
        raise
    except (ValueError, TypeError) as error:  # EncodingError, RecordError, UntrustedMetadata
        raise DraftError(f"no draft that can be read: {error}") from error


def role_keys_to_json(role: RoleKeys) -> dict[str, Json]:
    """Keys and threshold."""
    return {"keys": [*role.keys], "threshold": role.threshold}


def role_keys_from_json(record: Record) -> RoleKeys:
    """Read keys and threshold. Raises DraftError, RecordError."""
    keys = record.texts("keys")
    if len(keys) > MAX_KEYS or list(keys) != sorted(keys) or not all(map(HEX_KEY.fullmatch, keys)):
        raise DraftError(f"{record.where}: no sorted list of at most {MAX_KEYS} Ed25519 keys")
    return RoleKeys(keys, record.number("threshold", 1, len(keys)))


def _metadata(role: str, members: Mapping[str, Json]) -> Metadata[Any]:
    kind = Root if role == Root.type else Targets
    spelt = json.dumps(members, separators=(",", ":"), sort_keys=True).encode("ascii")
    metadata: Metadata[Any] = decode(kind, spelt, f"draft of {spoken(role)}")
    if encode(metadata) != spelt:
        raise DraftError(f"draft of {spoken(role)}: metadata that says more than it may")
    _check_ids(metadata.signed, role)
    return metadata


def _check_ids(signed: Root | Targets, role: str) -> None:
    """Each role's keys are there, under the ids that are theirs."""
    delegator = signed if isinstance(signed, Root) else signed.delegations
    if delegator is None:
        return
    for keyid, key in delegator.keys.items():
        if list(by_id([key.keyval["public"]])) != [keyid]:
            raise DraftError(f"draft of {spoken(role)}: {keyid} is not the id of its key")
    for name, one in (delegator.roles or {}).items():
        if unknown := set(one.keyids) - set(delegator.keys):
            raise DraftError(f"draft of {spoken(role)}: {name} has a key {min(unknown)} that is not there")


def _texts(record: Record) -> dict[str, str]:
    return {name: record.text(name) for name in record.members()}


def is_flag(role: str) -> bool:
    """Whether a role's name is a flag's."""
    return role not in (Root.type, DIRECTORY)
