"""Drafted → approved → in force: statements of people and rules, each verified and weighed by the policy.

Nobody is believed: a statement counts by its signature over the hash of exactly these claims. The signer asks
for the same statements again, and comes to its own conclusion.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select, update

from issuer.adapters.database import Database
from issuer.adapters.repository import among, locked_certificate, with_holder
from issuer.adapters.tables import certificate
from issuer.domain.errors import ApprovalRefused, InvalidInput, IssuerError
from issuer.domain.extract import first_day
from issuer.domain.register import CertificateEvent, CertificateState
from issuer.services.approval import approvals, weighing
from issuer.services.approval.approvals import Received
from issuer.services.approval.awaiting import APPROVED, DRAFTED, REFUSED, hash_of, numbered
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.register.changing import change_state
from issuer.settings import Settings
from keys.custody.approval import Act, Approval, ApprovalError, verify
from keys.custody.signing_policy import SigningPolicy

# What may still be signed, and so may be approved; all else has ended.
_OPEN = (
    CertificateState.DRAFTED,
    CertificateState.APPROVED,
    CertificateState.IN_FORCE,
    CertificateState.SUSPENDED,
)


class Weighed(NamedTuple):
    """A certificate after a statement about it; `lacks` None: nothing is missing."""

    document_number: str
    state: str
    lacks: str | None


class Approving:
    """Takes statements in, and moves certificates on once the policy is satisfied."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, policy: SigningPolicy | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self.policy = policy

    def receive(self, token: str, *, numbers: Collection[str] | None = None, actor: str) -> Sequence[Weighed]:
        """Take a statement (`keys.custody.approval`) about certificates that wait, or about those numbered.

        All of it counts, or nothing of it. Raises ApprovalRefused, NotFound.
        """
        try:
            with self._database.write() as connection:
                return self._receive(connection, token, numbers, actor)
        except IssuerError as error:
            self._note(numbers or (), error, actor)
            raise

    def approve_without_policy(self, numbers: Sequence[str], *, actor: str) -> Sequence[Weighed]:
        """Where no policy is set, an operator's word is enough. Raises IssuerError."""
        if self.policy is not None:
            raise ApprovalRefused(
                "a signing policy is set: an approval is signed with its approver's own key",
                hint="name the key's file: --key FILE",
            )
        with self._database.write() as connection:
            rows = numbered(connection, numbers)
            events = [event for row in rows for event in self._approve(connection, row, actor)]
            record(connection, self._clock, events)
            return _as_they_stand(connection, rows, [None] * len(rows))

    def reject(self, document_number: str, *, reason: str, actor: str) -> None:
        """End a draft, or what is approved and not yet in force. Raises NotFound, Conflict."""
        with self._database.write() as connection:
            row = locked_certificate(connection, document_number)
            if row.state not in (CertificateState.DRAFTED, CertificateState.APPROVED):
                raise ApprovalRefused(
                    f"certificate {document_number} is {row.state}: only what waits is rejected",
                    hint=f"to end it: ombord-issuer revoke {document_number} --as cancelled",
                )
            event = CertificateEvent.CANCEL
            change = change_state(connection, row, event, since=self._today(), reason=reason, actor=actor)
            record(connection, self._clock, [change])

    def enter_force(self) -> Sequence[str]:
        """Bring what is approved here into force whose day of issue has come; returns their numbers."""
        with self._database.read() as connection:
            found = connection.execute(select(certificate).where(APPROVED)).all()
        here = [row for row in found if row.claims_hash is not None]  # all else enters as its source says
        due = [row.document_number for row in here if self._has_begun(row)]
        if not due:
            return ()
        with self._database.write() as connection:
            rows = [row for row in numbered(connection, due) if row.state == CertificateState.APPROVED]
            record(connection, self._clock, [self._enter_force(connection, row) for row in rows])
        return [row.document_number for row in rows]

    def _receive(
        self, connection: Connection, token: str, numbers: Collection[str] | None, actor: str
    ) -> Sequence[Weighed]:
        policy = self._policy()
        said = _verified(policy, token)
        rows = self._about(connection, said, numbers)
        person = policy.approvers[said.kid].person if said.kid in policy.approvers else None
        received = Received(token, said, person)
        earlier = approvals.statements(connection, said.claims, kids=weighing.kids(policy))
        now = int(self._clock().timestamp())
        for hashed, row in rows.items():
            _refuse_other(row, said)
            if (reason := weighing.objection(policy, said, hashed, earlier[hashed], at=now)) is not None:
                raise _refused(f"{row.document_number}: {reason}")
        approvals.store(connection, received)
        events = list(_told(received, [row.document_number for row in rows.values()], actor))
        lacks = {}
        for hashed, row in rows.items():
            lacks[hashed] = weighing.lacks(policy, row.type, hashed, [*earlier[hashed], said], at=now)
            if lacks[hashed] is None and row.state == CertificateState.DRAFTED:
                events += self._approve(connection, row, actor)
        record(connection, self._clock, events)
        return _as_they_stand(connection, list(rows.values()), list(lacks.values()))

    def _about(
        self, connection: Connection, said: Approval, numbers: Collection[str] | None
    ) -> dict[str, Row[Any]]:
        """The certificates that a statement is about, by claims hash, locked. Raises ApprovalRefused."""
        if numbers is None:
            numbers = self._numbers_of(connection, said.claims)
        rows = {hash_of(self._settings, row): row for row in numbered(connection, numbers)}
        if rows.keys() != said.claims:
            missing = len(said.claims - rows.keys())
            more = [row.document_number for hashed, row in rows.items() if hashed not in said.claims]
            raise _refused(
                f"approval {said.id[:64]!r} is over other claims: {missing} of the {len(said.claims)} hashes"
                f" in it are no certificate's here"
                + (f", and {more[0]}, as its claims stand now, is not in it" if more else "")
            )
        return rows

    def _numbers_of(self, connection: Connection, claims: Collection[str]) -> Collection[str]:
        """Whose claims these are; where a holder's name has changed since, among all that are drafted."""
        mine = among(connection, certificate.c.claims_hash, claims)
        found = {row.document_number for row in connection.execute(select(certificate).where(mine))}
        if len(found) == len(claims):
            return found
        rows = connection.execute(with_holder().where(DRAFTED))
        return {row.document_number for row in rows if hash_of(self._settings, row) in claims}

    def _approve(self, connection: Connection, row: Row[Any], actor: str) -> Iterator[AuditEvent]:
        """From drafted on, as far as today allows. Raises IllegalTransition."""
        hashed = hash_of(self._settings, row)
        connection.execute(update(certificate).where(certificate.c.id == row.id).values(claims_hash=hashed))
        event = CertificateEvent.APPROVE
        yield change_state(connection, row, event, since=self._today(), reason=None, actor=actor)
        if self._has_begun(row):
            approved = select(certificate).where(certificate.c.id == row.id)
            yield self._enter_force(connection, connection.execute(approved).one())

    def _enter_force(self, connection: Connection, row: Row[Any]) -> AuditEvent:
        event = CertificateEvent.ENTER_FORCE
        return change_state(connection, row, event, since=self._today(), reason=None, actor="system")

    def _has_begun(self, row: Row[Any]) -> bool:
        return first_day(json.loads(row.claims)) <= self._today()

    def _policy(self) -> SigningPolicy:
        if self.policy is None:
            raise InvalidInput(
                "no signing policy is set, so nobody's statement can be told from a stranger's",
                hint="set OMBORD_SIGNING_POLICY; without one, `ombord-issuer approve NUMBER` is enough",
            )
        return self.policy

    def _today(self) -> date:
        return self._settings.today(self._clock())

    def _note(self, numbers: Collection[str], error: IssuerError, actor: str) -> None:
        subject = min(numbers) if len(numbers) == 1 else f"{len(numbers)} certificates"
        details = {"code": error.code, "reason": error.message[:300]}
        with self._database.write() as connection:
            record(connection, self._clock, [AuditEvent(REFUSED, subject, details, actor)])


