"""A handover on its way: the old keys of a flag's role sign for the new ones, wherever they are held."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from keys.algorithms import SignatureMismatch
from keys.encoding import Json, json_loads
from keys.signer import Signer
from keys.trust.ceremony import with_flag_role, with_names
from keys.trust.drafts import MAX_DRAFT, DraftError, by_id, entitled, role_keys_from_json, role_keys_to_json
from keys.trust.handover import RoleKeys, fingerprint, message, walk
from keys.trust.metadata import HEX_SIGNATURE, UntrustedMetadata
from keys.trust.plan import Plan, Role
from keys.trust.record import Record
from keys.trust.register import RegisterError, flag_of

FORMAT = "ombord-handover-draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverDraft:
    """From which keys to which, and the old ones' signatures so far (hexadecimal, by short key id)."""

    flag: str
    old: RoleKeys
    new: RoleKeys
    signatures: Mapping[str, str] = field(default_factory=dict)
    holders: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """What is signed."""
        return message(self.flag, self.old.fingerprint, *self.new)

    def signed_by(self, signers: Iterable[Signer], *, enough: bool = False) -> "HandoverDraft":
        """With these keys' signatures, or with no more than are needed. Raises DraftError."""
        mine = entitled(by_id(self.old.keys), signers, f"handover of {self.flag}", self.name)
        signatures = {**self.signatures}
        for keyid, signer in mine.items():
            if not enough or len(signatures) < self.old.threshold:
                signatures.setdefault(keyid, signer.sign(self.content).hex())
        return replace(self, signatures=signatures)

    def merged(self, other: "HandoverDraft") -> "HandoverDraft":
        """With the signatures of two copies. Raises DraftError when they say different things."""
        if (self.flag, self.old, self.new) != (other.flag, other.old, other.new):
            raise DraftError(f"the two handovers of {self.flag} say different things")
        return replace(self, signatures={**other.signatures, **self.signatures})

    def check(self) -> None:
        """Raise DraftError when it was changed after somebody signed."""
        allowed = by_id(self.old.keys)
        for keyid, signature in self.signatures.items():
            try:
                if keyid not in allowed or not HEX_SIGNATURE.fullmatch(signature):
                    raise DraftError(f"{self.flag}: {keyid} has no say in this handover")
                allowed[keyid].verify(self.content, bytes.fromhex(signature))
            except SignatureMismatch as error:
                who = self.name(keyid)
                raise DraftError(
                    f"{self.flag}: {who} signed something else; it was changed afterwards"
                ) from error

    def describe(self) -> str:
        """In words, as `words.describe` does for metadata."""
        old, new = by_id(self.old.keys), by_id(self.new.keys)
        lines = [
            f"Handover of {self.flag}: {self.new.threshold} of {len(new)} keys will sign its list of keys",
            f"  from fingerprint {self.old.fingerprint} to {self.new.fingerprint}",
            *(
                f"  + {self.name(keyid)}, key {key.thumbprint()}"
                for keyid, key in new.items()
                if keyid not in old
            ),
            *(f"  - {self.name(keyid)}" for keyid in old if keyid not in new),
        ]
        lack = self.old.threshold - len(self.signatures)
        silent = ", ".join(self.name(keyid) for keyid in old if keyid not in self.signatures)
        signed_by = ", ".join(map(self.name, self.signatures)) or "nobody"
        lines.append(
            f"Signed by {signed_by}; " + (f"needs {lack} more of {silent}" if lack > 0 else "that is enough")
        )
        return "\n".join(lines)

    def name(self, keyid: str) -> str:
        """Whose key this is."""
        return f"{self.holders[keyid]} ({keyid})" if keyid in self.holders else keyid

    def to_json(self) -> bytes:
        """A file that a person can also look at."""
        members = {
            "format": FORMAT,
            "version": 1,
            "flag": self.flag,
            "old": role_keys_to_json(self.old),
            "new": role_keys_to_json(self.new),
            "holders": {**self.holders},
            "signatures": {**self.signatures},
        }
        return json.dumps(members, indent=1, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> "HandoverDraft":
        """Read a draft, signatures unchecked. Raises DraftError."""
        try:
            record = Record(json_loads(data, max_size=MAX_DRAFT), "draft")
            if (record.text("format"), record.number("version")) != (FORMAT, 1):
                raise DraftError("no draft of a handover, or one of another version")
            signatures, holders = record.record("signatures"), record.record("holders")
            return cls(
                flag=record.text("flag"),
                old=role_keys_from_json(record.record("old")),
                new=role_keys_from_json(record.record("new")),
                signatures={one: signatures.text(one) for one in signatures.members()},
                holders={one: holders.text(one) for one in holders.members()},
            )
        except DraftError:
            raise
        except ValueError as error:
            raise DraftError(f"no draft of a handover that can be read: {error}") from error


def handed_over(plan: Plan, draft: HandoverDraft) -> Plan:
    """The register with the flag's new keys and the proof of how it came by them. Raises RegisterError."""
    role = flag_of(plan, draft.flag).role
    new = Role(
        keys=tuple(sorted(by_id(draft.new.keys).values(), key=lambda key: key not in role.keys)),
        threshold=draft.new.threshold,
        lifetime=role.lifetime,
    )
    if fingerprint(role.public, role.threshold) != draft.old.fingerprint:
        raise RegisterError(f"the handover is not from {draft.flag}'s present keys", "make it anew")
    signatures: list[Mapping[str, Json]] = [
        {"keyid": one, "sig": sig} for one, sig in draft.signatures.items()
    ]
    changed = with_flag_role(plan, draft.flag, new, signatures)
    entry = flag_of(changed, draft.flag).handovers[-1]
    try:
        walk(draft.old, draft.new, [Record({**entry}, "handover")], flag=draft.flag)
    except UntrustedMetadata as error:
        lack = f"{len(draft.signatures)} of {draft.old.threshold} old keys have signed"
        raise RegisterError(
            f"the handover of {draft.flag} proves nothing yet: {lack}", "let others sign it"
        ) from error
    return replace(changed, holders=with_names(plan, draft.holders))
