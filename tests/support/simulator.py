"""An authority in memory, after python-tuf's repository simulator: every test event is one line.

    norway = Authority("NO")
    text = norway.issue(certificate, holder_key)
    norway.revoke(text)
    verdict = verify(text, directory=directory(norway), status=book(norway.status_list()), ...)

Keys and status indices come from fixed seeds; ES256 signatures are random, so tokens differ from run to run.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from keys import jws
from keys.algorithms import Algorithm
from keys.encoding import json_object
from keys.jwk import PublicKey
from keys.signer import SoftwareSigner
from keys.trust import directory as trust
from keys.trust.directory import CERTIFICATES, PASS, STATUS, Directory, Environment, KeyState, TrustedKey
from keys.trust.plan import FLAG_LIFETIME, LIFETIMES, Flag, Plan, Role, key_id

if TYPE_CHECKING:
    from verifier.credential.model import Certificate, Credential

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = {
    "NO": ("Sjøfartsdirektoratet", "Europe/Oslo"),
    "DK": ("Søfartsstyrelsen", "Europe/Copenhagen"),
    "SE": ("Transportstyrelsen", "Europe/Stockholm"),
}


def seeded_signer(seed: str, algorithm: Algorithm = Algorithm.ES256) -> SoftwareSigner:
    """The signer that belongs to a word, the same in every run: for holders, authorities and thieves."""
    return SoftwareSigner.from_private_bytes(algorithm, sha256(f"ombord test key {seed}".encode()).digest())


class Authority:
    """A maritime authority: its published keys, its private ones, its register of status."""

    list_size = 1_024

    def __init__(
        self, flag: str = "NO", *, at: datetime = NOW, environment: Environment = Environment.TEST
    ) -> None:
        name, zone = NAMES.get(flag, (f"Maritime Authority {flag}", "UTC"))
        self.iss = f"https://{flag.lower()}.example"
        self.entry = trust.Authority(
            flag=flag, name=name, issuers=(self.iss,), status_prefix=f"{self.iss}/status/", time_zone=zone
        )
        self.flag, self.at, self.environment = flag, at, environment
        self.keys: dict[str, TrustedKey] = {}
        self.signers: dict[str, SoftwareSigner] = {}
        self.states: dict[int, int] = {}
        self.status_uri = f"{self.iss}/status/1"
        self._random = Random(flag)
        self.certificate_kid = self.add_key(*CERTIFICATES)
        self.pass_kid = self.add_key(PASS)
        self.status_kid = self.add_key(STATUS)

    # Keys

    def add_key(self, *purposes: str, kid: str | None = None, signer: SoftwareSigner | None = None) -> str:
        """Publish one more key for these purposes, in force since a year ago; returns its key id."""
        kid = kid or f"{self.flag}-2026{'abcdefghijklmnopqrstuvwxyz'[len(self.keys)]}"
        self.signers[kid] = signer or seeded_signer(kid)
        self.keys[kid] = TrustedKey(
            issuer=self.iss,
            kid=kid,
            key=self.signers[kid].public_key,
            environment=self.environment,
            purposes=frozenset(purposes),
            sign_from=self.at - 365 * DAY,
            sign_until=self.at + 365 * DAY,
            verify_until=self.at + 6 * 365 * DAY,
        )
        return kid

    def rotate_key(self) -> str:
        """Retire the certificates' key and sign with a new one from now on; returns the new key id."""
        self.retire_key(self.certificate_kid)
        self.certificate_kid = self.add_key(*CERTIFICATES)
        return self.certificate_kid

    def retire_key(
        self, kid: str | None = None, state: KeyState = KeyState.RETIRED, reason: str | None = None
    ) -> None:
        """Give a key (the certificates' one) another state; a retired one signs no more from now on."""
        key = self.keys[kid or self.certificate_kid]
        until = self.at + timedelta(seconds=1) if state is KeyState.RETIRED else key.sign_until
        self.keys[key.kid] = replace(key, state=state, reason=reason, sign_until=until)

    def change_key(self, kid: str | None = None, **changes: object) -> None:
        """Publish a key with other members, such as `verify_until` or `purposes`."""
        key = self.keys[kid or self.certificate_kid]
        self.keys[key.kid] = replace(key, **changes)  # type: ignore[arg-type] # any member, as the test says

    def directory(self, at: datetime | None = None) -> Directory:
        """The directory that holds this authority alone."""
        return directory(self, at=at or self.at)

    # Credentials

    def credential(
        self,
        certificate: Certificate,
        holder_key: PublicKey | SoftwareSigner | None = None,
        *,
        at: datetime | None = None,
        idx: int | None = None,
    ) -> Credential:
        """The unsigned instance of a certificate with the next status index."""
        from verifier.credential.model import Credential, StatusReference
        from verifier.credential.validity import issue_times

        at = at or self.at
        start, end = issue_times(certificate, self.entry.time_zone, at)
        return Credential(
            issuer=self.iss,
            issued_at=at,
            not_before=start,
            expires=end,
            holder_key=holder_key.public_key if isinstance(holder_key, SoftwareSigner) else holder_key,
            status=StatusReference(self.status_uri, self._next_index() if idx is None else idx),
            certificate=certificate,
        )

    def issue(
        self,
        certificate: Certificate,
        holder_key: PublicKey | SoftwareSigner | None = None,
        *,
        at: datetime | None = None,
        idx: int | None = None,
        kid: str | None = None,
    ) -> str:
        """A signed credential: `<JWS>~`."""
        return self.sign(self.credential(certificate, holder_key, at=at, idx=idx), kid=kid)

    def sign(self, credential: Credential, *, kid: str | None = None) -> str:
        """Sign a credential, perhaps one that a test has bent, with a key that a test names."""
        from verifier.credential import vc

        kid = kid or (self.pass_kid if credential.certificate.type == PASS else self.certificate_kid)
        return vc.sign(credential, self.signers[kid], kid)

    def _next_index(self) -> int:
        while (idx := self._random.randrange(self.list_size)) in self.states:
            pass
        self.states[idx] = 0
        return idx

    # Status: 0 valid, 1 revoked, 2 suspended, 3 replaced

    def revoke(self, credential: str | int, status: int = 1) -> None:
        """Set the status of a credential text, or of an index."""
        self.states[credential if isinstance(credential, int) else index_of(credential)] = status

    def suspend(self, credential: str | int) -> None:
        """Status 2."""
        self.revoke(credential, 2)

    def replace(self, credential: str | int) -> None:
        """Status 3."""
        self.revoke(credential, 3)

    def reinstate(self, credential: str | int) -> None:
        """Status 0."""
        self.revoke(credential, 0)

    def state_array(self) -> bytes:
        """All states, two bits each, least significant first (draft-ietf-oauth-status-list § 4.1)."""
        array = bytearray(self.list_size // 4)
        for idx, status in self.states.items():
            array[idx >> 2] |= status << (idx & 3) * 2
        return bytes(array)

    def status_list(
        self,
        states: bytes | None = None,
        *,
        at: datetime | None = None,
        exp: datetime | None = None,
        kid: str | None = None,
        uri: str | None = None,
    ) -> str:
        """The signed status list, `statuslist+jwt`; `exp` 60 days after `at` unless given."""
        from verifier import status

        at, kid = at or self.at, kid or self.status_kid
        return status.encode(
            self.state_array() if states is None else states,
            uri=uri or self.status_uri,
            iat=at,
            exp=exp or at + 60 * DAY,
            ttl=43_200,
            signer=self.signers[kid],
            kid=kid,
        )


def index_of(text: str) -> int:
    """The status index in a credential's text."""
    claims = json_object(jws.parse(text.split("~", 1)[0]).payload)
    status = claims["status"]
    assert isinstance(status, dict)
    reference = status["status_list"]
    assert isinstance(reference, dict)
    idx = reference["idx"]
    assert isinstance(idx, int)
    return idx


def directory(*authorities: Authority, at: datetime = NOW, time_floor: datetime | None = None) -> Directory:
    """What a verifier holds after it has imported all of these, published at `at`."""
    environments = {authority.environment for authority in authorities} or {Environment.TEST}
    assert len(environments) == 1, "test and production never share a directory"
    return Directory(
        environment=environments.pop(),
        authorities={authority.iss: authority.entry for authority in authorities},
        keys={(key.issuer, key.kid): key for authority in authorities for key in authority.keys.values()},
        time_floor=time_floor or at,
        published_at=at,
    )


class Publication:
    """The signed directory of some authorities: `files` as a server shows them, `root` to pin.

    `at` and the authorities may change between calls of `publish`; `sizes` are (keys, needed) of a role. Two
    publications are strangers with keys of their own, unless the second takes up the `ceremony` of the first.
    """

    _ceremonies = count()

    def __init__(
        self,
        *authorities: Authority,
        at: datetime = NOW,
        ceremony: int | None = None,
        **sizes: tuple[int, int],
    ) -> None:
        self.ceremony = next(self._ceremonies) if ceremony is None else ceremony
        self.authorities, self.at = authorities, at
        self.sizes = {role: sizes.get(role, (1, 1)) for role in ("root", "targets", "snapshot", "timestamp")}
        self.generation = dict.fromkeys(self.sizes, 0)  # count one up to rotate a role's keys
        self.signers: dict[str, SoftwareSigner] = {}
        self.files: dict[str, bytes] = {}
        self.publish()

    @property
    def root(self) -> bytes:
        """The root file to pin."""
        return self.files["1.root.json"]

    def publish(self, at: datetime | None = None) -> dict[str, bytes]:
        """Sign what the authorities say now; returns all files."""
        from keys.trust.publisher import publish

        self.at = at or self.at
        plan = self.plan()
        self.files = publish(plan, signers=self.signers, at=self.at, before=self.files)
        return self.files

    def plan(self) -> Plan:
        """What is to be published; makes the private keys that it needs."""
        roles = {
            name: Role(keys=self._keys(name, count), threshold=needed, lifetime=LIFETIMES[name])
            for name, (count, needed) in self.sizes.items()
        }
        flags = tuple(
            Flag(
                authority=authority.entry,
                role=Role(
                    keys=self._keys(authority.flag, self._flag_keys(authority)), lifetime=FLAG_LIFETIME
                ),
                keys=tuple(authority.keys.values()),
            )
            for authority in self.authorities
        )
        environment = self.authorities[0].environment if self.authorities else Environment.TEST
        return Plan(environment=environment, roles=roles, flags=flags)

    @staticmethod
    def _flag_keys(authority: Authority) -> int:
        """In production a flag has a current and a next key; a rehearsal makes do with one."""
        return 1 if authority.environment is Environment.TEST else 2

    def role_signer(self, role: str, generation: int = 0, number: int = 0) -> SoftwareSigner:
        """The private key that a role had at first, or later: what a thief would hold."""
        return seeded_signer(f"{self.ceremony} {role} {generation} {number}", Algorithm.ED25519)

    def _keys(self, role: str, size: int) -> tuple[PublicKey, ...]:
        generation = self.generation.get(role, 0)
        signers = [self.role_signer(role, generation, n) for n in range(size)]
        self.signers.update({key_id(signer.public_key): signer for signer in signers})
        return tuple(signer.public_key for signer in signers)
