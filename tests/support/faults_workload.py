"""What the killed process was doing: requests that an authority gets, each with its idempotency key.

A workload is a fixed list. Whoever runs it again with the same keys must end where the first run would have:
that is what makes a killed and repeated run comparable with one that nobody killed.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from support.approvers import row_of
from support.custody import CERTIFICATES_KEY, PASS_KEY, PEOPLE, STATUS_KEY, policy_members
from support.faults_authority import KEYS, KID, NEW_KID, NORWAY, services_over
from support.in_process import client_of
from support.issuer_app import HOLDER_CLAIMS, OPERATOR_TOKEN, HandClock
from support.scenario import INGRID, competency, medical
from support.simulator import NOW, seeded_signer
from support.work_off import work_off

from issuer.adapters.object_store_folder import FolderStore
from issuer.app import build
from issuer.domain.errors import DatabaseUnusable, IssuerError
from issuer.services.issuing import issuer
from issuer.services.issuing.issuer import CredentialIssuer, IssuedCredential, IssueRequest
from issuer.services.mass.working import MassWorker
from issuer.services.publishing.publication import Publication
from keys.custody import policy_file
from keys.custody.approval import Act, approve
from keys.encoding import json_dumps
from keys.signer import SoftwareSigner
from verifier.credential import vc
from verifier.credential.model import Certificate, Holder

CLERK: Final = "clerk"
PHONES: Final[Mapping[str, SoftwareSigner]] = {
    name: seeded_signer(name) for name in ("ingrid", "ingrid 2", "li", "li 2")
}
LI: Final = Holder(seafarer_id="9ZZZZZZZ", family_name="Li", given_name="Wei", birth_date=date(1990, 2, 28))
COC, MED, LI_COC = "NO-COC-0001", "NO-MED-0001", "NO-COC-0002"
CREW: Final = tuple(f"NO-CRW-{number:04}" for number in range(7))


class Request(NamedTuple):
    """Something that somebody asks for; `key` is its idempotency key and its name in a failure."""

    key: str
    kind: str
    given: Mapping[str, Any]


def request(key: str, kind: str, **given: Any) -> Request:
    return Request(f"request-{key}", kind, given)


LIFE: Final = (
    request("import", "load", numbers=[COC, MED, LI_COC]),
    request("phone", "issue", number=COC, phone="ingrid"),
    request("paper", "issue", number=COC, phone=None),
    request("publish 1", "publish"),
    request("suspend", "post", path=f"certificates/{COC}/suspend", body={"reason": "doubt"}),
    request("publish 2", "publish"),
    request("reinstate", "post", path=f"certificates/{COC}/reinstate", body={"reason": "no doubt"}),
    request("other phone", "issue", number=LI_COC, phone="li"),
    request("revoke", "post", path=f"certificates/{COC}/revoke", body={"as": "revoked", "reason": "forged"}),
    request(
        "revoke again", "post", path=f"certificates/{COC}/revoke", body={"as": "revoked", "reason": "forged"}
    ),
    request("publish 3", "publish"),
)
BULK: Final = (
    request("import", "load", numbers=CREW),
    request("bulk", "bulk", numbers=CREW[:6], phone=None),
    request(
        "cancel", "post", path=f"certificates/{CREW[0]}/revoke", body={"as": "cancelled", "reason": "test"}
    ),
    request("unknown", "issue", number="NO-NONE-1", phone=None),
    request("bulk again", "bulk", numbers=CREW, phone=None),
    request("publish", "publish"),
)
LOST_PHONE: Final = (
    request("import", "load", numbers=[COC, MED]),
    request("first", "issue", number=COC, phone="ingrid"),
    request("second", "issue", number=MED, phone="ingrid"),
    request("publish 1", "publish"),
    request("rebind", "post", path=f"seafarers/{INGRID.seafarer_id}/rebind", body={}),
    request("first anew", "issue", number=COC, phone="ingrid 2"),
    request("second anew", "issue", number=MED, phone="ingrid 2"),
    request("replace", "post", path=f"certificates/{COC}/replace", body={"reason": "renewed"}),
    request(
        "replace by", "post", path=f"certificates/{MED}/replace", body={"by": "NO-MED-0009", "reason": "lost"}
    ),
    request("the new one", "issue", number="NO-MED-0009", phone="ingrid 2"),
    request("offer", "post", path="offers", body={"seafarer_id": INGRID.seafarer_id}),
    request("publish 2", "publish"),
)
APPROVED: Final = (
    request("import", "load", numbers=[MED]),  # approved by nobody
    request("draft", "draft", number=COC),
    request("propose", "say", kid="clerk-1", what=Act.PROPOSE, number=COC),
    request("unapproved", "issue", number=MED, phone="ingrid"),
    request("approve", "say", kid="anna-1", what=Act.APPROVE, number=COC),
    request("approve too", "say", kid="bo-1", what=Act.APPROVE, number=COC),
    request("phone", "issue", number=COC, phone="ingrid"),
    request("paper", "issue", number=COC, phone=None),
    request("publish", "publish"),
)
MASS: Final = (
    request("import", "load", numbers=CREW),
    request("bulk", "bulk", numbers=CREW[:4], phone=None),
    request("phone", "issue", number=CREW[4], phone="li"),
    request("publish 1", "publish"),
    request("again", "post", path="mass", body={"do": "reissue", "select": {"key": KID}, "reason": "stolen"}),
    request("work 1", "work"),
    request("publish 2", "publish"),
    request(
        "end", "post", path="mass", body={"do": "revoke", "select": {"key": NEW_KID}, "reason": "forged"}
    ),
    request("work 2", "work"),
    request("publish 3", "publish"),
)
WORKLOADS: Final[Mapping[str, Sequence[Request]]] = {
    "life": LIFE,
    "bulk": BULK,
    "bulk in parts": BULK,
    "lost phone": LOST_PHONE,
    "approved": APPROVED,
    "mass": MASS,
}
UNAPPROVED: Final[Mapping[str, frozenset[str]]] = {"approved": frozenset({MED})}  # what is never signed
PARTS_OF: Final[Mapping[str, int]] = {"bulk in parts": 2}  # batches on threads, read back in a second process


def certificate_of(number: str) -> Certificate:
    """The certificate that a number of these workloads names."""
    if number == MED:
        return medical()
    holder = LI if number in (LI_COC, *CREW) else INGRID
    return replace(competency(), document_number=number, holder=holder)


def extract_of(certificates: Sequence[Certificate]) -> bytes:
    """What another register's export says of certificates in force, and of their holders."""
    lines: list[dict[str, Any]] = [{"format": "ombord-register", "version": 1, "authority": "NO"}]
    holders: dict[str, dict[str, Any]] = {}
    for certificate in certificates:
        claims = vc.certificate_claims(certificate)
        holder = {name: claims.pop(name) for name in HOLDER_CLAIMS if name in claims}
        holders[str(holder["seafarer_id"])] = {"kind": "seafarer", **holder}
        row = {"kind": "certificate", "type": certificate.type.value, "state": "in-force"}
        lines.append({**row, "seafarer_id": holder["seafarer_id"], **claims})
    lines[1:1] = holders.values()
    return b"".join(json_dumps(line) + b"\n" for line in lines)


