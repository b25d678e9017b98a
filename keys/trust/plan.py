"""What the publisher has registered: roles and who holds them, each flag's entry and keys. Not yet signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from keys.algorithms import Algorithm
from keys.encoding import Json, b64url_decode, json_dumps, json_loads
from keys.jwk import PublicKey
from keys.trust.directory import (
    Authority,
    DirectoryError,
    Environment,
    TrustedKey,
    authority_from_json,
    authority_to_json,
    key_from_json,
    key_to_json,
)
from keys.trust.record import Record

# How long each role's signature lasts. To a device at sea expiry is a remark; who fetches online may insist.
LIFETIMES: Final = {
    "root": timedelta(days=730),
    "targets": timedelta(days=180),  # the directory role, in TUF's word
    "snapshot": timedelta(days=30),
    "timestamp": timedelta(days=7),
}
FLAG_LIFETIME: Final = timedelta(days=365)
FLAG_KEYS: Final = 2  # the current one and the next: devices know the next before it is needed
MAX_PLAN: Final = 8 << 20


def spoken(role: str) -> str:
    """A role as people call it: `targets` is TUF's word for the directory."""
    return "directory" if role == "targets" else role


def hexadecimal(key: PublicKey) -> str:
    """An Ed25519 public key as TUF spells it. Raises ValueError for a key of another kind."""
    if key.algorithm is not Algorithm.ED25519:
        raise ValueError("the directory's roles sign with Ed25519")
    return b64url_decode(str(key.to_jwk()["x"])).hex()


def key_id(key: PublicKey) -> str:
    """A short id for a role's key: four bytes of its thumbprint, in hexadecimal."""
    return b64url_decode(key.thumbprint())[:4].hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Who signs a role's metadata, how many must, and how long it lasts; the first keys sign first."""

    keys: tuple[PublicKey, ...]
    threshold: int = 1
    lifetime: timedelta

    def __post_init__(self) -> None:
        if len(set(self.keys)) != len(self.keys):  # every device would refuse it (TUF: KEYIDs are unique)
            raise DirectoryError("a role has one key twice")

    @property
    def ids(self) -> list[str]:
        """Short key ids, in the order of the keys."""
        return [key_id(key) for key in self.keys]

    @property
    def public(self) -> tuple[str, ...]:
        """The public keys in sorted hexadecimal, as TUF and handovers spell them."""
        return tuple(sorted(hexadecimal(key) for key in self.keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An authority as the directory pins it, who signs its list of keys, and the list."""

    authority: Authority
    role: Role
    keys: tuple[TrustedKey, ...] = ()
    handovers: tuple[Mapping[str, Json], ...] = ()  # from elder roles' keys to these (`handover`)
    allow_lists: Mapping[str, bytes] = field(
        default_factory=dict
    )  # by key id: what a stolen key truly signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a publication says. `roles` has TUF's four: root, targets, snapshot, timestamp."""

    environment: Environment
    roles: Mapping[str, Role]
    flags: tuple[Flag, ...] = ()
    time_floor: datetime | None = None  # a root that names one resets devices' floor to it
    replaced: Mapping[str, str] = field(
        default_factory=dict
    )  # flag: fingerprint of keys that the root gave it
    gone: frozenset[str] = frozenset()  # flags that are no members any more, by the root's word
    holders: Mapping[str, str] = field(default_factory=dict)  # short key id: whose it is, for people

    def lifetime(self, role: str) -> timedelta:
        """How long a signature of one of TUF's roles or of a flag lasts."""
        if role in self.roles:
            return self.roles[role].lifetime
        return next((flag.role.lifetime for flag in self.flags if flag.authority.flag == role), FLAG_LIFETIME)


# On the publisher's disk


def to_json(plan: Plan) -> bytes:
    """The plan as compact JSON, without a time floor, which is a matter of one ceremony.

    Allow lists are named by their SHA-256: their bytes lie beside the register.
    """
    return json_dumps(
        {
            "format": "ombord-keys-home",
            "version": 2,
            "environment": plan.environment.value,
            "roles": {name: _role_to_json(role) for name, role in plan.roles.items()},
            "replaced": {**plan.replaced},
            "gone": [*sorted(plan.gone)],
            "holders": {**plan.holders},
            "flags": [_flag_to_json(flag) for flag in plan.flags],
        }
    )


def _flag_to_json(flag: Flag) -> dict[str, Json]:
    return {
        "authority": authority_to_json(flag.authority),
        "role": _role_to_json(flag.role),
        "keys": [key_to_json(key) for key in flag.keys],
        "handovers": [{**entry} for entry in flag.handovers],
        "allow_lists": {kid: sha256(data).hexdigest() for kid, data in flag.allow_lists.items()},
    }


def from_json(data: bytes, allow_lists: Mapping[str, bytes] | None = None) -> Plan:
    """Read what `to_json` wrote, now or before release 0.2; raises DirectoryError for anything else.

    `allow_lists` are the files that the register names, by their SHA-256.
    """
    try:
        record = Record(json_loads(data, max_size=MAX_PLAN), "register")
        if record.text("format") != "ombord-keys-home" or record.number("version") not in (1, 2):
            raise DirectoryError("register: of another format or version")
        roles = record.record("roles")
        return Plan(
            environment=Environment(record.text("environment")),
            roles={name: _role_from_json(roles.record(name)) for name in LIFETIMES},
            flags=tuple(_flag_from_json(one, allow_lists or {}) for one in record.records("flags")),
            replaced=_texts(record, "replaced"),
            gone=frozenset(record.texts("gone", empty=True) if "gone" in record else ()),
            holders=_texts(record, "holders"),
        )
    except ValueError as error:  # EncodingError, RecordError, JwkError or a name outside an enum
        raise DirectoryError(str(error)) from error


def _flag_from_json(record: Record, allow_lists: Mapping[str, bytes]) -> Flag:
    named = _texts(record, "allow_lists")
    for kid, digest in named.items():
        if digest not in allow_lists:
            raise DirectoryError(f"register: the allow list of {kid} is missing (SHA-256 {digest})")
    return Flag(
        authority=authority_from_json(record.record("authority")),
        role=_role_from_json(record.record("role")),
        keys=tuple(key_from_json(key) for key in record.records("keys")),
        handovers=tuple(one.members() for one in record.records("handovers"))
        if "handovers" in record
        else (),
        allow_lists={kid: allow_lists[digest] for kid, digest in named.items()},
    )


def _texts(record: Record, name: str) -> dict[str, str]:
    """An object of texts; empty where an earlier release wrote none."""
    if name not in record:
        return {}
    members = record.record(name)
    return {one: members.text(one) for one in members.members()}


def _role_to_json(role: Role) -> dict[str, Json]:
    return {
        "threshold": role.threshold,
        "days": role.lifetime.days,
        "keys": [key.to_jwk() for key in role.keys],
    }


def _role_from_json(record: Record) -> Role:
    return Role(
        threshold=record.number("threshold", 1, 100),
        lifetime=timedelta(days=record.number("days", 1, 3_660)),
        keys=tuple(PublicKey.from_jwk(one.members()) for one in record.records("keys")),
    )