def _as_they_stand(
    connection: Connection, rows: Sequence[Row[Any]], lacks: Sequence[str | None]
) -> Sequence[Weighed]:
    mine = among(connection, certificate.c.id, [row.id for row in rows])
    found = connection.execute(select(certificate.c.document_number, certificate.c.state).where(mine))
    states = {row.document_number: row.state for row in found}
    return [
        Weighed(row.document_number, states[row.document_number], missing)
        for row, missing in zip(rows, lacks, strict=True)
    ]


def _verified(policy: SigningPolicy, token: str) -> Approval:
    people = {kid: one.key for kid, one in policy.approvers.items()}
    rules = {kid: one.key for kid, one in policy.rule_keys.items()}
    try:
        return verify(token, people, rules)
    except ApprovalError as error:
        raise _refused(str(error)) from error


def _refuse_other(row: Row[Any], said: Approval) -> None:
    if row.type != said.purpose:
        raise _refused(f"{row.document_number} is a {row.type}, and the approval is for {said.purpose[:64]}")
    if row.state not in _OPEN:
        raise _refused(f"{row.document_number} is {row.state}: there is nothing to approve")


def _refused(reason: str) -> ApprovalRefused:
    return ApprovalRefused(reason, hint="nothing was approved; docs/custody.md says what the policy asks for")


def _told(received: Received, numbers: Sequence[str], actor: str) -> Iterator[AuditEvent]:
    """A person's statement is an event of each certificate; a rule's, of many, is one."""
    said = received.said
    details: dict[str, str | int | None] = {"id": said.id[:64], "kid": said.kid}
    if said.act is Act.RULE:
        told = {**details, "rule": said.rule, "type": said.purpose, "certificates": len(numbers)}
        yield AuditEvent("certificates-approved-by-rule", said.rule or "", told, actor)
        return
    name = "certificate-proposed" if said.act is Act.PROPOSE else "certificate-approval-given"
    for number in numbers:
        yield AuditEvent(name, number, details, actor)
