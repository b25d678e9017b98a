"""An authority whose policy is set: its people with their keys, its rule engine, and drafts to approve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from support.custody import ENGINE, PEOPLE, policy_members
from support.desk import Desk
from support.issuer_app import BASE_URL, HOLDER_CLAIMS, KEYS
from support.scenario import competency

from issuer.services.approval.approving import Approving, Weighed
from issuer.services.approval.awaiting import Awaiting
from issuer.services.approval.proposing import Drafted, Proposing
from keys.custody import policy_file
from keys.custody.approval import Act, approve, approve_by_rule
from keys.custody.signing_policy import SigningPolicy
from keys.encoding import Json, json_dumps
from verifier.credential import vc
from verifier.credential.model import Certificate, CertificateType

COURSE: Final = "NO-CRS-0001"
RULE: Final = "course-2026.1"


def members(uid: int = 0) -> dict[str, Any]:
    """The policy of `support.custody`, for the authority and keys of `support.issuer_app`."""
    found = policy_members(uid)
    assert KEYS.pass_kid is not None
    keys = {KEYS.pass_kid: found["keys"].pop("NO-pass-2026a"), **found["keys"]}
    return {**found, "issuers": [BASE_URL], "status_prefix": f"{BASE_URL}/status/", "keys": keys}


def policy_at(path: Path, policy: dict[str, Any]) -> Path:
    """The policy as a file that its owner alone may write."""
    path.write_bytes(json_dumps(policy))
    path.chmod(0o644)
    return path


def row_of(certificate: Certificate, **changed: Json) -> dict[str, Json]:
    """What an office sends to have a certificate drafted, its seafarer included; None takes a member away."""
    claims = vc.certificate_claims(certificate)
    holder = {name: claims.pop(name) for name in HOLDER_CLAIMS if name in claims}
    row: dict[str, Json] = {"type": certificate.type.value, "seafarer": holder, **claims}
    return {name: value for name, value in {**row, **changed}.items() if value is not None}


@dataclass
class Bureau:
    """A desk at which certificates are drafted and approved."""

    desk: Desk
    policy: SigningPolicy | None

    @classmethod
    def of(cls, desk: Desk, policy: dict[str, Any] | None = None) -> Bureau:
        return cls(desk, policy_file.parse(json_dumps(policy or members())))

    @property
    def parts(self) -> tuple[Any, ...]:
        return self.desk.database, self.desk.clock, self.desk.settings, self.policy

    @property
    def proposing(self) -> Proposing:
        return Proposing(*self.parts)

    @property
    def approving(self) -> Approving:
        return Approving(*self.parts)

    @property
    def awaiting(self) -> Awaiting:
        return Awaiting(*self.parts)

    def draft(self, certificate: Certificate | None = None, **changed: Json) -> Drafted:
        return self.proposing.draft(row_of(certificate or competency(), **changed), actor="clerk")

    def says(
        self,
        kid: str,
        *numbers: str,
        act: Act = Act.APPROVE,
        kind: str = "competency",
        later: int = 0,
    ) -> str:
        """The statement of somebody with this key about these certificates."""
        return approve(
            self.hashes(numbers), kind, at=self.now + later, name="s", signer=PEOPLE[kid], kid=kid, act=act
        )

    def rule_says(self, *numbers: str, kind: str = "course", rule: str = RULE) -> str:
        return approve_by_rule(
            self.hashes(numbers), kind, rule=rule, at=self.now, name="run", signer=ENGINE, kid="engine-1"
        )

    def take(self, token: str, numbers: Sequence[str] | None = None) -> Sequence[Weighed]:
        return self.approving.receive(token, numbers=numbers, actor="web")

    def hashes(self, numbers: Sequence[str]) -> list[str]:
        return [one.claims_hash for one in self.awaiting.named(numbers, actor="test")]

    @property
    def now(self) -> int:
        return int(self.desk.clock().timestamp())


def course(number: str = COURSE) -> Certificate:
    """A course's certificate, which its rule may approve."""
    made = competency(document_number=number, type=CertificateType.COURSE, capacities=(), functions=())
    return replace(made, stcw_code=("VI/1",))
