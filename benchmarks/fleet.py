"""Sixty flags at once: their keys, the directory that lists them, and a status list each, from one seed.

For measuring packs, and for the demo. Publication goes through `keys.trust.publisher`, status through
`verifier.ship_status`: what comes out is what the real thing makes, only its authorities are invented.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.countries import COUNTRIES
from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner
from keys.trust.directory import CERTIFICATES, PASS, STATUS, Authority, Environment, TrustedKey
from keys.trust.folder import write_folder
from keys.trust.plan import FLAG_LIFETIME, LIFETIMES, Flag, Plan, Role, key_id
from keys.trust.publisher import publish
from verifier import ship_status_writing, statement
from verifier.statement import Statement

AT: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIST_NAME: Final = "1"
_DAY: Final = timedelta(days=1)
_LIST_LIFETIME: Final = 90 * _DAY
_STATES: Final = (1, 2, 3)  # revoked, suspended, replaced
_ODDS: Final = (85, 10, 5)  # about 0.75 bits for each entry that is not valid
# Who holds each role's keys (security.md): (keys, needed).
_HOLDERS: Final = {"root": (5, 3), "targets": (3, 2), "snapshot": (1, 1), "timestamp": (1, 1)}
_FLAG_HOLDERS: Final = (2, 1)  # current and next


@dataclass(slots=True, kw_only=True)
class FlagState:
    """One flag with its private keys and its register of status."""

    authority: Authority
    role: Role
    role_signers: Mapping[str, SoftwareSigner]  # by short id
    keys: tuple[TrustedKey, ...]
    signers: Mapping[str, SoftwareSigner]  # by kid
    status_kid: str
    states: bytes  # two bits each, least significant first
    statements: list[Statement] = field(default_factory=list)
    history: list[bytes] = field(default_factory=list)  # the states of each statement

    @property
    def flag(self) -> str:
        """Its code."""
        return self.authority.flag

    @property
    def number(self) -> int:
        """Of its newest statement."""
        return len(self.statements)

    def sign(self, at: datetime) -> None:
        """State what the register says now."""
        before = self.history[-1] if self.history else None
        one = statement.sign(
            self.states,
            uri=self.authority.status_prefix + LIST_NAME,
            number=self.number + 1,
            iat=at,
            exp=at + _LIST_LIFETIME,
            before=before,
            signer=self.signers[self.status_kid],
        )
        self.statements.append(one)
        self.history.append(self.states)

    def snapshot(self) -> bytes:
        """The newest statement with all states."""
        return ship_status_writing.to_snapshot(
            self.statements[-1], self.states, flag=self.flag, name=LIST_NAME
        )

    def delta(self, since: int | None = None) -> bytes:
        """The newest statement with what has changed since an earlier number (the one before)."""
        since = self.number - 1 if since is None else since
        before = self.history[since - 1]
        return ship_status_writing.to_delta(
            self.statements[-1],
            self.states,
            since=since,
            before_states=before,
            flag=self.flag,
            name=LIST_NAME,
        )

    def change(self, count: int, random: Random) -> None:
        """Let `count` certificates that were valid be so no more."""
        states = bytearray(self.states)
        while count:
            idx = random.randrange(4 * len(states))
            if not states[idx >> 2] >> (idx & 3) * 2 & 3:
                states[idx >> 2] |= random.choices(_STATES, _ODDS)[0] << (idx & 3) * 2
                count -= 1
        self.states = bytes(states)


@dataclass(slots=True, kw_only=True)
class Fleet:
    """Flags, and what they have published together: `files` is the directory, `root` the one to pin."""

    flags: tuple[FlagState, ...]
    plan: Plan
    signers: Mapping[str, SoftwareSigner]  # the roles' private keys, by short id
    at: datetime
    random: Random
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def root(self) -> bytes:
        """The first root."""
        return self.files["1.root.json"]

    @property
    def lists(self) -> dict[str, dict[str, int]]:
        """The newest number of each list, as the timestamp names it."""
        return {one.flag: {LIST_NAME: one.number} for one in self.flags}

    def snapshots(self) -> list[bytes]:
        """Every flag's list, whole."""
        return [one.snapshot() for one in self.flags]

    def deltas(self, since: int | None = None) -> list[bytes]:
        """What has changed in every flag's list since a number (since the last one)."""
        return [one.delta(since) for one in self.flags]

    def next_day(self, changes: int = 2, *, days: int = 1, flags: Iterable[str] | None = None) -> None:
        """`days` later: `changes` in the list of every flag (or of those named), all of it signed."""
        self.at += days * _DAY
        named = None if flags is None else frozenset(flags)
        for one in self.flags:
            if named is None or one.flag in named:
                one.change(changes, self.random)
                one.sign(self.at)
        self._publish()

    def write(self, folder: Path) -> None:
        """The directory below `directory/`, the lists as `status/XX.snapshot`: what `pack build` takes."""
        write_folder(folder / "directory", self.files)
        write_snapshots(folder / "status", self.flags)

    def _publish(self) -> None:
        self.files = publish(self.plan, signers=self.signers, at=self.at, before=self.files, lists=self.lists)


