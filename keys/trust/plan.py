"""What the publisher has registered: roles and who holds them, each flag's entry and keys. Not yet signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

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
MAX_PLAN: Final = 8 << 20


def key_id(key: PublicKey) -> str:
    """A short id for a role's key: four bytes of its thumbprint, in hexadecimal."""
    return b64url_decode(key.thumbprint())[:4].hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Who signs a role's metadata, how many of them must, and how long it lasts."""

    keys: tuple[PublicKey, ...]
    threshold: int = 1
    lifetime: timedelta

    @property
    def ids(self) -> list[str]:
        """Short key ids, in the order of the keys."""
        return [key_id(key) for key in self.keys]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An authority as the directory pins it, who signs its list of keys, and the list."""

    authority: Authority
    role: Role
    keys: tuple[TrustedKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a publication says. `roles` has TUF's four: root, targets, snapshot, timestamp."""

    environment: Environment
    roles: Mapping[str, Role]
    flags: tuple[Flag, ...] = ()
    time_floor: datetime | None = None  # a root that names one resets devices' floor to it


# On the publisher's disk


def to_json(plan: Plan) -> bytes:
    """The plan as compact JSON, without a time floor, which is a matter of one ceremony."""
    return json_dumps(
        {
            "format": "ombord-keys-home",
            "version": 1,
            "environment": plan.environment.value,
            "roles": {name: _role_to_json(role) for name, role in plan.roles.items()},
            "flags": [
                {
                    "authority": authority_to_json(flag.authority),
                    "role": _role_to_json(flag.role),
                    "keys": [key_to_json(key) for key in flag.keys],
                }
                for flag in plan.flags
            ],
        }
    )


def from_json(data: bytes) -> Plan:
    """Read what `to_json` wrote; raises DirectoryError for anything else."""
    try:
        record = Record(json_loads(data, max_size=MAX_PLAN), "register")
        if (record.text("format"), record.number("version")) != ("ombord-keys-home", 1):
            raise DirectoryError("register: of another format or version")
        roles = record.record("roles")
        return Plan(
            environment=Environment(record.text("environment")),
            roles={name: _role_from_json(roles.record(name)) for name in LIFETIMES},
            flags=tuple(
                Flag(
                    authority=authority_from_json(one.record("authority")),
                    role=_role_from_json(one.record("role")),
                    keys=tuple(key_from_json(key) for key in one.records("keys")),
                )
                for one in record.records("flags")
            ),
        )
    except ValueError as error:  # EncodingError, RecordError, JwkError or a name outside an enum
        raise DirectoryError(str(error)) from error


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
