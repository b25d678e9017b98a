"""What a device remembers of verified trust metadata, so that nobody can take it back in time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from keys.encoding import EncodingError, b64url_decode, b64url_encode, json_dumps, json_loads
from keys.trust.directory import KeyState, TrustedKey
from keys.trust.handover import RoleKeys
from keys.trust.record import Record, RecordError, unix

MAX_STATE = 4 << 20
COMPROMISED = {KeyState.ALLOW_LIST_ONLY: 1, KeyState.REVOKED: 2}  # a key's way down; there is none up


class Seen(NamedTuple):
    """The newest version of a role's metadata, the SHA-256 (hexadecimal) of what it signs, and who signed."""

    version: int
    digest: str
    signers: tuple[str, ...] = ()  # public keys, hexadecimal; none where an older release wrote it down


class KeyMemory(NamedTuple):
    """What was ever learnt about one (iss, kid), for ever."""

    thumbprint: str
    conflicting: bool = False
    compromised: KeyState | None = None  # revoked, or on its allow-list alone


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustState:
    """Versions, keys and time seen so far; grows, except where a new root says otherwise."""

    pin: str  # SHA-256 of the root file that was pinned first, hexadecimal
    root: bytes  # the newest root file verified
    time_floor: datetime
    seen: Mapping[str, Seen] = field(default_factory=dict)  # by role
    keys: Mapping[tuple[str, str], KeyMemory] = field(default_factory=dict)  # by (iss, kid)
    roles: Mapping[str, RoleKeys] = field(default_factory=dict)  # by flag: whose signatures count
    left: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by flag: elder roles' fingerprints
    addresses: Mapping[str, str] = field(default_factory=dict)  # `iss` or status prefix: its flag, for ever
    expired: tuple[str, ...] = ()  # roles whose metadata had run out when it was verified: worth a remark

    @property
    def versions(self) -> dict[str, int]:
        """The version seen of each role."""
        return {role: seen.version for role, seen in self.seen.items()}

    def to_json(self) -> bytes:
        """For the device's own disk."""
        return json_dumps(
            {
                "format": "ombord-trust-state",
                "version": 1,
                "pin": self.pin,
                "root": b64url_encode(self.root),
                "time_floor": unix(self.time_floor),
                "seen": [_seen_to_json(role, seen) for role, seen in self.seen.items()],
                "roles": [
                    {"flag": flag, "keys": list(role.keys), "threshold": role.threshold}
                    for flag, role in self.roles.items()
                ],
                "left": {flag: list(elders) for flag, elders in self.left.items()},
                "addresses": dict(self.addresses),
                "keys": [_key_to_json(pair, memory) for pair, memory in self.keys.items()],
                "expired": list(self.expired),
            }
        )

    @classmethod
    def from_json(cls, data: bytes) -> "TrustState":
        """Read what `to_json` wrote. Raises RecordError."""
        try:
            record = Record(json_loads(data, max_size=MAX_STATE), "trust state")
            if (record.text("format"), record.number("version")) != ("ombord-trust-state", 1):
                raise RecordError("trust state: of another format or version")
            return cls(
                pin=record.text("pin"),
                root=b64url_decode(record.long_text("root")),
                time_floor=record.instant("time_floor"),
                seen=dict(map(_seen_from_json, record.records("seen"))),
                # A device that was set up before handovers remembers no role's keys until its next import.
                roles=dict(map(_role_from_json, record.records("roles") if "roles" in record else ())),
                keys=dict(map(_key_from_json, record.records("keys"))),
                left=_left(record.record("left")) if "left" in record else {},
                addresses=_addresses(record.record("addresses")) if "addresses" in record else {},
                expired=record.texts("expired", empty=True),
            )
        except (EncodingError, ValueError) as error:
            raise RecordError(str(error)) from error


def remember(
    before: Mapping[tuple[str, str], KeyMemory], listed: Iterable[TrustedKey]
) -> tuple[dict[tuple[str, str], KeyMemory], dict[tuple[str, str], TrustedKey]]:
    """Keys as listed, but for what is for ever: one key per (iss, kid), and no way back from a compromise.

    Whoever holds a stolen key signs with it under any id, so a compromise goes with the key as with its id.
    """
    listed = tuple(listed)
    memory, keys = dict(before), dict[tuple[str, str], TrustedKey]()
    stolen = _compromised(before, listed)
    for key in listed:
        pair, thumbprint = (key.issuer, key.kid), key.key.thumbprint()
        old = memory.get(pair, KeyMemory(thumbprint))
        conflicting = old.conflicting or old.thumbprint != thumbprint
        compromised = None
        if stolen:  # all that was ever said to be compromised
            worst = _worse(_worse(old.compromised, stolen.get((key.issuer, thumbprint))), key.state)
            compromised = worst if worst in COMPROMISED else None
        memory[pair] = KeyMemory(old.thumbprint, conflicting, compromised)
        if compromised not in (None, key.state):
            key = replace(key, state=compromised, reason="a revocation is never taken back")
        keys[pair] = replace(key, conflicting=True) if conflicting else key
    return memory, keys


def _compromised(
    before: Mapping[tuple[str, str], KeyMemory], listed: Iterable[TrustedKey]
) -> dict[tuple[str, str], KeyState | None]:
    """The worst ever said of each key of an issuer, by its thumbprint."""
    found: dict[tuple[str, str], KeyState | None] = {}
    known = [
        (issuer, one.thumbprint, one.compromised) for (issuer, _), one in before.items() if one.compromised
    ]
    said = [(key.issuer, key.key.thumbprint(), key.state) for key in listed if key.state in COMPROMISED]
    for issuer, thumbprint, state in (*known, *said):
        found[issuer, thumbprint] = _worse(found.get((issuer, thumbprint)), state)
    return found


def _worse(one: KeyState | None, other: KeyState | None) -> KeyState | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda state: COMPROMISED.get(state, 0))


def _seen_to_json(role: str, seen: Seen) -> dict[str, object]:
    value: dict[str, object] = {"role": role, "version": seen.version, "digest": seen.digest}
    if seen.signers:
        value["signers"] = list(seen.signers)
    return value


def _seen_from_json(record: Record) -> tuple[str, Seen]:
    signers = record.texts("signers") if "signers" in record else ()
    return record.text("role"), Seen(record.number("version"), record.text("digest"), signers)


def _role_from_json(record: Record) -> tuple[str, RoleKeys]:
    return record.text("flag"), RoleKeys(record.texts("keys"), record.number("threshold", 1))


def _left(record: Record) -> dict[str, tuple[str, ...]]:
    return {flag: record.texts(flag) for flag in record.members()}


def _addresses(record: Record) -> dict[str, str]:
    return {address: record.text(address) for address in record.members()}


def _key_to_json(pair: tuple[str, str], memory: KeyMemory) -> dict[str, object]:
    value: dict[str, object] = {"issuer": pair[0], "kid": pair[1], "thumbprint": memory.thumbprint}
    if memory.conflicting:
        value["conflicting"] = True
    if memory.compromised is not None:
        value["compromised"] = memory.compromised.value
    return value


def _key_from_json(record: Record) -> tuple[tuple[str, str], KeyMemory]:
    compromised = record.text_or_none("compromised")
    memory = KeyMemory(
        record.text("thumbprint"),
        conflicting="conflicting" in record,
        compromised=None if compromised is None else KeyState(compromised),
    )
    return (record.text("issuer"), record.text("kid")), memory
