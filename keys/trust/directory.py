"""Who may sign what, as plain values: authorities, their keys, and why a key is not good for something.

Nothing here knows how the directory is signed: `client` verifies that. `to_json` and `from_json` keep what it
has verified in one small file per issuer: a check on board opens neither TUF metadata nor other flags' keys.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from keys.encoding import Json, json_dumps, json_loads
from keys.jwk import PublicKey
from keys.said import Said
from keys.trust.record import Record, unix

if TYPE_CHECKING:
    from keys.trust.allow_list import AllowList

# What a key may sign: status lists, checkpoints of the log, or certificates by their types' names (the last
# part of their `vct`).
STATUS = "status"
PASS = "pass"  # its key has no other purpose: a pass sums up what other keys have signed
LOG = "log"
CERTIFICATES = (
    "competency",
    "gmdss",
    "tanker",
    "proficiency",
    "recognition",
    "application-proof",
    "dispensation",
    "medical",
    "medical-permit",
    "evidence",
    "national",
    "course",
    "service-statement",
    "safe-manning",
)
PURPOSES = (*CERTIFICATES, PASS, STATUS, LOG)
SPECIAL = (PASS, STATUS, LOG)  # each has keys of its own, which sign nothing else
MAX_TRUST_FILE = 1 << 20


class DirectoryError(ValueError):
    """A directory, or a part of one, that cannot be what a verified one says."""


class Environment(StrEnum):
    """Real certificates and rehearsals never meet: a root belongs to one of them for ever."""

    PRODUCTION = "production"
    TEST = "test"


_UNTRUE = "key {} is compromised, and no allow-list names this as what it truly signed"
_OTHER_ENVIRONMENT = {
    Environment.TEST: "{} is a test key, and this is production",
    Environment.PRODUCTION: "{} is a production key, and this is test",
}


class KeyState(StrEnum):
    """What an authority says about its key."""

    ACTIVE = "active"
    RETIRED = "retired"  # signs no more; what it signed in its window stays good
    REVOKED = "revoked"
    ALLOW_LIST_ONLY = "allow-list-only"  # compromised: good only for what it is known to have signed


# An enum's members are slow to look up.
_ENVIRONMENTS = {one.value: one for one in Environment}
_STATES = {one.value: one for one in KeyState}
_REVOKED = KeyState.REVOKED
_ALLOW_LIST_ONLY = KeyState.ALLOW_LIST_ONLY


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """An authority's public key and what it is trusted for. (issuer, kid) means one key for ever."""

    issuer: str
    kid: str
    key: PublicKey
    environment: Environment
    purposes: frozenset[str]
    sign_from: datetime
    sign_until: datetime
    verify_until: datetime
    state: KeyState = KeyState.ACTIVE
    reason: str | None = None
    conflicting: bool = False  # another key has been seen under the same id

    def objection(
        self,
        purpose: str,
        *,
        at_signing: datetime,
        now: datetime,
        environment: Environment,
        allowed: bool = False,
    ) -> Said | None:
        """Why this key is not good for what it signed (row C3), or None when it is.

        `purpose` is a certificate type's name or `status`. `at_signing` is the signer's word (`iat`), which
        a thief can back-date: a stolen key needs a state, never a window alone. Windows are half open.
        `allowed` says that the key's allow list holds what was signed; it counts for a compromised key alone.
        """
        if self.conflicting:
            return Said("two different keys were published as {}", (self.kid,))
        if self.environment is not environment:
            return Said(_OTHER_ENVIRONMENT[self.environment], (self.kid,))
        if self.state is _REVOKED:
            if self.reason:
                return Said("key {} is revoked: {}", (self.kid, self.reason))
            return Said("key {} is revoked", (self.kid,))
        if self.state is _ALLOW_LIST_ONLY and not allowed:
            return Said(_UNTRUE, (self.kid,))
        if purpose not in self.purposes:
            return Said("key {} may not sign {}", (self.kid, purpose))
        if not self.sign_from <= at_signing < self.sign_until:
            return Said("key {} was not to sign at {:%Y-%m-%d %H:%M} UTC", (self.kid, at_signing))
        if now >= self.verify_until:
            return Said("key {} counts no more since {:%Y-%m-%d}", (self.kid, self.verify_until))
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A flag's maritime authority, as the directory role pins it."""

    flag: str  # ISO 3166-1 alpha-2
    name: str
    issuers: tuple[str, ...]  # its `iss` addresses
    status_prefix: str  # every status list below this address is its own, and nobody else's
    time_zone: str  # IANA name; certificate dates are calendar dates there


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Every authority and key that a verifier trusts, as of one publication."""

    environment: Environment
    authorities: Mapping[str, Authority]  # by `iss`
    keys: Mapping[tuple[str, str], TrustedKey]  # by (iss, kid)
    time_floor: datetime  # no honest clock is earlier
    published_at: datetime
    allow_lists: "Mapping[tuple[str, str], AllowList]" = field(default_factory=dict)  # by (iss, kid)
    list_numbers: Mapping[str, int] = field(default_factory=dict)  # newest known at signing, by uri

    @property
    def conflicts(self) -> frozenset[tuple[str, str]]:
        """The (iss, kid) pairs under which two keys have been seen: UNTRUSTED."""
        return frozenset(pair for pair, key in self.keys.items() if key.conflicting)

    def key(self, iss: str, kid: str) -> TrustedKey | None:
        """The key of an issuer, or None when the directory has none under this id (row C2)."""
        return self.keys.get((iss, kid))

    def authority(self, iss: str) -> Authority | None:
        """The authority behind an `iss` address, or None (row C2)."""
        return self.authorities.get(iss)

    def allow_list(self, iss: str, kid: str) -> "AllowList | None":
        """What a compromised key truly signed, or None: then it counts for nothing."""
        return self.allow_lists.get((iss, kid))

    def authority_for_status(self, uri: str) -> Authority | None:
        """The one authority that may sign the status list of this address, by its pinned prefix."""
        for authority in self.authorities.values():
            if uri.startswith(authority.status_prefix):
                return authority
        return None


def join(parts: Iterable[Directory]) -> Directory:
    """One directory of several issuers' trust files. Raises DirectoryError for test mixed with production."""
    first, *rest = parts
    for part in rest:
        if part.environment is not first.environment:
            raise DirectoryError("trust files of test and production cannot be mixed")
        first = replace(
            first,
            authorities={**first.authorities, **part.authorities},
            keys={**first.keys, **part.keys},
            allow_lists={**first.allow_lists, **part.allow_lists},
            list_numbers={**first.list_numbers, **part.list_numbers},
            time_floor=max(first.time_floor, part.time_floor),
            published_at=max(first.published_at, part.published_at),
        )
    return first