def write_policy(folder: Path) -> Path:
    """The policy of `support.custody` for this authority and its keys, as a file."""
    found = policy_members()
    known = found["keys"]
    pairs = ((KID, CERTIFICATES_KEY), (NORWAY.status_kid, STATUS_KEY), (NORWAY.pass_kid, PASS_KEY))
    found["keys"] = {kid: known[other] for kid, other in pairs}
    path = folder / "policy.json"
    path.write_bytes(json_dumps({**found, "issuers": [NORWAY.iss], "status_prefix": f"{NORWAY.iss}/status/"}))
    path.chmod(0o644)
    return path


class Clerk:
    """Runs requests over the real services; what operators ask, through the real web application."""

    def __init__(self, workload: str, database_url: str, folder: Path, *, now: datetime = NOW) -> None:
        issuer.BATCH = PARTS_OF.get(workload, issuer.BATCH)
        self.clock = HandClock(now)
        self._folder, self._desk = folder, folder / ".desk"
        self._desk.mkdir(parents=True, exist_ok=True)
        changes: dict[str, Any] = {}
        if workload in UNAPPROVED:
            path = write_policy(self._desk)
            changes = {"signing_policy": path, "policy": policy_file.load(path)}
        self.services = services_over(database_url, self.clock, **changes)
        self._hashes: dict[str, str] = {}  # by document number
        self._open = ExitStack()
        self._client = self._open.enter_context(client_of(build(self.services), NORWAY.iss))

    def close(self) -> None:
        self._open.close()

    def run(
        self,
        requests: Sequence[Request],
        acknowledge: Callable[[str, object], None],
        refuse: Callable[[str, str], None],
    ) -> None:
        """Each in turn, a minute apart; what is acknowledged was answered to whoever asked.

        Who is told that the server failed asks once more, and then gives up.
        """
        acts: dict[str, Callable[..., object]] = {
            "load": self._load,
            "issue": self._issue,
            "bulk": self._bulk,
            "post": self._post,
            "publish": self._publish,
            "draft": self._draft,
            "say": self._say,
            "work": self._work,
        }
        for one in requests:
            for last in (False, True):
                try:
                    answer = acts[one.kind](one.key, **one.given)
                    _refuse_failure(answer)
                except IssuerError as error:
                    refuse(one.key, f"{error.code}: {error.message} [{error.hint}]")
                    if last:
                        return
                else:
                    acknowledge(one.key, answer)
                    break
            self.clock.forward(minutes=1)

    def _load(self, key: str, numbers: Sequence[str]) -> object:
        del key
        extract = extract_of([certificate_of(number) for number in numbers])
        report = self.services.importing.load(io.BytesIO(extract), actor=CLERK)
        return {"rejected": len(report.rejected)}

    def _issue(self, key: str, number: str, phone: str | None) -> object:
        return self._bulk(key, [number], phone)

    def _bulk(self, key: str, numbers: Sequence[str], phone: str | None) -> object:
        holder = None if phone is None else PHONES[phone].public_key
        wanted = [
            IssueRequest(document_number=number, holder_key=holder, idempotency_key=f"{key} {number}")
            for number in numbers
        ]
        return [_told(one) for one in self.services.issuer.issue_many(wanted)]

    def _post(self, key: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}", "Idempotency-Key": key.replace(" ", "-")}
        answer = self._client.post(f"{NORWAY.iss}/api/v1/{path}", json=body, headers=headers)
        return {"status": answer.status_code, "body": answer.text}

    def _draft(self, key: str, number: str) -> object:
        row = row_of(certificate_of(number))
        told = self._post(key, "certificates", {"seafarer": row.pop("seafarer"), "certificate": row})
        if told["status"] == 201:
            self._hashes[number] = json.loads(told["body"])["claims_hash"]
        return told

    def _say(self, key: str, kid: str, what: Act, number: str) -> object:
        """What somebody says is signed once, and sent again as it is: a signature differs each time."""
        statement = self._desk / f"{kid}-{what}-{number}"
        if not statement.exists():
            signer, at = PEOPLE[kid], int(NOW.timestamp())
            said = approve(
                [self._hashes[number]], "competency", at=at, name=key, signer=signer, kid=kid, act=what
            )
            statement.write_text(said)
        return self._post(key, "approvals", {"approval": statement.read_text(), "document_numbers": [number]})

    def _work(self, key: str) -> object:
        """What a worker does that was started with the new key."""
        del key
        parts = (
            self.services.database,
            self.clock,
            replace(KEYS, certificate_kid=NEW_KID),
            self.services.settings,
        )
        worker = MassWorker(*parts, CredentialIssuer(*parts), batch=2, issued_at_once=2)
        return work_off(worker).name

    def _publish(self, key: str) -> object:
        del key
        services = self.services
        parts = (services.database, services.clock, services.keys, services.settings)
        Publication(*parts, FolderStore(self._folder)).publish()
        return "published"


def _refuse_failure(answer: object) -> None:
    """An answer of 5xx acknowledges nothing: 503 says what to do, 500 is an error of ours."""
    if isinstance(answer, dict) and int(answer.get("status", 0)) >= 500:
        assert answer["status"] == 503, answer["body"]
        raise DatabaseUnusable(str(answer["body"]))


def _told(outcome: object) -> dict[str, object]:
    """What somebody who asked for a credential gets to see."""
    if not isinstance(outcome, IssuedCredential):
        return {"refused": getattr(outcome, "error").code}  # noqa: B009 - a Refusal, wherever it is defined
    return {
        "serial": outcome.serial,
        "number": outcome.document_number,
        "list": outcome.list_uri,
        "idx": outcome.idx,
        "token": outcome.token,
    }


def later(hours: int) -> datetime:
    """When somebody comes back to what was killed."""
    return NOW + timedelta(hours=hours)