def fleet(
    flags: int = 60,
    certificates: int = 100_000,
    not_valid: float = 0.01,
    keys: int = 4,
    seed: int = 2026,
    at: datetime = AT,
    environment: Environment = Environment.TEST,
) -> Fleet:
    """So many flags with `certificates` each, published on the day `at`.

    `keys` of each flag: certificates, status, pass, then the certificates' next ones. The same seed gives the
    same keys and states; ES256 signatures differ from run to run.
    """
    states = flag_states(list(COUNTRIES)[:flags], certificates, not_valid, keys, seed, at, environment)
    signers: dict[str, SoftwareSigner] = {}
    roles = {name: _role(f"{seed} {name}", size, LIFETIMES[name], signers) for name, size in _HOLDERS.items()}
    for one in states:
        signers.update(one.role_signers)
    plan = Plan(environment=environment, roles=roles, flags=registered(states))
    made = Fleet(flags=states, plan=plan, signers=signers, at=at, random=Random(seed))
    for one in states:
        one.sign(at)
    made._publish()
    return made


def flag_states(
    codes: Iterable[str],
    certificates: int,
    not_valid: float,
    keys: int,
    seed: int,
    at: datetime,
    environment: Environment,
) -> tuple[FlagState, ...]:
    """The flags alone, with nothing published yet: for a directory of somebody else's."""
    return tuple(_flag_state(code, certificates, not_valid, keys, seed, at, environment) for code in codes)


def registered(flags: Iterable[FlagState]) -> tuple[Flag, ...]:
    """The flags as a publisher's plan lists them."""
    return tuple(Flag(authority=one.authority, role=one.role, keys=one.keys) for one in flags)


def write_snapshots(folder: Path, flags: Iterable[FlagState]) -> None:
    """Each flag's list as XX/1.snapshot."""
    for one in flags:
        (folder / one.flag).mkdir(parents=True, exist_ok=True)
        (folder / one.flag / f"{LIST_NAME}.snapshot").write_bytes(one.snapshot())


def _flag_state(
    code: str,
    certificates: int,
    not_valid: float,
    keys: int,
    seed: int,
    at: datetime,
    environment: Environment,
) -> FlagState:
    base = f"https://credentials.{code.lower()}.example"
    authority = Authority(
        flag=code,
        name=f"Maritime Authority of {COUNTRIES[code]}",
        issuers=(base,),
        status_prefix=f"{base}/status/",
        time_zone="UTC",
    )
    purposes = {f"{code}-2026a": CERTIFICATES, f"{code}-2026s": (STATUS,), f"{code}-2026p": (PASS,)}
    purposes |= {f"{code}-{year}a": CERTIFICATES for year in range(2027, 2024 + keys)}
    signers = {kid: _signer(f"{seed} {kid}", Algorithm.ES256) for kid in list(purposes)[:keys]}
    listed = tuple(
        TrustedKey(
            issuer=base,
            kid=kid,
            key=signer.public_key,
            environment=environment,
            purposes=frozenset(purposes[kid]),
            sign_from=at - 30 * _DAY,
            sign_until=at + 700 * _DAY,
            verify_until=at + 2_600 * _DAY,
        )
        for kid, signer in signers.items()
    )
    role_signers: dict[str, SoftwareSigner] = {}
    return FlagState(
        authority=authority,
        role=_role(f"{seed} {code}", _FLAG_HOLDERS, FLAG_LIFETIME, role_signers),
        role_signers=role_signers,
        keys=listed,
        signers=signers,
        status_kid=f"{code}-2026s",
        states=_states(certificates, not_valid, Random(f"{seed} {code}")),
    )


def _states(certificates: int, not_valid: float, random: Random) -> bytes:
    """An array in which that share is revoked, suspended or replaced, at random places."""
    places = random.sample(range(certificates), round(certificates * not_valid))
    array = bytearray(-(-certificates // 4))
    for idx, state in zip(places, random.choices(_STATES, _ODDS, k=len(places)), strict=True):
        array[idx >> 2] |= state << (idx & 3) * 2
    return bytes(array)


def _role(seed: str, size: tuple[int, int], lifetime: timedelta, signers: dict[str, SoftwareSigner]) -> Role:
    """A role with its keys; their private halves go into `signers`."""
    count, needed = size
    made = [_signer(f"{seed} role {number}", Algorithm.ED25519) for number in range(count)]
    signers.update({key_id(one.public_key): one for one in made})
    return Role(keys=tuple(one.public_key for one in made), threshold=needed, lifetime=lifetime)


def _signer(seed: str, algorithm: Algorithm) -> SoftwareSigner:
    return SoftwareSigner.from_private_bytes(algorithm, sha256(f"ombord fleet {seed}".encode()).digest())