# What is on disk and, for keys, on the wire


def to_json(directory: Directory, iss: str | None = None) -> bytes:
    """The directory, or what of it concerns one issuer (nobody, when it is unknown), as compact JSON."""
    authorities = {a.flag: a for at, a in directory.authorities.items() if iss in (None, at)}
    issuers = {issuer for authority in authorities.values() for issuer in authority.issuers}
    return json_dumps(
        {
            "format": "ombord-trust",
            "version": 1,
            "environment": directory.environment.value,
            "published_at": unix(directory.published_at),
            "time_floor": unix(directory.time_floor),
            "authorities": [authority_to_json(authority) for authority in authorities.values()],
            "keys": [key_to_json(key) for key in directory.keys.values() if key.issuer in issuers],
        }
    )


def from_json(data: bytes) -> Directory:
    """Read what `to_json` wrote; raises DirectoryError for anything else."""
    try:
        record = Record(json_loads(data, max_size=MAX_TRUST_FILE), "trust file")
        if record.text("format") != "ombord-trust" or record.number("version") != 1:
            raise DirectoryError("trust file: of another format or version; import the sea pack again")
        authorities = [authority_from_json(one) for one in record.records("authorities")]
        keys = [key_from_json(one) for one in record.records("keys")]
        return Directory(
            environment=Environment(record.text("environment")),
            authorities={iss: authority for authority in authorities for iss in authority.issuers},
            keys={(key.issuer, key.kid): key for key in keys},
            time_floor=record.instant("time_floor"),
            published_at=record.instant("published_at"),
        )
    except ValueError as error:  # EncodingError, RecordError, JwkError or a name outside an enum
        raise DirectoryError(str(error)) from error


def authority_to_json(authority: Authority) -> dict[str, Json]:
    """An authority as the directory role pins it."""
    return {
        "flag": authority.flag,
        "name": authority.name,
        "issuers": list(authority.issuers),
        "status_prefix": authority.status_prefix,
        "time_zone": authority.time_zone,
    }


def authority_from_json(record: Record) -> Authority:
    """Read an authority; raises RecordError."""
    return Authority(
        flag=record.text("flag"),
        name=record.text("name"),
        issuers=record.texts("issuers"),
        status_prefix=record.text("status_prefix"),
        time_zone=record.text("time_zone"),
    )


def key_to_json(key: TrustedKey) -> dict[str, Json]:
    """A key as its flag's `keys.json` lists it."""
    value: dict[str, Json] = {
        "issuer": key.issuer,
        "kid": key.kid,
        "jwk": key.key.to_jwk(),
        "environment": key.environment.value,
        "purposes": [*sorted(key.purposes)],
        "sign_from": unix(key.sign_from),
        "sign_until": unix(key.sign_until),
        "verify_until": unix(key.verify_until),
        "state": key.state.value,
    }
    if key.reason is not None:
        value["reason"] = key.reason
    if key.conflicting:
        value["conflicting"] = True
    return value


def key_from_json(record: Record) -> TrustedKey:
    """Read a key; raises RecordError, JwkError or, for a name outside an enum, ValueError."""
    environment, state = record.text("environment"), record.text("state")
    return TrustedKey(
        issuer=record.text("issuer"),
        kid=record.text("kid"),
        key=PublicKey.from_jwk(record.record("jwk").members()),
        environment=_ENVIRONMENTS.get(environment) or Environment(environment),
        purposes=frozenset(record.texts("purposes")),
        sign_from=record.instant("sign_from"),
        sign_until=record.instant("sign_until"),
        verify_until=record.instant("verify_until"),
        state=_STATES.get(state) or KeyState(state),
        reason=record.text_or_none("reason"),
        conflicting="conflicting" in record,
    )
